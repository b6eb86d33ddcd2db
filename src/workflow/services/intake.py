"""Intake: events that programs of the tenant send, recorded once and queued."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core.errors import RetryableError
from events.models import Event
from events.queue.selectors import tenant_backlog
from events.services.publishing import NewEvent, publish
from tenants.scope import require_tenant
from tenants.selectors import TimedCache
from workflow.engine.matching import match
from workflow.engine.plan import Plan
from workflow.engine.storing import storable
from workflow.services.subjects import contact_named, conversation_named

#: Event types whose ``data.message_id`` makes a second event of the same message a repetition.
_KEYED_BY_MESSAGE = frozenset({"MESSAGE_RECEIVED"})
_FULL_RETRY_S = 30.0
#: The backlog is counted at most once a second in a process.
_backlogs: TimedCache[int] = TimedCache(ttl_s=1.0)


class QueueFullError(RetryableError):
    """Too many events of yours are waiting already; send this one again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEvent:
    """An event as a program tells it: ``user_id`` and ``conversation_id`` are its own ids or ours, empty for none."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    user_id: str = ""
    conversation_id: str = ""
    occurred_at: datetime | None = None
    actor: str = "api"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it. ``matched`` are the workflows that it starts as things stand; none for a ``duplicate``."""

    event: Event
    duplicate: bool
    matched: Sequence[Plan]


def take_event(incoming: IncomingEvent) -> Taken:
    """Record an event and queue it, in one transaction. Raises ``QueueFullError``.

    The contact is found or made. A conversation that is not ours stays as ``data.external_conversation_id``. For a
    message the same ``data.message_id`` of the same contact and conversation is the same event, whoever sends it.
    """
    check_room()
    data: dict[str, Any] = storable(incoming.data)
    with transaction.atomic():
        contact_id = contact_named(incoming.user_id)
        conversation_id = conversation_named(incoming.conversation_id)
        if incoming.conversation_id and conversation_id is None:
            data["external_conversation_id"] = incoming.conversation_id
        key = _message_key(incoming, contact_id, data)
        event = publish(
            NewEvent(
                type=incoming.type,
                data=data,
                contact_id=contact_id,
                conversation_id=conversation_id,
                occurred_at=incoming.occurred_at,
                actor=incoming.actor,
                idempotency_key=key,
            )
        )
        if event is None:
            return Taken(Event.objects.get(idempotency_key=key), duplicate=True, matched=())
        matches, _ = match([event])
        return Taken(event, duplicate=False, matched=[found.plan for found in matches])


def check_room() -> None:
    """Raises ``QueueFullError`` when the tenant's due work has reached ``QUEUE_TENANT_CAP``."""
    cap: int = settings.QUEUE_TENANT_CAP
    tenant_id = require_tenant().id
    if _backlogs.get((tenant_id, cap), lambda: tenant_backlog(tenant_id, limit=cap)) >= cap:
        raise QueueFullError(retry_after=_FULL_RETRY_S)


def _message_key(incoming: IncomingEvent, contact_id: uuid.UUID | None, data: dict[str, Any]) -> str | None:
    """The event's idempotency key, or ``None`` where nothing says that two events are one.

    Not bound to the caller's API key: a message that is sent again with a renewed key is still the same. Bound to
    contact and conversation, since many systems number messages anew in each chat.
    """
    message_id = data.get("message_id")
    if (
        incoming.type not in _KEYED_BY_MESSAGE
        or not isinstance(message_id, str | int)
        or message_id in ("", True, False)
    ):
        return None
    named = f"{contact_id}\x1f{incoming.conversation_id}\x1f{message_id}"
    return f"api:{incoming.type}:{hashlib.sha256(named.encode()).hexdigest()}"

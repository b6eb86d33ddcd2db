"""``publish``: the one door through which a fact enters, in the transaction of the change that it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from core.bulk import insert_rows
from core.ids import uuid7
from events.models import Event
from events.queue.enqueue import NewItem, enqueue
from events.subscribing import anyone_wants

DISPATCH = "events.dispatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A fact to publish. ``idempotency_key``: a second event with the same key is not recorded. ``quiet``: it is recorded,
    and nobody is told: no workflow starts or goes on by it."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    contact_id: uuid.UUID | None = None
    conversation_id: uuid.UUID | None = None
    occurred_at: datetime | None = None
    actor: str = "system"
    idempotency_key: str | None = None
    causation_id: uuid.UUID | None = None
    depth: int = 0
    quiet: bool = False


def publish(event: NewEvent) -> Event | None:
    """Publish one event; ``None`` if its idempotency key was seen before. See :func:`publish_many`."""
    published = publish_many([event])
    return published[0] if published else None


def publish_many(new_events: Sequence[NewEvent]) -> list[Event]:
    """Record events and queue their dispatch to whoever wants their type, all in the caller's transaction.

    Events of one contact are dispatched in the order in which they were published. Returns those recorded.
    Raises ``TransactionManagementError`` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "publish() needs the transaction of the change that it tells of"
        )
    if not new_events:
        return []
    now = datetime.now(UTC)
    events = [
        Event(
            id=uuid7(),
            type=new.type,
            occurred_at=new.occurred_at or now,
            recorded_at=now,
            contact_id=new.contact_id,
            conversation_id=new.conversation_id,
            data=new.data,
            actor=new.actor[:80],
            idempotency_key=new.idempotency_key,
            causation_id=new.causation_id,
            depth=new.depth,
        )
        for new in new_events
    ]
    quiet = {event.id for event, new in zip(events, new_events, strict=True) if new.quiet}
    keyed = any(event.idempotency_key for event in events)
    if not keyed:
        insert_rows(events)
    else:
        Event.objects.bulk_create(events, ignore_conflicts=True)
        recorded = set(
            Event.objects.filter(id__in=[event.id for event in events]).values_list("id", flat=True)
        )
        events = [event for event in events if event.id in recorded]
    wanted = {code for code in {event.type for event in events} if anyone_wants(code)}
    enqueue_dispatch([event for event in events if event.type in wanted and event.id not in quiet])
    return events


def enqueue_dispatch(events: Sequence[Event]) -> None:
    """Queue the dispatch of recorded events, in their order, on their contacts' lanes."""
    if events:
        enqueue(*(NewItem(lane=lane_of(event), kind=DISPATCH, ref=str(event.id)) for event in events))


def lane_of(event: Event) -> str:
    """Events of one contact go one after the other; events of nobody go each its own way."""
    return f"contact:{event.contact_id}" if event.contact_id else f"event:{event.id}"

"""Telling members something, and noting that they have seen it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from accounts.notifications.models import Notification
from accounts.notifications.preferences import people, preference
from core.bulk import insert_rows
from core.text import strip_nul
from events.queue.enqueue import NewItem, enqueue
from tenants.keys import group_name

log = structlog.get_logger(__name__)

#: The queue's item that sends a notification by mail; ``ref`` is the notification's id.
MAIL = "notifications.mail"

_down_until = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotification:
    """Something to tell a user. Titles are cut to 200 characters, bodies to 5,000."""

    recipient_id: uuid.UUID
    title: str
    body: str = ""
    kind: str = "workflow"
    link: dict[str, str] = field(default_factory=dict)


def notify(new: Sequence[NewNotification]) -> list[Notification]:
    """Write notifications, and after the commit tell the recipients' open browsers that there is something new.

    Each reaches its recipient as they chose: what they do not want in the web UI is written as read already, so that it
    asks for no attention; what they want by mail is sent, too.
    """
    known = people({one.recipient_id for one in new})
    wanted = [preference(known.get(one.recipient_id), one.kind) for one in new]
    now = datetime.now(UTC)
    rows = [
        Notification(
            recipient_id=one.recipient_id,
            kind=one.kind,
            title=strip_nul(one.title).strip()[:200],
            body=strip_nul(one.body)[:5_000],
            link=one.link,
            read_at=None if want.in_app else now,
        )
        for one, want in zip(new, wanted, strict=True)
    ]
    insert_rows(rows)
    pairs = list(zip(rows, wanted, strict=True))
    mails = [
        NewItem(lane=f"notify:{row.recipient_id}", kind=MAIL, ref=str(row.id))
        for row, want in pairs
        if want.email and row.recipient_id in known
    ]
    if mails:
        with transaction.atomic():
            enqueue(*mails)
    groups = sorted({member_group(row.recipient_id) for row, want in pairs if want.in_app})
    if groups:
        transaction.on_commit(lambda: _hint(groups))
    return rows


def mark_read(recipient_id: uuid.UUID, ids: Sequence[uuid.UUID] | None = None) -> int:
    """Note that a member has seen these notifications (``None``: all); returns how many were unread."""
    rows = Notification.objects.filter(recipient_id=recipient_id, read_at__isnull=True)
    if ids is not None:
        rows = rows.filter(id__in=ids)
    return rows.update(read_at=datetime.now(UTC))


def member_group(user_id: uuid.UUID) -> str:
    """The Channels group of a member's open browsers at the current tenant; they get ``{"type": "notifications.changed"}``
    and fetch what they miss."""
    return group_name(f"member.{user_id.hex}")


def _hint(groups: Sequence[str]) -> None:
    """May be lost: the database is the truth that is fetched."""
    global _down_until
    if time.monotonic() < _down_until:
        return
    try:
        layer = get_channel_layer()
        for group in groups:
            async_to_sync(layer.group_send)(group, {"type": "notifications.changed"})
    except Exception as exc:  # hints are optional, whatever is wrong with Redis
        _down_until = time.monotonic() + 1.0
        log.warning("notification hint not sent", error=str(exc))

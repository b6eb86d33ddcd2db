"""Hints to browsers: "conversation 12 is at seq 87, changed by transaction 5012". They may be lost; the database is the
truth that is fetched."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from accounts.notifications.services import member_group
from channels_app.models import Conversation
from tenants.keys import group_name

log = structlog.get_logger(__name__)

Row = dict[str, str | int]

_MAX_IN_ONE = 200
_down_until = 0.0


def hint_after_commit(conversations: Sequence[Conversation], *, revision: int | None = None) -> None:
    """After the commit, tell the tenant's open inboxes where these conversations are now: one message for all.

    ``revision`` is given when messages changed and the conversation itself did not."""
    seen: dict[str, Row] = {
        str(c.id): {"id": str(c.id), "seq": c.last_seq, "revision": revision or c.revision}
        for c in conversations
    }
    if seen:
        _after_commit(group_name("inbox"), "inbox.changed", list(seen.values()))


def hint_reader_after_commit(reader_id: uuid.UUID, read: Sequence[tuple[uuid.UUID, int]]) -> None:
    """After the commit, tell the member's other browsers how far they have read these conversations now."""
    rows: list[Row] = [{"id": str(key), "seq": seq} for key, seq in read]
    if rows:
        _after_commit(member_group(reader_id), "inbox.read", rows)


def _after_commit(group: str, kind: str, rows: list[Row]) -> None:
    transaction.on_commit(lambda: _send(group, kind, rows))


def _send(group: str, kind: str, rows: list[Row]) -> None:
    global _down_until
    if time.monotonic() < _down_until:
        return
    try:
        async_to_sync(get_channel_layer().group_send)(
            group, {"type": kind, "conversations": rows[:_MAX_IN_ONE]}
        )
    except Exception as exc:  # hints are optional, whatever is wrong with Redis
        _down_until = time.monotonic() + 1.0
        log.warning("inbox hint not sent", error=str(exc))

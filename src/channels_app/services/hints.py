"""Hints to browsers: "conversation 12 is at seq 87". They may be lost; the database is the truth that is fetched."""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from channels_app.models import Conversation
from tenants.keys import group_name

log = structlog.get_logger(__name__)

_MAX_IN_ONE = 200
_down_until = 0.0


def hint_after_commit(conversations: Sequence[Conversation]) -> None:
    """After the commit, tell the tenant's open inboxes where these conversations are now: one message for all."""
    seen = {str(c.id): c.last_seq for c in conversations}
    if not seen:
        return
    group = group_name("inbox")
    transaction.on_commit(lambda: _send(group, seen))


def _send(group: str, seen: dict[str, int]) -> None:
    global _down_until
    if time.monotonic() < _down_until:
        return
    rows = [{"id": key, "seq": seq} for key, seq in list(seen.items())[:_MAX_IN_ONE]]
    try:
        async_to_sync(get_channel_layer().group_send)(group, {"type": "inbox.changed", "conversations": rows})
    except Exception as exc:  # hints are optional, whatever is wrong with Redis
        _down_until = time.monotonic() + 1.0
        log.warning("inbox hint not sent", error=str(exc))

"""Reads: conversations as templates and predicates see them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from channels_app.models import Conversation


def conversation_views(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """``conversation.…`` for many conversations, with one query."""
    rows = Conversation.objects.filter(id__in=ids).select_related("channel")
    return {
        row.id: {
            "id": str(row.id),
            "status": row.status,
            "control": row.control,
            "channel": row.channel.name,
            "provider": row.channel.provider,
            "assigned": row.assignee_id is not None,
            "last_inbound_at": row.last_inbound_at.isoformat() if row.last_inbound_at else None,
        }
        for row in rows
    }

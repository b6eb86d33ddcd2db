"""Merged contacts: their conversations become those of the contact that is left."""

from __future__ import annotations

import uuid

from channels_app.models import Conversation, ConversationStatus
from channels_app.services.conversations import set_status
from crm.services.merging import BEFORE_MERGE


def move_conversations(winner: uuid.UUID, loser: uuid.UUID) -> None:
    """All of them. A contact has one open conversation on a channel: where both had one, the one that was used last
    stays open, and the other is closed."""
    rows = Conversation.objects.select_for_update().filter(contact_id__in=[winner, loser])
    there = rows.exclude(status=ConversationStatus.CLOSED)
    latest: dict[uuid.UUID, Conversation] = {}
    for row in sorted(there, key=lambda row: (row.last_message_at or row.created_at, row.id)):
        earlier = latest.get(row.channel_id)
        if earlier is not None:
            set_status(earlier.id, ConversationStatus.CLOSED, actor="system")
        latest[row.channel_id] = row
    Conversation.objects.filter(contact_id=loser).update(contact_id=winner)


BEFORE_MERGE.add("conversations", move_conversations)

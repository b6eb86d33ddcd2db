"""Private notes: what members write to one another between a conversation's messages. They never leave the house: they
have no row in the ledger, no address, and no event that a workflow could hear."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from accounts.notifications.members import still_members
from accounts.notifications.services import NewNotification, notify
from channels_app.models import Direction, Message
from channels_app.providers.base import MessageType
from channels_app.services.conversations import one_to_change, save_changed
from core.errors import PermanentError
from core.text import fold, strip_nul

_MAX_TEXT = 10_000


class InvalidNoteError(PermanentError):
    """A note has 1 to 10,000 characters."""


class MentionError(PermanentError):
    """Only members can be mentioned."""


def write_note(
    conversation_id: uuid.UUID, text: str, *, author: str, mentions: Sequence[uuid.UUID] = ()
) -> Message:
    """Write a note into a conversation, whatever its status, and notify whom it mentions; in the caller's transaction.

    Raises ``InvalidNoteError``, ``MentionError`` and ``ConversationNotFoundError``.
    """
    text = strip_nul(text).strip()
    if not 0 < len(text) <= _MAX_TEXT:
        raise InvalidNoteError
    people = list(dict.fromkeys(mentions))
    if still_members(people) != set(people):
        raise MentionError
    conversation = one_to_change(conversation_id)
    conversation.last_seq += 1
    note = Message(
        conversation=conversation,
        channel_id=conversation.channel_id,
        seq=conversation.last_seq,
        direction=Direction.NOTE,
        type=MessageType.TEXT,
        text=text,
        search=fold(text),
        data={"mentions": [str(person) for person in people]} if people else {},
        author=author[:80],
        sent_at=datetime.now(UTC),
    )
    note.save(force_insert=True)
    # Not last_message_at: nobody said anything to anybody outside.
    save_changed(conversation, ["last_seq"])
    notify(
        [
            NewNotification(
                recipient_id=person,
                kind="mention",
                title="You were mentioned in a note",
                body=text,
                link={"conversation_id": str(conversation.id), "message_id": str(note.id)},
            )
            for person in people
            if author != f"member:{person}"
        ]
    )
    return note

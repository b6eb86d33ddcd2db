"""Snoozing: a conversation put away until a time, or until the customer writes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from accounts.notifications.services import NewNotification, notify
from channels_app.models import Conversation, ConversationStatus
from channels_app.services.conversations import ClosedError, one_to_change, save_changed
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import locked, mark_changed
from core.bulk import update_rows
from core.errors import PermanentError
from events.queue.enqueue import NewItem, enqueue

WAKE = "channels.wake"
_LONGEST = timedelta(days=400)


class SnoozeTimeError(PermanentError):
    """Choose a time between now and a year from now."""


def snooze(conversation_id: uuid.UUID, until: datetime) -> Conversation:
    """Put it away; snoozed again, the newer time holds. In the caller's transaction.

    Raises ``SnoozeTimeError``, ``ClosedError`` and ``ConversationNotFoundError``.
    """
    now = datetime.now(UTC)
    if not now < until < now + _LONGEST:
        raise SnoozeTimeError
    conversation = one_to_change(conversation_id)
    if conversation.status == ConversationStatus.CLOSED:
        raise ClosedError
    conversation.status, conversation.snoozed_until = ConversationStatus.SNOOZED, until
    save_changed(conversation, ["status", "snoozed_until"])
    enqueue(
        NewItem(
            # A lane for each time: an earlier one must not wait behind a later one.
            lane=f"wake:{conversation_id}:{until.timestamp():.0f}",
            kind=WAKE,
            ref=f"{conversation_id}@{until.isoformat()}",
            run_at=until,
        )
    )
    return conversation


def wake(conversation_ids: Sequence[uuid.UUID]) -> list[Conversation]:
    """Open those whose time has come, and tell their assignees; others have been woken or put off since."""
    now = datetime.now(UTC)
    rows = list(
        locked().filter(id__in=conversation_ids, status=ConversationStatus.SNOOZED, snoozed_until__lte=now)
    )
    for row in rows:
        row.status, row.snoozed_until = ConversationStatus.OPEN, None
    mark_changed(rows)
    update_rows(rows, ["status", "snoozed_until", "revision"])
    notify(
        [
            NewNotification(
                recipient_id=row.assignee_id,
                kind="snooze",
                title="A snoozed conversation is back",
                link={"conversation_id": str(row.id)},
            )
            for row in rows
            if row.assignee_id is not None
        ]
    )
    hint_after_commit(rows)
    return rows

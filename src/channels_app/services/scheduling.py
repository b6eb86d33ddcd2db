"""Sending later: messages that wait for their time, and pass the gate only then."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from accounts.notifications.services import NewNotification, notify
from channels_app.models import ConversationStatus, ScheduledMessage, ScheduledState
from channels_app.services.composing import NewMessageBody, compose
from channels_app.services.hints import hint_after_commit
from channels_app.services.outgoing import write_messages
from channels_app.services.revisions import touch
from core.errors import PermanentError
from events.queue.enqueue import NewItem, enqueue, savepoint

DUE = "channels.scheduled"
_LONGEST = timedelta(days=400)


class SendTimeError(PermanentError):
    """Choose a time between now and a year from now."""


class NotScheduledError(PermanentError):
    """This message has gone already, or was cancelled."""


def schedule(
    conversation_id: uuid.UUID, body: Mapping[str, Any], *, send_at: datetime, author: str
) -> ScheduledMessage:
    """Keep a message for later; ``body`` is checked. In the caller's transaction. Raises ``SendTimeError``."""
    _check_time(send_at)
    row = ScheduledMessage.objects.create(
        conversation_id=conversation_id, body=dict(body), author=author[:80], send_at=send_at
    )
    _set_timer(row)
    return row


def change_scheduled(
    scheduled_id: uuid.UUID, *, body: Mapping[str, Any] | None = None, send_at: datetime | None = None
) -> ScheduledMessage:
    """Change what waits; in the caller's transaction. Raises ``NotScheduledError`` and ``SendTimeError``."""
    row = _waiting(scheduled_id)
    if body is not None:
        row.body = dict(body)
    if send_at is not None:
        _check_time(send_at)
        row.send_at = send_at
    row.save(update_fields=["body", "send_at"])
    _set_timer(row)
    return row


def cancel_scheduled(scheduled_id: uuid.UUID) -> ScheduledMessage:
    """It is not sent any more; in the caller's transaction. Raises ``NotScheduledError`` when it has gone."""
    row = _waiting(scheduled_id)
    row.state = ScheduledState.CANCELLED
    row.save(update_fields=["state"])
    hint_after_commit(touch([row.conversation_id]))
    return row


def send_due(ids: Sequence[uuid.UUID]) -> None:
    """Enter into the ledger those of these whose time has come; the others were cancelled or put off."""
    rows = list(
        ScheduledMessage.objects.select_for_update(of=("self",))
        .select_related("conversation__channel")
        .filter(id__in=ids, state=ScheduledState.SCHEDULED, send_at__lte=datetime.now(UTC))
        .order_by("id")
    )
    for row in rows:
        _send(row)


def _send(row: ScheduledMessage) -> None:
    conversation = row.conversation
    closed = conversation.status == ConversationStatus.CLOSED
    try:
        # A savepoint: what one message cannot have must not take the others' along.
        with savepoint():
            composed = compose(
                NewMessageBody.model_validate(row.body),
                conversation,
                author=row.author,
                effect_key=f"later:{row.id}",
            )
            # The customer may have begun another conversation since.
            addressed = [replace(new, conversation_id=None) for new in composed] if closed else composed
            row.message = write_messages(addressed)[0]
            row.state = ScheduledState.SENT
    except (PermanentError, ValidationError) as exc:
        row.state, row.error = ScheduledState.FAILED, str(exc)[:2_000]
        _tell_author(row)
    row.save(update_fields=["state", "message", "error"])
    hint_after_commit(touch([conversation.id]))


def _tell_author(row: ScheduledMessage) -> None:
    kind, _, author_id = row.author.partition(":")
    if kind == "member":
        notify(
            [
                NewNotification(
                    recipient_id=uuid.UUID(author_id),
                    kind="scheduled",
                    title="A scheduled message could not be sent",
                    body=row.error,
                    link={"conversation_id": str(row.conversation_id)},
                )
            ]
        )


def _waiting(scheduled_id: uuid.UUID) -> ScheduledMessage:
    row = ScheduledMessage.objects.select_for_update().filter(id=scheduled_id).first()
    if row is None or row.state != ScheduledState.SCHEDULED:
        raise NotScheduledError
    return row


def _check_time(send_at: datetime) -> None:
    now = datetime.now(UTC)
    if not now < send_at < now + _LONGEST:
        raise SendTimeError


def _set_timer(row: ScheduledMessage) -> None:
    stamp = row.send_at.isoformat()
    enqueue(NewItem(lane=f"later:{row.id}:{stamp}", kind=DUE, ref=f"{row.id}@{stamp}", run_at=row.send_at))
    hint_after_commit(touch([row.conversation_id]))

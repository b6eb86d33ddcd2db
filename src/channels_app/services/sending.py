"""Sending: the ledger's side of a call to a provider — the intent before it, the result after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from channels_app.models import Send
from channels_app.providers.base import DeliveryState, OutboundMessage, SendRefusedError, SendResult
from channels_app.services.delivery import advance, locked_sends, save
from channels_app.services.outgoing import SEND, outbound_values, send_lane
from channels_app.services.updates import delivery_event
from channels_app.services.uploads import file_of
from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from events.queue.enqueue import NewItem, enqueue
from events.services.publishing import publish_many

RESEND = "channels.resend"


def sends(refs: Sequence[str]) -> dict[str, Send]:
    """Ledger rows with all that a call needs, locked, by id."""
    rows = (
        locked_sends()
        .select_related("message__conversation__channel", "message__conversation__contact")
        .filter(id__in=refs)
    )
    return {str(row.id): row for row in rows}


def intend(rows: Sequence[Send]) -> list[Send]:
    """Record that calls are about to be made; returns the rows to call for.

    A row found in ``sending`` was left by a process that died in its call: the message may have gone out, so it becomes
    ``unknown`` and is not called again (unless the channel's owner decided so).
    """
    now = datetime.now(UTC)
    ready: list[Send] = []
    for row in rows:
        if row.state == DeliveryState.QUEUED:
            row.state = row.message.state = DeliveryState.SENDING
            row.sending_at = now
            row.calls += 1
            ready.append(row)
        elif row.state == DeliveryState.SENDING:
            lose_sight(row, "The process ended during the call; the message may have gone out.")
    save(rows, quietly=all(row.state == DeliveryState.SENDING for row in rows))
    return ready


def lose_sight(row: Send, error: str) -> None:
    """The outcome is unknown; a status from the provider may still settle it."""
    advance(row, DeliveryState.UNKNOWN, at=datetime.now(UTC), code="unknown", error=error)
    wait_s = row.message.conversation.channel.resend_unknown_after_s
    if wait_s is not None:
        enqueue(
            NewItem(
                lane=f"resend:{row.id}",
                kind=RESEND,
                ref=str(row.id),
                dedupe_key=f"{RESEND}:{row.id}:{row.calls}",
                run_at=datetime.now(UTC) + timedelta(seconds=wait_s),
            )
        )


def resend_unknown(refs: Sequence[str]) -> None:
    """The time that a channel's owner set has passed: what is still unknown is queued once more."""
    rows = [row for row in sends(refs).values() if row.state == DeliveryState.UNKNOWN]
    for row in rows:
        row.state = row.message.state = DeliveryState.QUEUED
        row.error = row.message.error = row.error_code = ""
        enqueue(
            NewItem(
                lane=send_lane(row.message.conversation),
                kind=SEND,
                ref=str(row.id),
                dedupe_key=f"{SEND}:{row.id}:{row.calls}",
            )
        )
    save(rows)


def outbound(row: Send) -> OutboundMessage:
    """The message as the provider takes it."""
    conversation = row.message.conversation
    return OutboundMessage(
        effect_key=row.effect_key,
        recipient=conversation.recipient,
        phone=conversation.contact.phone or None,
        file=file_of(row.message),
        **outbound_values(row.message),
    )


def record_sent(row: Send, result: SendResult) -> None:
    """The provider took it. A status may have been faster: the state only rises."""
    row.message.provider_message_id = result.provider_message_id
    if advance(row, result.state, at=datetime.now(UTC)):
        publish_many([delivery_event(row.message)])


def record_failed(row: Send, error: BaseException) -> None:
    """The provider refused it for good."""
    code = getattr(error, "reason", "") or getattr(error, "code", "") or type(error).__name__
    if advance(row, DeliveryState.FAILED, at=datetime.now(UTC), code=code, error=str(error)):
        publish_many([delivery_event(row.message, code, str(error))])
    if isinstance(error, SendRefusedError) and error.reason == "account":
        channel = row.message.conversation.channel
        channel.problem = str(error)[:2_000]
        channel.save(update_fields=["problem"])


def record_error(row: Send, error: BaseException) -> RetryableError | None:
    """What an error of the call means; returns it when the call is to be made again."""
    if isinstance(error, RetryableError):
        if row.state != DeliveryState.SENDING:
            # A word from the provider was faster: the message is there, whatever became of the call.
            return None
        # Nothing was taken: back to the queue, and the queue's own schedule decides when.
        row.state = row.message.state = DeliveryState.QUEUED
        row.error, row.error_code = str(error), getattr(error, "code", "")[:40]
        return error
    record = next((r for kind, r in _RECORDS if isinstance(error, kind)), _record_unknown)
    record(row, error)
    return None


def _record_unknown(row: Send, error: BaseException) -> None:
    lose_sight(row, f"{type(error).__name__}: {error}"[:2_000])


_RECORDS: tuple[tuple[type[BaseException], Callable[[Send, BaseException], None]], ...] = (
    (OutcomeUnknownError, _record_unknown),
    (PermanentError, record_failed),
)

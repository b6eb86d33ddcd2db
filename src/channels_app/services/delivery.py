"""Delivery states: what statuses do to a message. They come late, twice and in any order; a state never moves back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet

from channels_app.models import Message, Send
from channels_app.providers.base import DeliveryState, StatusUpdate
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import CURRENT, number_of
from core.bulk import update_rows

#: A state may only give way to one of a higher rank. ``failed`` ends everything but what proves it wrong: a message that
#: was delivered or read has not failed.
RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.UNKNOWN: 2,
    DeliveryState.SENT: 3,
    DeliveryState.FAILED: 4,
    DeliveryState.DELIVERED: 5,
    DeliveryState.READ: 6,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """A status that moved a message, and from where."""

    message: Message
    status: StatusUpdate
    before: DeliveryState


def advance(send: Send, state: DeliveryState, *, at: datetime, code: str = "", error: str = "") -> bool:
    """Move a message and its ledger row to ``state`` if that is forward; tells whether it moved. Does not save."""
    message = send.message
    if state in (DeliveryState.DELIVERED, DeliveryState.READ) and message.delivered_at is None:
        message.delivered_at = at
    if state == DeliveryState.READ and message.read_at is None:
        message.read_at = at
    if RANK[state] <= RANK[DeliveryState(send.state)]:
        return False
    send.state = message.state = state
    send.error_code, send.error = code[:40], error
    message.error = error
    send.settled_at = datetime.now(UTC)
    return True


def save(sends: Sequence[Send], *, quietly: bool = False) -> None:
    """Write ledger rows, read with :func:`locked_sends`, and their messages; tells the browsers unless ``quietly``."""
    if not sends:
        return
    messages = [send.message for send in sends]
    revision = number_of(sends[0])
    for message in messages:
        message.revision = revision
    update_rows(sends, ["state", "calls", "error_code", "error", "sending_at", "settled_at"])
    update_rows(messages, ["state", "error", "delivered_at", "read_at", "provider_message_id", "revision"])
    if not quietly:
        hint_after_commit([message.conversation for message in messages], revision=revision)


def locked_sends() -> QuerySet[Send]:
    """Ledger rows to be changed, locked with their messages in the order of their ids. Their conversations are not: what
    becomes of a message is marked in the message, so that statuses wait for nobody who writes."""
    return (
        Send.objects.select_related("message__conversation")
        .select_for_update(of=("self", "message"))
        .annotate(transaction_number=CURRENT)
        .order_by("id")
    )


def find(statuses: Sequence[StatusUpdate], channel_id: uuid.UUID) -> dict[int, Send]:
    """The ledger row of each status (by its position), locked; by our effect key, else by the provider's id."""
    rows = locked_sends()
    keys = {status.effect_key for status in statuses if status.effect_key}
    ids = {status.provider_message_id for status in statuses}
    by_key = (
        {send.effect_key: send for send in rows.filter(effect_key__in=keys, message__channel_id=channel_id)}
        if keys
        else {}
    )
    missing = {s.provider_message_id for s in statuses if s.effect_key not in by_key} & ids
    # One object a row, or the second one's save would take back what the first one's said.
    known = {send.id: send for send in by_key.values()}
    by_id = (
        {
            send.message.provider_message_id: known.get(send.id, send)
            for send in rows.filter(message__channel_id=channel_id, message__provider_message_id__in=missing)
        }
        if missing
        else {}
    )
    found: dict[int, Send] = {}
    for number, status in enumerate(statuses):
        send = by_key.get(status.effect_key) or by_id.get(status.provider_message_id)
        if send is not None:
            found[number] = send
    return found


def apply(statuses: Sequence[StatusUpdate], channel_id: uuid.UUID) -> tuple[list[Applied], list[int]]:
    """Apply statuses of one channel; returns what moved, and the positions of those whose message is not known (yet)."""
    found = find(statuses, channel_id)
    applied: list[Applied] = []
    for number, send in found.items():
        status = statuses[number]
        before = DeliveryState(send.state)
        if send.message.provider_message_id is None and status.provider_message_id:
            send.message.provider_message_id = status.provider_message_id
        if advance(
            send, status.state, at=status.occurred_at, code=status.error_code, error=status.error_title
        ):
            applied.append(Applied(send.message, status, before))
    save(list({send.id: send for send in found.values()}.values()))
    return applied, [number for number in range(len(statuses)) if number not in found]

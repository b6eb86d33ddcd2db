"""What providers say later about messages: statuses, edits, deletions, notices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from channels_app import events as types
from channels_app.models import InboundDelivery, Message
from channels_app.providers.base import DeliveryState, MessageEdited, MessageRevoked, Notice, StatusUpdate
from channels_app.services.channels import OpenChannel
from channels_app.services.delivery import Applied, apply
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import CURRENT, number_of
from core.text import fold, strip_nul
from crm.models import Identity
from events.queue.enqueue import NewItem, enqueue
from events.services.publishing import NewEvent, publish_many

INBOUND = "channels.inbound"

#: Seconds after which a status that outran its message is looked at again; then it is left with a word of why.
_PUT_OFF_S = (2, 10, 60)


def apply_statuses(
    channel_id: uuid.UUID, pairs: Sequence[tuple[InboundDelivery, StatusUpdate]], tries: dict[uuid.UUID, int]
) -> None:
    """Apply statuses of one channel; those of unknown messages are put off, since they may outrun our own commit."""
    for number in settle(channel_id, [status for _, status in pairs]):
        delivery = pairs[number][0]
        tried = tries.get(delivery.id, 0)
        if tried >= len(_PUT_OFF_S):
            delivery.error = "status of a message that we did not send"
            continue
        enqueue(
            NewItem(
                lane=f"late:{delivery.id}",
                kind=INBOUND,
                ref=f"{delivery.id}#{tried + 1}",
                run_at=datetime.now(UTC) + timedelta(seconds=_PUT_OFF_S[tried]),
            )
        )


def settle(channel_id: uuid.UUID, statuses: Sequence[StatusUpdate]) -> list[int]:
    """Apply statuses and tell what became of the messages; returns the positions of those of unknown messages."""
    applied, unknown = apply(statuses, channel_id)
    publish_many(
        [delivery_event(a.message, a.status.error_code, a.status.error_title) for a in applied if _worth(a)]
    )
    return unknown


def _worth(applied: Applied) -> bool:
    """``sent`` is told once, whether by the send call or by the status that overtook it."""
    return applied.status.state == DeliveryState.FAILED or applied.before in (
        DeliveryState.QUEUED,
        DeliveryState.SENDING,
        DeliveryState.UNKNOWN,
    )


def delivery_event(message: Message, code: str = "", error: str = "") -> NewEvent:
    """The event that tells what became of an outgoing message."""
    failed = message.state == DeliveryState.FAILED
    return NewEvent(
        type=types.MESSAGE_FAILED.code if failed else types.MESSAGE_SENT.code,
        contact_id=message.conversation.contact_id,
        conversation_id=message.conversation_id,
        actor="system",
        data={"message_id": str(message.id), "state": message.state, "error_code": code, "error": error},
    )


def _find(channel: OpenChannel, provider_message_id: str) -> Message | None:
    rows = Message.objects.select_related("conversation").select_for_update(of=("self",))
    rows = rows.annotate(transaction_number=CURRENT)
    return rows.filter(channel_id=channel.id, provider_message_id=provider_message_id).first()


def apply_edits(edits: Sequence[tuple[OpenChannel, MessageEdited]]) -> None:
    """Customers changed messages: keep the newest text."""
    for channel, edit in edits:
        message = _find(channel, edit.provider_message_id)
        if message is None or (message.edited_at and message.edited_at >= edit.occurred_at):
            continue
        message.text = strip_nul(edit.text)
        message.search = fold(message.text)
        message.edited_at = edit.occurred_at
        _save(message, ["text", "search", "edited_at"])
        publish_many([_changed(types.MESSAGE_EDITED.code, channel, message)])


def apply_revocations(revocations: Sequence[tuple[OpenChannel, MessageRevoked]]) -> None:
    """Customers deleted messages: blank what they said, keep that they said it."""
    for channel, revocation in revocations:
        message = _find(channel, revocation.provider_message_id)
        if message is None or message.revoked_at:
            continue
        message.text = message.search = ""
        message.data = {}
        message.revoked_at = revocation.occurred_at
        _save(message, ["text", "search", "data", "revoked_at"])
        publish_many([_changed(types.MESSAGE_DELETED.code, channel, message)])


def _save(message: Message, columns: list[str]) -> None:
    message.revision = number_of(message)
    message.save(update_fields=[*columns, "revision"])
    hint_after_commit([message.conversation], revision=message.revision)


def _changed(code: str, channel: OpenChannel, message: Message) -> NewEvent:
    return NewEvent(
        type=code,
        contact_id=message.conversation.contact_id,
        conversation_id=message.conversation_id,
        actor="contact",
        data={
            "message_id": str(message.id),
            "content": message.text,
            "type": message.type,
            "channel_id": str(channel.id),
            "provider": channel.provider.slug,
        },
    )


def apply_notices(notices: Sequence[tuple[OpenChannel, Notice]]) -> None:
    """Everything else that providers tell becomes an event, on the contact it is about if there is one."""
    if not notices:
        return
    users = {(channel.id, notice.user_id) for channel, notice in notices if notice.user_id}
    contacts = {
        (row.channel_id, row.provider_user_id): row.contact_id
        for row in Identity.objects.filter(
            channel_id__in={channel for channel, _ in users}, provider_user_id__in={user for _, user in users}
        )
    }
    publish_many(
        [
            NewEvent(
                type=types.CHANNEL_NOTICE.code,
                contact_id=contacts.get((channel.id, notice.user_id)),
                actor="provider",
                data={"channel_id": str(channel.id), "notice": notice.kind, "details": notice.data},
            )
            for channel, notice in notices
        ]
    )

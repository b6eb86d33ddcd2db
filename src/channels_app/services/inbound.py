"""Inbound: a batch of deliveries turned into contacts, conversations, messages and events, in one transaction."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from channels_app import events as types
from channels_app.models import Conversation, ConversationStatus, Direction, InboundDelivery, Media, Message
from channels_app.providers.base import (
    Inbound,
    InboundMessage,
    MessageEdited,
    MessageRevoked,
    MessageType,
    Notice,
    StatusUpdate,
)
from channels_app.providers.wire import storable
from channels_app.services.channels import OpenChannel, open_channel
from channels_app.services.conversations import open_conversations
from channels_app.services.hints import hint_after_commit
from channels_app.services.inbox_time.timers import Sign, expect, wanted_types
from channels_app.services.reacting import mark_reacted_to
from channels_app.services.revisions import mark_changed
from channels_app.services.updates import apply_edits, apply_notices, apply_revocations, apply_statuses
from core.bulk import insert_rows, update_rows
from core.text import fold, strip_nul
from crm.models import Contact
from crm.services.identities import Person, contacts_for
from events.queue.enqueue import NewItem, enqueue
from events.services.publishing import NewEvent, publish_many

log = structlog.get_logger(__name__)

MEDIA = "channels.media"
#: What a message changes of its conversation.
_TOUCHED = (
    "last_seq", "last_in_seq", "last_message_at", "last_inbound_at", "recipient", "status", "snoozed_until", "revision",
)  # fmt: skip


@dataclass(slots=True)
class _Sorted:
    """What a batch of deliveries holds, by kind, each with its channel and delivery."""

    messages: list[tuple[OpenChannel, InboundMessage]] = field(default_factory=list)
    statuses: dict[uuid.UUID, list[tuple[InboundDelivery, StatusUpdate]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    edits: list[tuple[OpenChannel, MessageEdited]] = field(default_factory=list)
    revocations: list[tuple[OpenChannel, MessageRevoked]] = field(default_factory=list)
    notices: list[tuple[OpenChannel, Notice]] = field(default_factory=list)

    def add(self, channel: OpenChannel, delivery: InboundDelivery, inbound: Inbound) -> None:
        """Put one parsed thing where it belongs."""
        if isinstance(inbound, StatusUpdate):
            self.statuses[channel.id].append((delivery, inbound))
        else:
            self._lists[type(inbound)].append((channel, inbound))

    @property
    def _lists(self) -> dict[type, list[Any]]:
        return {
            InboundMessage: self.messages,
            MessageEdited: self.edits,
            MessageRevoked: self.revocations,
            Notice: self.notices,
        }


def process(deliveries: Sequence[InboundDelivery], *, tries: dict[uuid.UUID, int]) -> None:
    """Work off deliveries of one tenant, in order. What cannot be understood is kept with its error and harms nobody.

    ``tries`` counts how often a delivery was put off before, for statuses that outran their message.
    """
    content = _Sorted()
    for delivery in deliveries:
        _parse(delivery, content)
    store_messages(content.messages)
    for channel_id, pairs in content.statuses.items():
        apply_statuses(channel_id, pairs, tries)
    apply_edits(content.edits)
    apply_revocations(content.revocations)
    apply_notices(content.notices)
    now = datetime.now(UTC)
    for delivery in deliveries:
        delivery.processed_at = now
    update_rows(deliveries, ["processed_at", "error"])


def _parse(delivery: InboundDelivery, content: _Sorted) -> None:
    channel = open_channel(delivery.channel_id)
    try:
        for inbound in channel.provider.parse(orjson.loads(delivery.body)):
            content.add(channel, delivery, inbound)
    except Exception as exc:  # parsing is pure: trying again would fail again, and the body is kept
        log.error("delivery not understood", delivery=str(delivery.id), error=f"{type(exc).__name__}: {exc}")
        delivery.error = f"{type(exc).__name__}: {exc}"[:2_000]


def store_messages(pairs: Sequence[tuple[OpenChannel, InboundMessage]]) -> list[Message]:
    """Store messages that are not stored yet, with their contacts and conversations, and publish them."""
    fresh = _without_stored(pairs)
    if not fresh:
        return []
    contacts = contacts_for([_person(channel, message) for channel, message in fresh])
    conversations = open_conversations(
        [
            (channel.id, contact.id, m.sender.user_id)
            for (channel, m), contact in zip(fresh, contacts, strict=True)
        ]
    )
    rows: list[Message] = []
    for (channel, message), contact in zip(fresh, contacts, strict=True):
        rows.append(_row(message, conversations[channel.id, contact.id]))
    insert_rows(rows)
    touched = list({row.conversation.id: row.conversation for row in rows}.values())
    mark_changed(touched)
    update_rows(touched, _TOUCHED)
    mark_reacted_to([row for row in rows if row.type == MessageType.REACTION])
    _queue_media(fresh, rows)
    publish_many(
        [
            _event(row, channel, message, contact)
            for row, (channel, message), contact in zip(rows, fresh, contacts, strict=True)
            if not message.echo
        ]
    )
    _expect_replies([row for row in rows if row.direction == Direction.OUT])
    hint_after_commit(touched)
    return rows


def _expect_replies(echoes: Sequence[Message]) -> None:
    """What a member writes in the phone's app is told to nobody by an event, but it may begin a silence."""
    if echoes and types.MESSAGE_SENT.code in wanted_types():
        expect(
            [
                Sign(types.MESSAGE_SENT.code, row.conversation.id, row.sent_at, channel_id=row.channel_id)
                for row in echoes
            ]
        )


def _without_stored(
    pairs: Sequence[tuple[OpenChannel, InboundMessage]],
) -> list[tuple[OpenChannel, InboundMessage]]:
    stored = set(
        Message.objects.filter(
            channel_id__in={channel.id for channel, _ in pairs},
            provider_message_id__in={message.provider_message_id for _, message in pairs},
        ).values_list("channel_id", "provider_message_id")
    )
    fresh = []
    for channel, message in pairs:
        key = (channel.id, message.provider_message_id)
        if key not in stored:
            stored.add(key)
            fresh.append((channel, message))
    return fresh


def _person(channel: OpenChannel, message: InboundMessage) -> Person:
    sender = message.sender
    return Person(
        channel_id=channel.id,
        provider=channel.provider.slug,
        ids=(sender.user_id, *sender.alternate_ids),
        phone=sender.phone or "",
        name=sender.name,
        username=sender.username,
        language=sender.language,
    )


def _row(message: InboundMessage, conversation: Conversation) -> Message:
    conversation.last_seq += 1
    conversation.last_message_at = max(message.sent_at, conversation.last_message_at or message.sent_at)
    if not message.echo:
        conversation.last_inbound_at = max(message.sent_at, conversation.last_inbound_at or message.sent_at)
        conversation.recipient = message.sender.user_id
        conversation.last_in_seq = conversation.last_seq
        conversation.status = ConversationStatus.OPEN
        conversation.snoozed_until = None
    text = strip_nul(message.text)
    return Message(
        conversation=conversation,
        channel_id=conversation.channel_id,
        seq=conversation.last_seq,
        direction=Direction.OUT if message.echo else Direction.IN,
        type=message.type,
        text=text,
        search=fold(text),
        data=storable(message.data),
        reply_to=message.reply_to[:200],
        author="phone app" if message.echo else "contact",
        provider_message_id=message.provider_message_id,
        sent_at=message.sent_at,
    )


def _queue_media(pairs: Sequence[tuple[OpenChannel, InboundMessage]], rows: Sequence[Message]) -> None:
    media = [
        Media(
            message=row,
            kind=ref.kind,
            mime_type=ref.mime_type[:100],
            filename=strip_nul(ref.filename)[:255],
            size=ref.size,
            source={
                "kind": ref.kind,
                "provider_id": ref.provider_id,
                "url": ref.url,
                "mime_type": ref.mime_type,
                "sha256": ref.sha256,
                "filename": ref.filename,
                "size": ref.size,
            },
        )
        for (_, message), row in zip(pairs, rows, strict=True)
        for ref in message.media
    ]
    if media:
        insert_rows(media)
        enqueue(*(NewItem(lane=f"media:{row.id}", kind=MEDIA, ref=str(row.id)) for row in media))


def _event(row: Message, channel: OpenChannel, message: InboundMessage, contact: Contact) -> NewEvent:
    return NewEvent(
        type=types.MESSAGE_RECEIVED.code,
        contact_id=contact.id,
        conversation_id=row.conversation.id,
        occurred_at=message.sent_at,
        actor="contact",
        data={
            "message_id": str(row.id),
            "content": row.text,
            "type": row.type,
            "channel_id": str(channel.id),
            "provider": channel.provider.slug,
            "timestamp": message.sent_at.isoformat(),
            "reply_to": row.reply_to,
            "payload": row.data,
        },
    )

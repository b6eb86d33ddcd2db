"""Outgoing messages: from the intention of whoever writes to a row in the ledger, through the gate, for a whole batch."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels_app.models import Conversation, Direction, Media, Message, Send
from channels_app.providers.base import DeliveryState, MessageType
from channels_app.providers.registry import PROVIDERS
from channels_app.services.conversations import conversations_to_answer
from channels_app.services.gate import Decision, decide, is_automated
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import mark_changed
from channels_app.services.uploads import attach
from core.bulk import insert_rows, update_rows
from core.text import fold, strip_nul
from crm.selectors import opted_out
from events.queue.enqueue import NewItem, enqueue

SEND = "channels.send"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message that someone means to send. ``effect_key`` (≤ 64 characters) is unique per intention: entering it twice
    gives the first message back. ``contact_id`` finds the conversation when none is named."""

    effect_key: str
    author: str
    type: MessageType = MessageType.TEXT
    text: str = ""
    media_url: str = ""
    filename: str = ""
    reply_to: str = ""
    buttons: tuple[dict[str, str], ...] = ()
    template: dict[str, Any] | None = None
    conversation_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    #: An uploaded file, which this message takes with it.
    upload: Media | None = None
    #: Written by a program that means it even though people have taken the conversation over.
    despite_human: bool = False

    def stored(self) -> dict[str, Any]:
        """What goes into ``Message.data``, for the call to the provider later."""
        values = {
            "media_url": self.media_url,
            "filename": self.filename,
            "buttons": list(self.buttons),
            "template": self.template,
        }
        return {**self.data, **{key: value for key, value in values.items() if value}}


def send_lane(conversation: Conversation) -> str:
    """One lane a recipient: messages to one customer go out in the order in which they were written."""
    return f"send:{conversation.channel_id}:{conversation.recipient}"[:200]


def write_messages(new_messages: Sequence[NewMessage]) -> list[Message]:
    """Enter messages into the ledger and queue what the gate lets through; in the caller's transaction.

    Raises ``NoAddressError`` when a message has neither a conversation nor a contact that can be written to.
    """
    known = _already_entered([new.effect_key for new in new_messages])
    fresh = [new for new in new_messages if new.effect_key not in known]
    conversations = conversations_to_answer([(new.conversation_id, new.contact_id) for new in fresh])
    pairs = list(zip(fresh, conversations, strict=True))
    unwilling = opted_out(
        {conversation.contact_id for new, conversation in pairs if is_automated(new.author)}
    )
    now = datetime.now(UTC)
    sends: list[Send] = []
    for new, conversation in pairs:
        decision = decide(
            conversation,
            PROVIDERS.get(conversation.channel.provider),
            new.type,
            now=now,
            author=new.author,
            opted_out=conversation.contact_id in unwilling,
            despite_human=new.despite_human,
        )
        send = _entry(new, conversation, decision, now)
        known[new.effect_key] = send.message
        sends.append(send)
    insert_rows([send.message for send in sends])
    insert_rows(sends)
    attach([(new.upload, send.message) for new, send in zip(fresh, sends, strict=True) if new.upload])
    touched = {conversation.id: conversation for conversation in conversations}
    mark_changed(list(touched.values()))
    update_rows(list(touched.values()), ["last_seq", "last_message_at", "revision"])
    queued = [
        NewItem(lane=send_lane(conversation), kind=SEND, ref=str(send.id))
        for send, conversation in zip(sends, conversations, strict=True)
        if send.state == DeliveryState.QUEUED
    ]
    if queued:
        enqueue(*queued)
    hint_after_commit(list(touched.values()))
    return [known[new.effect_key] for new in new_messages]


def _already_entered(effect_keys: Sequence[str]) -> dict[str, Message]:
    rows = Send.objects.filter(effect_key__in=effect_keys).select_related("message")
    return {send.effect_key: send.message for send in rows}


def _entry(new: NewMessage, conversation: Conversation, decision: Decision, now: datetime) -> Send:
    conversation.last_seq += 1
    conversation.last_message_at = now
    state = DeliveryState.QUEUED if decision.send else DeliveryState.FAILED
    text = strip_nul(new.text)
    message = Message(
        conversation=conversation,
        channel_id=conversation.channel_id,
        seq=conversation.last_seq,
        direction=Direction.OUT,
        type=new.type,
        text=text,
        search=fold(text),
        data=new.stored(),
        reply_to=new.reply_to,
        author=new.author[:80],
        state=state,
        error=decision.text,
        sent_at=now,
    )
    return Send(
        effect_key=new.effect_key,
        message=message,
        state=state,
        error_code=decision.reason,
        error=decision.text,
        settled_at=None if decision.send else now,
    )


def outbound_values(message: Message) -> Mapping[str, Any]:
    """The stored parts of a message as the provider's ``OutboundMessage`` takes them."""
    data = dict(message.data)
    return {
        "type": MessageType(message.type),
        "text": message.text,
        "reply_to": message.reply_to,
        "media_url": data.pop("media_url", ""),
        "filename": data.pop("filename", ""),
        "buttons": tuple(data.pop("buttons", ())),
        "template": data.pop("template", None),
        "data": data,
    }

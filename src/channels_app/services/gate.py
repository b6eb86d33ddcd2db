"""The gate: every outgoing message passes it, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from channels_app.models import Control, Conversation
from channels_app.providers.base import MessageType, Provider


@dataclass(frozen=True, slots=True)
class Decision:
    """``send`` or not; ``reason`` is a code that is stored with the message, ``text`` says what to do about it."""

    send: bool
    reason: str = ""
    text: str = ""


_SEND = Decision(True)
#: Whoever writes under these names is no person who answers a person.
_AUTOMATED = ("workflow:", "broadcast")
_PROGRAMS = (*_AUTOMATED, "agent:")


def is_automated(author: str) -> bool:
    """Whether a message of this author needs the contact's consent."""
    return author.startswith(_AUTOMATED)


def decide(
    conversation: Conversation,
    provider: Provider,
    message_type: str,
    *,
    now: datetime,
    author: str,
    opted_out: bool,
    despite_human: bool = False,
) -> Decision:
    """Whether a message may go out now. ``opted_out`` is the contact's wish, which binds automated authors alone;
    ``despite_human`` lets a program write into a conversation that people have taken over."""
    if not conversation.channel.is_active:
        return Decision(False, "channel_off", "The channel is switched off; switch it on to send.")
    if opted_out and is_automated(author):
        return Decision(
            False,
            "opted_out",
            "The contact opted out of automated messages; a member may answer, or the contact opt in again.",
        )
    if conversation.control == Control.HUMAN and not despite_human and author.startswith(_PROGRAMS):
        return Decision(
            False,
            "human_control",
            "People have taken this conversation over; hand it back, or let the step write all the same.",
        )
    hours = provider.window_hours
    if hours is not None and message_type != MessageType.TEMPLATE:
        last = conversation.last_inbound_at
        if last is None or last < now - timedelta(hours=hours):
            return Decision(
                False,
                "window_closed",
                f"The customer's last message is older than {hours} hours; send a template instead.",
            )
    return _SEND


def window_closes_at(conversation: Conversation, provider: Provider | None) -> datetime | None:
    """Until when anything may be written; ``None`` where the provider sets no limit or the customer never wrote."""
    if provider is None or provider.window_hours is None or conversation.last_inbound_at is None:
        return None
    return conversation.last_inbound_at + timedelta(hours=provider.window_hours)

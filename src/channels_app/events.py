"""The event types that the inbox publishes."""

from __future__ import annotations

from typing import Any

from events.types import EventData, declare


class MessageData(EventData):
    """A message. ``content`` is its text as written; ``message_id`` is ours."""

    message_id: str
    content: str = ""
    type: str = "text"
    channel_id: str = ""
    provider: str = ""
    timestamp: str = ""
    reply_to: str = ""
    payload: dict[str, Any] = {}


class DeliveryData(EventData):
    """What became of an outgoing message."""

    message_id: str
    state: str
    error_code: str = ""
    error: str = ""


class ConversationData(EventData):
    """A conversation's channel and status."""

    channel_id: str
    status: str


class AssignedData(ConversationData):
    """Users' ids; ``assignee_id`` is empty when the conversation is nobody's now."""

    assignee_id: str = ""
    previous_assignee_id: str = ""


class ControlData(ConversationData):
    """Who answers now, and who did: ``bot``, ``human`` or ``workflow``."""

    control: str
    previous_control: str


class TimeReachedData(EventData):
    """What has lasted since when, for the trigger with that address. ``minutes`` are counted as the trigger counts, in
    opening hours where it does. ``closes_at`` is set for a closing window; ``waiting_for`` is ``us`` or ``customer``."""

    trigger: str
    kind: str
    since: str
    minutes: int
    closes_at: str = ""
    waiting_for: str = ""
    channel_id: str = ""


class NoticeData(EventData):
    """The provider's word for it."""

    channel_id: str
    notice: str


MESSAGE_RECEIVED = declare(
    "MESSAGE_RECEIVED", label="Message received", description="A customer wrote.", data=MessageData
)
MESSAGE_EDITED = declare(
    "MESSAGE_EDITED", label="Message edited", description="A customer changed a message.", data=MessageData
)
MESSAGE_DELETED = declare(
    "MESSAGE_DELETED", label="Message deleted", description="A customer deleted a message.", data=MessageData
)
MESSAGE_SENT = declare(
    "MESSAGE_SENT",
    label="Message sent",
    description="The provider took a message of ours.",
    data=DeliveryData,
)
MESSAGE_FAILED = declare(
    "MESSAGE_FAILED",
    label="Message failed",
    description="A message of ours could not be sent.",
    data=DeliveryData,
)
CONVERSATION_OPENED = declare(
    "CONVERSATION_OPENED",
    label="Conversation opened",
    description="A new conversation began.",
    data=ConversationData,
)
CONVERSATION_CLOSED = declare(
    "CONVERSATION_CLOSED",
    label="Conversation closed",
    description="A conversation was closed.",
    data=ConversationData,
)
CONVERSATION_ASSIGNED = declare(
    "CONVERSATION_ASSIGNED",
    label="Conversation assigned",
    description="A conversation was given to a member, or to nobody.",
    data=AssignedData,
)
CONVERSATION_CONTROL_CHANGED = declare(
    "CONVERSATION_CONTROL_CHANGED",
    label="Who answers changed",
    description="A conversation was taken over by people, or handed back to a program.",
    data=ControlData,
)
CONVERSATION_TIME_REACHED = declare(
    "CONVERSATION_TIME_REACHED",
    label="Time in the inbox reached",
    description="A conversation has waited for as long as a workflow's trigger asked for.",
    data=TimeReachedData,
)
CHANNEL_NOTICE = declare(
    "CHANNEL_NOTICE",
    label="Notice from a provider",
    description="The provider told us something about a channel or a customer.",
    data=NoticeData,
)

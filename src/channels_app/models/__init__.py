"""The inbox's tables, in each tenant's schema."""

from channels_app.models.business_hours import BusinessHoursSetting
from channels_app.models.channel import Channel
from channels_app.models.check import ChannelCheck
from channels_app.models.conversation import Control, Conversation, ConversationStatus
from channels_app.models.delivery import InboundDelivery
from channels_app.models.label import ConversationLabel, Label
from channels_app.models.media import Media, MediaState
from channels_app.models.message import Direction, Message
from channels_app.models.personal import CannedReply, ReadMark, SavedView
from channels_app.models.revision import CurrentTransaction
from channels_app.models.scheduled import ScheduledMessage, ScheduledState
from channels_app.models.send import Send
from channels_app.models.template import MessageTemplate
from channels_app.models.turn import Turn

__all__ = [
    "BusinessHoursSetting",
    "CannedReply",
    "Channel",
    "ChannelCheck",
    "Control",
    "Conversation",
    "ConversationLabel",
    "ConversationStatus",
    "CurrentTransaction",
    "Direction",
    "InboundDelivery",
    "Label",
    "Media",
    "MediaState",
    "Message",
    "MessageTemplate",
    "ReadMark",
    "SavedView",
    "ScheduledMessage",
    "ScheduledState",
    "Send",
    "Turn",
]

"""Reactions: emojis that either side puts on a message. Each is a message of its own that names its target."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from channels_app.models import Direction, Message
from channels_app.providers.base import MessageType
from channels_app.providers.registry import PROVIDERS
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.services.revisions import CURRENT
from core.errors import PermanentError


class ReactionRefusedError(PermanentError):
    """This message takes no reaction."""


def react(message: Message, emoji: str, *, author: str, effect_key: str) -> Message:
    """Put an emoji on a message, or with an empty one take ours back; through the gate like any message. Returns the
    reaction. Raises ``ReactionRefusedError``."""
    provider = PROVIDERS.get(message.channel.provider)
    if not provider.takes_reactions:
        raise ReactionRefusedError(f"{provider.label} carries no reactions; write a message instead.")
    if message.direction == Direction.NOTE or message.type == MessageType.REACTION:
        raise ReactionRefusedError("Only messages that the customer can see take reactions.")
    if not message.provider_message_id:
        raise ReactionRefusedError("This message has not reached the provider; wait until it is sent.")
    if message.revoked_at is not None:
        raise ReactionRefusedError("The customer deleted this message.")
    new = NewMessage(
        effect_key=effect_key,
        author=author,
        type=MessageType.REACTION,
        text=emoji,
        reply_to=message.provider_message_id,
        conversation_id=message.conversation_id,
        data={"reaction": {"message_id": str(message.provider_message_id), "emoji": emoji, "removed": not emoji}},
    )  # fmt: skip
    written = write_messages([new])[0]
    mark_reacted_to([written])
    return written


def mark_reacted_to(reactions: Sequence[Message]) -> None:
    """The messages that these reactions are about are shown anew."""
    if not reactions:
        return
    targets = Message.objects.filter(
        channel_id__in={row.channel_id for row in reactions},
        provider_message_id__in={row.reply_to for row in reactions if row.reply_to},
    )
    # In the order of their ids, as whoever else changes messages locks them.
    ids: list[uuid.UUID] = list(targets.select_for_update().order_by("id").values_list("id", flat=True))
    Message.objects.filter(id__in=ids).update(revision=CURRENT)

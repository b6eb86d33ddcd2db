"""Retrying: a message that failed for good, sent once more as a message of its own."""

from __future__ import annotations

from channels_app.models import Direction, Message
from channels_app.providers.base import DeliveryState, MessageType
from channels_app.services.outgoing import NewMessage, write_messages
from core.errors import PermanentError


class NotRetryableError(PermanentError):
    """Only what failed may be sent again."""


def retry(message: Message, *, author: str) -> Message:
    """Enter the message into the ledger anew, through the gate; however often it is asked for, once for each failure.

    What is ``unknown`` may have arrived, so it is not sent again. Raises ``NotRetryableError``. In the caller's
    transaction; the first message stays as it was.
    """
    send = getattr(message, "send", None)
    if message.direction != Direction.OUT or send is None:
        raise NotRetryableError("This message was not sent from here.")
    if send.state == DeliveryState.UNKNOWN:
        raise NotRetryableError(
            "Nobody knows whether this message arrived; ask the customer before you write it again."
        )
    if send.state != DeliveryState.FAILED:
        raise NotRetryableError
    data = {**message.data, "retry_of": str(message.id)}
    new = NewMessage(
        effect_key=f"retry:{message.id}",
        author=author,
        type=MessageType(message.type),
        text=message.text,
        media_url=data.pop("media_url", ""),
        filename=data.pop("filename", ""),
        buttons=tuple(data.pop("buttons", ())),
        template=data.pop("template", None),
        reply_to=message.reply_to,
        conversation_id=message.conversation_id,
        upload=message.media.exclude(uploader="").first(),
        data=data,
    )
    return write_messages([new])[0]

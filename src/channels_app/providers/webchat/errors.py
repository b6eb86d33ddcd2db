"""What the web chat refuses to send: nothing leaves, so only what the widget cannot show."""

from __future__ import annotations

from channels_app.providers.base import MessageType, OutboundMessage, SendRefusedError

#: Templates belong to providers that approve them; the widget shows neither.
NOT_SHOWN = frozenset({MessageType.TEMPLATE, MessageType.ORDER, MessageType.UNSUPPORTED})


def check_showable(message: OutboundMessage) -> None:
    """Raises ``SendRefusedError`` for a type that the widget cannot show or a message without a visitor."""
    if message.type in NOT_SHOWN:
        reason = "template" if message.type is MessageType.TEMPLATE else "invalid"
        raise SendRefusedError(f"the web chat cannot show a message of type {message.type}", reason=reason)
    if not message.recipient:
        raise SendRefusedError("the message has no recipient")

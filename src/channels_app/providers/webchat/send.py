"""A web chat message is sent by being stored: the visitor's browser reads it over our API."""

from __future__ import annotations

from channels_app.providers.base import OutboundMessage, SendResult
from channels_app.providers.webchat.errors import check_showable


def send_message(message: OutboundMessage) -> SendResult:
    """Nothing leaves this machine. Raises ``SendRefusedError`` for what the widget cannot show."""
    check_showable(message)
    return SendResult(provider_message_id=f"wc:{message.effect_key}")

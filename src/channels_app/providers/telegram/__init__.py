"""A Telegram bot over the Bot API."""

from channels_app.providers.telegram.provider import TelegramProvider

__all__ = ["TelegramProvider"]

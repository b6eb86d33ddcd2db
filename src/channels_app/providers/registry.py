"""Every provider, by slug."""

from __future__ import annotations

from channels_app.providers.base import Provider
from channels_app.providers.telegram import TelegramProvider
from channels_app.providers.webchat import WebChatProvider
from channels_app.providers.whatsapp import WhatsAppProvider
from core.registry import Registry

PROVIDERS: Registry[Provider] = Registry("provider", base=Provider)
for _provider in (WhatsAppProvider(), TelegramProvider(), WebChatProvider()):
    PROVIDERS.add(_provider.slug, _provider)

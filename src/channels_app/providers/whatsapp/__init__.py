"""WhatsApp Business over Meta's Cloud API."""

from channels_app.providers.whatsapp.provider import WhatsAppProvider

__all__ = ["WhatsAppProvider"]

"""A development-only server that plays the outside world: WhatsApp, Telegram and HTTP targets over the real wire."""

"""Telegram's webhook check: a secret token in a header, equal to the one given to ``setWebhook``.

Source: Telegram, "Bot API › setWebhook › secret_token". There is no signature over the body.
"""

from __future__ import annotations

from collections.abc import Iterable

from channels_app.providers.base import SignatureError, WebhookRequest
from channels_app.providers.signing import any_secret_makes

HEADER = "x-telegram-bot-api-secret-token"


def check_secret_token(request: WebhookRequest, secrets: Iterable[str]) -> None:
    """Raises ``SignatureError`` unless the header equals one of the secrets."""
    given = request.headers.get(HEADER, "")
    if not given:
        raise SignatureError("X-Telegram-Bot-Api-Secret-Token is missing")
    if not any_secret_makes(given, secrets, lambda secret: secret):
        raise SignatureError

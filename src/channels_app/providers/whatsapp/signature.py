"""Meta's webhook checks: the GET handshake and ``X-Hub-Signature-256``.

Source: Meta, "Webhooks › Getting started". The signature is hex HMAC-SHA256 of the raw body with the app secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from channels_app.providers.base import SignatureError, WebhookRequest
from channels_app.providers.signing import any_secret_makes, hmac_sha256_hex

HEADER = "x-hub-signature-256"
_SHAPE = re.compile(r"sha256=([0-9a-f]{64})")


def answer_handshake(request: WebhookRequest, verify_tokens: Iterable[str]) -> str | None:
    """Meta's challenge when it names one of our verify tokens, else ``None``."""
    query = request.query
    given = query.get("hub.verify_token", "")
    known = any_secret_makes(given, verify_tokens, lambda token: token)
    if request.method.upper() != "GET" or query.get("hub.mode") != "subscribe" or not known:
        return None
    return query.get("hub.challenge") or None


def check_signature(request: WebhookRequest, secrets: Iterable[str]) -> None:
    """Raises ``SignatureError`` unless one of the app secrets signed the raw body."""
    shape = _SHAPE.fullmatch(request.headers.get(HEADER, ""))
    if shape is None:
        raise SignatureError("X-Hub-Signature-256 is missing or malformed")
    if not any_secret_makes(shape[1], secrets, lambda secret: hmac_sha256_hex(secret, request.body)):
        raise SignatureError

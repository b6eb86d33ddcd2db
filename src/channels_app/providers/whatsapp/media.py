"""Download of a file that a customer sent over WhatsApp."""

from __future__ import annotations

import base64
import binascii
import hashlib

from channels_app.providers.base import FetchedMedia, MediaRef
from channels_app.providers.calls import fetch, json_of
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.wire import as_size, as_text
from core.errors import PermanentError, RetryableError
from core.http import HttpClient

MAX_METADATA_BYTES = 64 * 1024


async def fetch_file(
    media: MediaRef,
    *,
    credentials: WhatsAppCredentials,
    settings: WhatsAppSettings,
    http: HttpClient,
    max_bytes: int,
) -> FetchedMedia:
    """Ask Graph for the file's short-lived address, then download and check it. Errors as in ``fetch_media``."""
    if not media.provider_id.isalnum():
        # The id becomes part of a path that is called with the token.
        raise PermanentError("the message names no media id")
    headers = {"Authorization": f"Bearer {credentials.access_token.get_secret_value()}"}
    details = json_of(
        await fetch(
            http,
            settings.url(media.provider_id),
            headers=headers,
            timeout_s=settings.timeout_s,
            max_bytes=MAX_METADATA_BYTES,
        )
    )
    url = as_text(details.get("url"))
    if not url:
        raise RetryableError("WhatsApp named no address for the file")
    if settings.base_url.startswith("https:") and not url.startswith("https:"):
        raise PermanentError("the file's address would show the token in clear text")
    if (size := as_size(details.get("file_size"))) is not None and size > max_bytes:
        raise PermanentError(f"the file has {size} bytes; the limit is {max_bytes}")
    response = await fetch(http, url, headers=headers, timeout_s=settings.timeout_s, max_bytes=max_bytes)
    expected = sha256_hex(as_text(details.get("sha256"))) or media.sha256
    if expected and hashlib.sha256(response.body).hexdigest() != expected:
        # A broken transfer, most likely: the next attempt gets a new address.
        raise RetryableError("the file does not match its checksum")
    return FetchedMedia(
        content=response.body,
        mime_type=as_text(details.get("mime_type")) or media.mime_type,
        filename=media.filename,
    )


def sha256_hex(value: str) -> str:
    """A SHA-256 as lower-case hex. Graph answers in hex, webhooks in base64. Empty when it is neither."""
    if len(value) == 64 and all(character in "0123456789abcdefABCDEF" for character in value):
        return value.lower()
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""

"""Files over WhatsApp: download of those that customers sent, upload of ours."""

from __future__ import annotations

import base64
import binascii
import hashlib

from channels_app.providers.base import (
    FetchedMedia,
    MediaRef,
    OutboundFile,
    SendRetryableError,
    SendUnknownError,
)
from channels_app.providers.calls import fetch, json_of, send_once
from channels_app.providers.multipart import multipart
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.whatsapp.errors import error_of
from channels_app.providers.wire import as_id, as_size, as_text
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


async def upload_file(
    file: OutboundFile,
    *,
    credentials: WhatsAppCredentials,
    settings: WhatsAppSettings,
    http: HttpClient,
) -> str:
    """Give a file to Meta, which keeps it for 30 days; returns its id there. Nothing is sent by that, so that it may be
    repeated: raises ``SendRetryableError`` or ``SendRefusedError``."""
    content, header = multipart({"messaging_product": "whatsapp", "type": file.mime_type}, "file", file)
    headers = {"Authorization": f"Bearer {credentials.access_token.get_secret_value()}", **header}
    url = settings.url(credentials.phone_number_id, "media")
    # Meta has to take in megabytes before it answers.
    timeout_s = max(settings.timeout_s, 60.0)
    try:
        answer = await send_once(http, url, content=content, headers=headers, timeout_s=timeout_s)
    except SendUnknownError as exc:
        raise SendRetryableError("the file's upload was not answered") from exc
    if not answer.ok or "error" in answer.data:
        error = error_of(answer)
        raise SendRetryableError(str(error)) if isinstance(error, SendUnknownError) else error
    media_id = as_id(answer.data.get("id"))
    if not media_id:
        raise SendRetryableError("WhatsApp took the file without naming its id")
    return media_id


def sha256_hex(value: str) -> str:
    """A SHA-256 as lower-case hex. Graph answers in hex, webhooks in base64. Empty when it is neither."""
    if len(value) == 64 and all(character in "0123456789abcdefABCDEF" for character in value):
        return value.lower()
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""

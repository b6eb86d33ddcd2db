"""Download of a file that a customer sent over Telegram."""

from __future__ import annotations

from urllib.parse import quote

from channels_app.providers.base import FetchedMedia, MediaRef
from channels_app.providers.calls import fetch, json_of
from channels_app.providers.telegram.credentials import TelegramCredentials, TelegramSettings
from channels_app.providers.wire import as_dict, as_size, as_text
from core.errors import PermanentError, RetryableError
from core.http import HttpClient

#: Telegram's own limit for bots; ``getFile`` refuses larger files.
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_METADATA_BYTES = 64 * 1024


async def fetch_file(
    media: MediaRef,
    *,
    credentials: TelegramCredentials,
    settings: TelegramSettings,
    http: HttpClient,
    max_bytes: int,
) -> FetchedMedia:
    """``getFile``, then the download of the path that it names. Errors as in ``Provider.fetch_media``."""
    limit = min(max_bytes, MAX_FILE_BYTES)
    if not media.provider_id:
        raise PermanentError("the message names no file")
    if media.size is not None and media.size > limit:
        raise PermanentError(f"the file has {media.size} bytes; the limit is {limit}")
    answer = json_of(
        await fetch(
            http,
            settings.method_url(credentials, f"getFile?file_id={quote(media.provider_id, safe='')}"),
            headers={},
            timeout_s=settings.timeout_s,
            max_bytes=MAX_METADATA_BYTES,
        )
    )
    file = as_dict(answer.get("result"))
    path = as_text(file.get("file_path"))
    if not path or ".." in path.split("/"):
        raise RetryableError("Telegram named no path for the file")
    if (size := as_size(file.get("file_size"))) is not None and size > limit:
        raise PermanentError(f"the file has {size} bytes; the limit is {limit}")
    response = await fetch(
        http,
        settings.file_url(credentials, quote(path.lstrip("/"))),
        headers={},
        timeout_s=settings.timeout_s,
        max_bytes=limit,
    )
    return FetchedMedia(
        content=response.body,
        mime_type=media.mime_type or response.headers.get("content-type", "").partition(";")[0].strip(),
        filename=media.filename or path.rpartition("/")[2],
    )

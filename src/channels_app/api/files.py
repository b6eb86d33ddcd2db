"""Files as HTTP answers: saved or shown in place, whole or a piece, and never a page of our origin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

from channels_app.models import Media

#: What a browser may be told that a file is; anything else is bytes to save.
_PLAIN = ("image/", "audio/", "video/", "application/pdf")
_NEVER = ("image/svg",)
#: What may be shown in place.
_INLINE = frozenset(
    [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "video/mp4",
        "video/webm",
        "video/3gpp",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/aac",
        "audio/amr",
        "audio/wav",
        "audio/webm",
        "audio/3gpp",
        "application/pdf",
    ]
)
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_BLOCK = 64 * 1024


def file_answer(media: Media, *, inline: bool = False, byte_range: str = "") -> HttpResponseBase:
    """The stored file. With ``byte_range`` (the request's header) a piece of it, as players ask for."""
    extension = media.file.rpartition(".")[2]
    name = (media.filename or f"{media.kind}.{extension}").replace("/", "_").replace("\\", "_")
    safe = media.mime_type.startswith(_PLAIN) and not media.mime_type.startswith(_NEVER)
    stored = default_storage.open(media.file)
    answer = FileResponse(
        stored,
        as_attachment=not (inline and media.mime_type in _INLINE),
        filename=name,
        content_type=media.mime_type if safe else "application/octet-stream",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=86400",
            "Accept-Ranges": "bytes",
        },
    )
    return _piece_of(answer, stored, byte_range) if byte_range else answer


def _piece_of(whole: FileResponse, stored: IO[bytes], byte_range: str) -> HttpResponseBase:
    """``206`` with what was asked for, ``416`` for what is not there; a header that we do not read is as none."""
    size = int(whole.headers["Content-Length"])
    found = _RANGE.fullmatch(byte_range.strip())
    if found is None or not any(found.groups()):
        return whole
    first, last = found.groups()
    # Without a first byte, that many from the end.
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        stored.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    kept = {name: value for name, value in whole.headers.items() if name != "Content-Length"}
    answer = StreamingHttpResponse(_blocks(stored, start, end + 1 - start), status=206, headers=kept)
    answer.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    answer.headers["Content-Length"] = str(end + 1 - start)
    return answer


def _blocks(stored: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    with stored:
        stored.seek(start)
        while length > 0 and (block := stored.read(min(_BLOCK, length))):
            length -= len(block)
            yield block

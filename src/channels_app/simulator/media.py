"""Files that customers and the product exchange: a bounded store, with small real samples of each kind."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One stored file. ``kind`` is image, video, audio, voice, document or sticker."""

    id: str
    account: str
    kind: str
    mime_type: str
    filename: str
    content: bytes
    stored_at: float = field(default_factory=time.time)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """What the page and the control API show of it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "mime_type": self.mime_type,
            "filename": self.filename,
            "size": len(self.content),
        }


@dataclass(slots=True)
class MediaStore:
    """Files by id, the oldest forgotten once ``max_bytes`` are held."""

    max_bytes: int
    _items: OrderedDict[str, Media] = field(default_factory=OrderedDict)
    _held: int = 0

    def add(
        self, account: str, *, kind: str, content: bytes, mime_type: str = "", filename: str = ""
    ) -> Media:
        """Store a file under a new numeric id, as WhatsApp's ids are."""
        default_mime, default_name, _ = SAMPLES.get(kind, SAMPLES["document"])
        media = Media(
            id=str(10**15 + secrets.randbelow(9 * 10**15)),
            account=account,
            kind=kind,
            mime_type=mime_type or default_mime,
            filename=filename or default_name,
            content=content,
        )
        self._items[media.id] = media
        self._held += len(content)
        while self._held > self.max_bytes and len(self._items) > 1:
            _, dropped = self._items.popitem(last=False)
            self._held -= len(dropped.content)
        return media

    def get(self, media_id: str) -> Media | None:
        return self._items.get(media_id)

    def clear(self) -> None:
        self._items.clear()
        self._held = 0


def sample(kind: str) -> bytes:
    """Bytes of a small file of this kind whose magic bytes are right."""
    return SAMPLES.get(kind, SAMPLES["document"])[2]


def _png(width: int = 240, height: int = 160) -> bytes:
    """A calm two-colour gradient: enough to see on the page that a picture is a picture."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            warm = (x + y) * 255 // (width + height)
            rows += bytes((40 + warm // 3, 120 + warm // 4, 200 - warm // 3))

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + chunk(b"IEND", b"")
    )


#: A small baseline JPEG: Telegram serves photos as JPEG only.
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh"
    "Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB"
    "UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA"
    "AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y"
    "WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM"
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBC"
    "YFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAgADADASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAgEA"
    "BAX/xAAVEAEBAAAAAAAAAAAAAAAAAAABAP/EABcBAQEBAQAAAAAAAAAAAAAAAAIBAwT/xAAVEQEBAAAAAAAAAAAAAAAAAAAAAf/a"
    "AAwDAQACEQMRAD8A9BYLVYrcUjsRYLVYrORUWK2WKzkV1LFarBbOQWWC1WKzkJFgtVitpIr/2Q=="
)
_WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
_OGG = (
    b"OggS\x00\x02" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + b"\x01\x13OpusHead\x01\x01\x38\x01"
    b"\x80\xbb\x00\x00\x00\x00\x00"
)
_MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + bytes(413)
_MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08free"
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

#: By kind: MIME type, file name, bytes.
SAMPLES: dict[str, tuple[str, str, bytes]] = {
    "image": ("image/png", "photo.png", _png()),
    "photo": ("image/jpeg", "photo.jpg", _JPEG),
    "video": ("video/mp4", "video.mp4", _MP4),
    "audio": ("audio/mpeg", "audio.mp3", _MP3),
    "voice": ("audio/ogg; codecs=opus", "voice.ogg", _OGG),
    "document": ("application/pdf", "document.pdf", _PDF),
    "sticker": ("image/webp", "sticker.webp", _WEBP),
}

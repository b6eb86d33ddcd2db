"""Recognises files by their first bytes and refuses what a chat must not carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import PermanentError


class MediaRefusedError(PermanentError):
    """The file is not of a kind that we keep."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a file is: ``mime``, the usual ``extension`` (without a dot) and ``kind`` (image, video, audio, document)."""

    mime: str
    extension: str
    kind: str


JPEG = MediaType("image/jpeg", "jpg", "image")
PNG = MediaType("image/png", "png", "image")
GIF = MediaType("image/gif", "gif", "image")
WEBP = MediaType("image/webp", "webp", "image")
MP4 = MediaType("video/mp4", "mp4", "video")
THREE_GP = MediaType("video/3gpp", "3gp", "video")
WEBM = MediaType("video/webm", "webm", "video")
THREE_GP_AUDIO = MediaType("audio/3gpp", "3gp", "audio")
WEBM_AUDIO = MediaType("audio/webm", "webm", "audio")
M4A = MediaType("audio/mp4", "m4a", "audio")
OGG = MediaType("audio/ogg", "ogg", "audio")
MP3 = MediaType("audio/mpeg", "mp3", "audio")
AAC = MediaType("audio/aac", "aac", "audio")
AMR = MediaType("audio/amr", "amr", "audio")
WAV = MediaType("audio/wav", "wav", "audio")
PDF = MediaType("application/pdf", "pdf", "document")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = MediaType(_OFFICE + "wordprocessingml.document", "docx", "document")
XLSX = MediaType(_OFFICE + "spreadsheetml.sheet", "xlsx", "document")
PPTX = MediaType(_OFFICE + "presentationml.presentation", "pptx", "document")
TEXT = MediaType("text/plain", "txt", "document")

#: The kinds that a provider may claim, and the kinds that the bytes may then have. A document may be any file.
ACCEPTED_KINDS: dict[str, frozenset[str]] = {
    "image": frozenset({"image"}),
    "sticker": frozenset({"image"}),
    "video": frozenset({"video"}),
    "audio": frozenset({"audio"}),
    "document": frozenset({"document", "image", "video", "audio"}),
}

_ISO_BRANDS = {
    **dict.fromkeys(
        [
            b"isom",
            b"iso2",
            b"iso3",
            b"iso4",
            b"iso5",
            b"iso6",
            b"iso8",
            b"mp41",
            b"mp42",
            b"avc1",
            b"dash",
            b"MSNV",
        ],
        MP4,
    ),
    **dict.fromkeys([b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gg6", b"3g2a", b"3g2b"], THREE_GP),
    **dict.fromkeys([b"M4A ", b"M4B "], M4A),
    b"M4V ": MP4,
}
_SOUND_ONLY = {MP4: M4A, THREE_GP: THREE_GP_AUDIO}
_OFFICE_FOLDERS = {b"word/": DOCX, b"xl/": XLSX, b"ppt/": PPTX}

# What makes a browser take a text for a page …
_MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|form|meta|link|style|img|\?xml|math)",
    re.IGNORECASE,
)
# … and what no picture, sound or film has, though XML may stand in it (XMP).
_ACTIVE = re.compile(rb"<(!doctype\s+html|html|script|svg|\?php)", re.IGNORECASE)
_SCRIPT = re.compile(rb"\A\s*(#!|<\?php|@echo\b|%!PS)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_TRACK = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)
#: How much of a file browsers look at when they guess its type, with a margin.
_SNIFFED_BYTES = 4096


def sniff(content: bytes) -> MediaType | None:
    """The type of ``content`` by its own bytes, or ``None`` for what is not on the list (HTML, SVG, programs …)."""
    for reader in _READERS:
        found = reader(content)
        if found is not None:
            return found
    return None


def check(content: bytes, claimed_kind: str, max_bytes: int) -> MediaType:
    """The type of ``content`` if it may be kept as ``claimed_kind`` (image, video, audio, document, sticker).

    Raises ``MediaRefusedError`` for an empty or too large file, an unknown type, or a file of another kind. The name and
    the MIME type that the sender claims count for nothing.
    """
    accepted = ACCEPTED_KINDS.get(claimed_kind)
    if accepted is None:
        raise MediaRefusedError(f"{claimed_kind!r} is not a kind of file; known: {', '.join(ACCEPTED_KINDS)}")
    if not content:
        raise MediaRefusedError("the file is empty")
    if len(content) > max_bytes:
        raise MediaRefusedError(f"the file has {len(content)} bytes, more than {max_bytes}")
    found = sniff(content)
    if found is None:
        raise MediaRefusedError("the file is of a type that is not accepted")
    if found.kind not in accepted:
        raise MediaRefusedError(f"the file is {found.mime}, not {claimed_kind}")
    if found.kind != "document" and _ACTIVE.search(content[:_SNIFFED_BYTES]):
        raise MediaRefusedError(f"the file is {found.mime} with a page or program inside")
    return found


def _signature(magic: bytes, found: MediaType) -> Callable[[bytes], MediaType | None]:
    return lambda content: found if content.startswith(magic) else None


def _riff(content: bytes) -> MediaType | None:
    if content[:4] != b"RIFF":
        return None
    return {b"WEBP": WEBP, b"WAVE": WAV}.get(content[8:12])


def _iso_media(content: bytes) -> MediaType | None:
    if content[4:8] != b"ftyp":
        return None
    size = int.from_bytes(content[:4])
    # The major brand, then the compatible ones; HEIC, AVIF and QuickTime are left out on purpose.
    brands = [content[8:12], *(content[at : at + 4] for at in range(16, min(size, 256), 4))]
    if brands[0] in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"qt  "):
        return None
    found = next((_ISO_BRANDS[brand] for brand in brands if brand in _ISO_BRANDS), None)
    # Voice notes come in the containers of films: what the tracks are decides.
    if found in _SOUND_ONLY and set(_TRACK.findall(content)) == {b"soun"}:
        return _SOUND_ONLY[found]
    return found


def _matroska(content: bytes) -> MediaType | None:
    if not content.startswith(b"\x1aE\xdf\xa3") or b"webm" not in content[:64]:
        return None
    head = content[:_SNIFFED_BYTES]
    return WEBM_AUDIO if (b"A_OPUS" in head or b"A_VORBIS" in head) and b"V_" not in head else WEBM


def _ogg(content: bytes) -> MediaType | None:
    if not content.startswith(b"OggS"):
        return None
    # The first page holds the codec's header: audio is accepted, video (Theora) and others are not.
    page = content[:128]
    return (
        OGG
        if any(codec in page for codec in (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC"))
        else None
    )


def _mpeg_audio(content: bytes) -> MediaType | None:
    if content[:3] == b"ID3" and len(content) >= 10 and content[3] in (2, 3, 4):
        return MP3
    if len(content) < 4 or content[0] != 0xFF:
        return None
    second, third = content[1], content[2]
    if second & 0xF6 == 0xF0:  # ADTS: sync word, layer 0
        return AAC if (third >> 2) & 0xF < 13 else None
    # MPEG layer III: version not reserved, bit rate and sample rate given
    is_layer_three = second & 0xE6 == 0xE2 and second & 0x18 != 0x08
    return MP3 if is_layer_three and third >> 4 not in (0, 15) and third & 0x0C != 0x0C else None


def _office(content: bytes) -> MediaType | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    names = _zip_names(content)
    # Macros make a document a program; a plain archive can hold anything.
    if b"[Content_Types].xml" not in names or any(name.lower().endswith(b"vbaproject.bin") for name in names):
        return None
    found = {
        kind for folder, kind in _OFFICE_FOLDERS.items() if any(name.startswith(folder) for name in names)
    }
    return found.pop() if len(found) == 1 else None


def _zip_names(content: bytes) -> set[bytes]:
    """The file names in a zip's central directory, which is what programs that open it go by; empty if damaged."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if end < 0 or len(content) < end + 22:
        return set()
    count = int.from_bytes(content[end + 10 : end + 12], "little")
    at = int.from_bytes(content[end + 16 : end + 20], "little")
    names: set[bytes] = set()
    for _ in range(count):
        if content[at : at + 4] != b"PK\x01\x02":
            return set()
        name, extra, comment = (
            int.from_bytes(content[at + start : at + start + 2], "little") for start in (28, 30, 32)
        )
        names.add(content[at + 46 : at + 46 + name])
        at += 46 + name + extra + comment
    return names


def _plain_text(content: bytes) -> MediaType | None:
    if (
        _CONTROL.search(content)
        or _MARKUP.search(content)
        or _SCRIPT.match(content.removeprefix(b"\xef\xbb\xbf"))
    ):
        return None
    try:
        content.decode()
    except UnicodeDecodeError:
        return None
    return TEXT if content else None


# Text comes last: it has no signature of its own, and other formats may begin with text.
_READERS: tuple[Callable[[bytes], MediaType | None], ...] = (
    _signature(b"\xff\xd8\xff", JPEG),
    _signature(b"\x89PNG\r\n\x1a\n", PNG),
    _signature(b"GIF87a", GIF),
    _signature(b"GIF89a", GIF),
    _signature(b"#!AMR\n", AMR),
    _signature(b"#!AMR-WB\n", AMR),
    _signature(b"%PDF-", PDF),
    _riff,
    _iso_media,
    _matroska,
    _ogg,
    _mpeg_audio,
    _office,
    _plain_text,
)

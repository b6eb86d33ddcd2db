"""Files by their bytes: what is on the list, what is not, and what pretends."""

import io
import zipfile

import pytest

from core.media import MediaRefusedError, check, sniff


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def iso(brand: bytes, *compatible: bytes, tracks: tuple[bytes, ...] = ()) -> bytes:
    body = b"ftyp" + brand + bytes(4) + b"".join(compatible)
    handlers = b"".join(b"\x00\x00\x00\x20hdlr" + bytes(8) + track + bytes(12) for track in tracks)
    return (len(body) + 4).to_bytes(4) + body + b"\x00\x00\x00\x08moov" + handlers


def ogg(codec: bytes) -> bytes:
    return b"OggS\x00\x02" + bytes(20) + b"\x01\x13" + codec + bytes(20)


def webm(*codecs: bytes) -> bytes:
    return b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + bytes(30) + b"".join(codecs)


DOCX = zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")

KNOWN = [
    (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg", "jpg", "image"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", "png", "image"),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp", "webp", "image"),
    (b"GIF89a\x01\x00\x01\x00", "image/gif", "gif", "image"),
    (b"GIF87a\x01\x00\x01\x00", "image/gif", "gif", "image"),
    (iso(b"isom", b"iso2", b"mp41"), "video/mp4", "mp4", "video"),
    (iso(b"mp42", tracks=(b"vide", b"soun")), "video/mp4", "mp4", "video"),
    (iso(b"XXXX", b"mp42"), "video/mp4", "mp4", "video"),
    (iso(b"3gp5", b"isom"), "video/3gpp", "3gp", "video"),
    (iso(b"3gp4", tracks=(b"soun",)), "audio/3gpp", "3gp", "audio"),
    (iso(b"M4A ", b"isom"), "audio/mp4", "m4a", "audio"),
    (iso(b"isom", tracks=(b"soun",)), "audio/mp4", "m4a", "audio"),
    (webm(b"V_VP9", b"A_OPUS"), "video/webm", "webm", "video"),
    (webm(b"A_OPUS"), "audio/webm", "webm", "audio"),
    (ogg(b"OpusHead"), "audio/ogg", "ogg", "audio"),
    (ogg(b"\x01vorbis"), "audio/ogg", "ogg", "audio"),
    (b"ID3\x04\x00\x00\x00\x00\x00\x00", "audio/mpeg", "mp3", "audio"),
    (b"\xff\xfb\x90\x64" + bytes(20), "audio/mpeg", "mp3", "audio"),
    (b"\xff\xf1\x50\x80\x02\x1f", "audio/aac", "aac", "audio"),
    (b"#!AMR\n\x3c", "audio/amr", "amr", "audio"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav", "wav", "audio"),
    (b"%PDF-1.7\n%\xe2\xe3", "application/pdf", "pdf", "document"),
    (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "document"),
    (
        zipped("[Content_Types].xml", "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        "document",
    ),
    (
        zipped("[Content_Types].xml", "ppt/presentation.xml"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
        "document",
    ),
    ("قائمة الأسعار\nکد تخفیف: ۱۰٪\n".encode(), "text/plain", "txt", "document"),
    (b'\xef\xbb\xbfname;price\r\n"T-shirt";2000\r\n', "text/plain", "txt", "document"),
    (b"a < b and b > c\n", "text/plain", "txt", "document"),
]

REFUSED = [
    b"<html><body>x",
    b"  \n<!DOCTYPE html><p>",
    b"\xef\xbb\xbf<script>alert(1)</script>",
    b"hello <img src=x onerror=alert(1)>",
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    b'<?xml version="1.0"?><svg/>',
    b"<?php system($_GET[0]);",
    b"#!/bin/sh\nrm -rf /",
    b"MZ\x90\x00\x03\x00\x00\x00",
    b"\x7fELF\x02\x01\x01\x00",
    b"\xca\xfe\xba\xbe\x00\x00\x004",
    b"PK\x03\x04",
    zipped("a.txt"),
    zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    zipped("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
    zipped("META-INF/MANIFEST.MF", "Main.class"),
    b"MZ" + DOCX,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # the old Office container, which may hold macros
    b"\x1f\x8b\x08\x00",
    b"Rar!\x1a\x07",
    b"RIFF\x24\x00\x00\x00AVI LIST",
    iso(b"heic", b"mif1"),
    iso(b"qt  "),
    iso(b"evil"),
    webm()[:4] + bytes(60),
    ogg(b"\x80theora"),
    b"\xff\xfe<\x00h\x00t\x00m\x00l\x00",  # UTF-16
    b"caf\xe9",
    b"nul\x00byte",
    b"\xff\xff\xff\xff",
    b"{\\rtf1\x01}",
    b"\x89PNG",
    b"\xff",
    b"",
]


@pytest.mark.parametrize(("content", "mime", "extension", "kind"), KNOWN)
def test_known_files(content, mime, extension, kind):
    found = sniff(content)
    assert found is not None
    assert (found.mime, found.extension, found.kind) == (mime, extension, kind)
    assert check(content, kind, 10_000) == found
    assert check(content, "document", 10_000) == found  # anything on the list may be sent as a file


@pytest.mark.parametrize("content", REFUSED)
def test_refused_files(content):
    assert sniff(content) is None
    for kind in ("image", "video", "audio", "document", "sticker"):
        with pytest.raises(MediaRefusedError):
            check(content, kind, 10_000)


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (b"%PDF-1.7\n", "image"),
        (DOCX, "image"),
        (b"just text", "image"),
        (b"just text", "audio"),
        (b"GIF89a\x01\x00", "video"),
        (iso(b"isom", tracks=(b"vide",)), "audio"),
        (b"#!AMR\n\x3c", "video"),
        (b"\xff\xd8\xff\xe0", "program"),
    ],
)
def test_another_kind_than_claimed(content, claimed):
    with pytest.raises(MediaRefusedError):
        check(content, claimed, 10_000)


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a/*<html><script>alert(1)</script>*/",
        b"\xff\xd8\xff\xfe\x00\x20<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<?php system('id'); ?>",
        b"ID3\x04\x00\x00\x00\x00\x00\x00<!DOCTYPE html>",
    ],
)
def test_polyglots(content):
    for kind in ("image", "audio", "document"):
        with pytest.raises(MediaRefusedError):
            check(content, kind, 10_000)


def test_photo_with_xmp_passes():
    photo = b"\xff\xd8\xff\xe1\x0b\x00http://ns.adobe.com/xap/1.0/\x00<?xpacket?><x:xmpmeta><rdf:RDF/></x:xmpmeta>"
    assert check(photo, "image", 10_000).mime == "image/jpeg"


def test_sticker_is_an_image():
    assert check(b"RIFF\x24\x00\x00\x00WEBPVP8 ", "sticker", 100).kind == "image"


def test_size_is_capped():
    content = b"GIF89a" + bytes(94)
    assert check(content, "image", 100).extension == "gif"
    with pytest.raises(MediaRefusedError, match="100 bytes, more than 99"):
        check(content, "image", 99)
    with pytest.raises(MediaRefusedError, match="empty"):
        check(b"", "image", 99)

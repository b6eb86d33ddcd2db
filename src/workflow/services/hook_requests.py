"""Requests to webhooks: read into plain data, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from core.errors import PermanentError
from core.redact import redact
from workflow.engine.storing import storable

MAX_BYTES = 1_000_000
_MAX_DEPTH = 50
_MAX_FIELDS = 1_000
_MAX_HEADERS = 50
_MAX_HEADER_CHARS = 1_000
#: Headers that tell of the way here, not of the request.
_HOP = frozenset({"connection", "content-length", "forwarded", "host", "transfer-encoding", "x-real-ip"})
_HOP_PREFIX = "x-forwarded-"
#: Python knows others whose decoding takes far longer than the text is.
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "windows-1252", "windows-1256"})


class BodyRefusedError(PermanentError):
    """The body cannot be read."""


class MediaRefusedError(PermanentError):
    """Send JSON, a form (application/x-www-form-urlencoded) or text, as it is, not compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """A request as it came. Names in ``headers`` are in lower case, ``query`` is without its question mark."""

    method: str
    headers: Mapping[str, str]
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a request says, as JSON: without secret headers."""

    method: str
    headers: dict[str, str]
    query: dict[str, Any]
    body: Any

    def as_dict(self) -> dict[str, Any]:
        """As an event carries it."""
        return {"method": self.method, "headers": self.headers, "query": self.query, "body": self.body}


def read_request(request: HookRequest) -> Contents:
    """What it says. Raises ``BodyRefusedError`` and ``MediaRefusedError``."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaRefusedError
    return Contents(
        method=request.method,
        headers=_open_headers(request.headers),
        query=_fields(request.query),
        body=storable(_body(request)),
    )


def own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that tell of the request, not of the way here."""
    own = [name for name in headers if name not in _HOP and not name.startswith(_HOP_PREFIX)]
    return {name: str(storable(headers[name]))[:_MAX_HEADER_CHARS] for name in own[:_MAX_HEADERS]}


def _open_headers(headers: Mapping[str, str]) -> dict[str, str]:
    own = own_headers(headers)
    return {name: text for name, text in redact(own).items() if text == own[name]}


def _body(request: HookRequest) -> Any:
    if not request.body:
        return None
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    media = media.strip().lower()
    kind = "json" if media.endswith("+json") else "text" if media.startswith("text/") else media
    reader = _READERS.get(kind)
    if reader is None:
        raise MediaRefusedError(f"{media!r} is not read here: {MediaRefusedError.__doc__}")
    return reader(request.body, parameters)


def _json(body: bytes, parameters: str) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise BodyRefusedError(f"The body is not JSON: {exc}") from None
    level = [value]
    for _ in range(_MAX_DEPTH + 1):
        level = [
            member
            for item in level
            if isinstance(item, dict | list)
            for member in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return value
    raise BodyRefusedError(f"The body is nested more than {_MAX_DEPTH} levels deep.")


def _form(body: bytes, parameters: str) -> dict[str, Any]:
    try:
        return _fields(body.decode())
    except UnicodeDecodeError:
        raise BodyRefusedError("The form is not UTF-8.") from None


def _text(body: bytes, parameters: str) -> str:
    charset = next(
        (
            value.strip(" \"'").lower()
            for name, _, value in (part.partition("=") for part in parameters.split(";"))
            if name.strip().lower() == "charset"
        ),
        "utf-8",
    )
    if charset not in _CHARSETS:
        raise BodyRefusedError(f"Text in {charset[:40]!r} is not read here: send UTF-8.")
    try:
        return body.decode(charset)
    except UnicodeDecodeError:
        raise BodyRefusedError(f"The text is not {charset}.") from None


def _json_or_text(body: bytes, parameters: str) -> Any:
    """A body that does not say what it is."""
    try:
        return _json(body, parameters)
    except BodyRefusedError:
        return _text(body, parameters)


def _fields(text: str) -> dict[str, Any]:
    """The fields of a form or a query; one that comes several times is a list."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise BodyRefusedError(f"There are more than {_MAX_FIELDS} fields.") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    plain: dict[str, Any] = storable({n: v[0] if len(v) == 1 else v for n, v in fields.items()})
    return plain


_READERS: dict[str, Callable[[bytes, str], Any]] = {
    "json": _json,
    "application/json": _json,
    "application/x-www-form-urlencoded": _form,
    "text": _text,
    "application/xml": _text,
    "": _json_or_text,
}

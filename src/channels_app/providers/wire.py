"""Safe reading of JSON that a provider sent: nothing here raises on a value of the wrong type."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

import orjson

#: Deeper nesting than any provider uses. Below it, JSON can be stored, compared and printed without recursion limits.
MAX_DEPTH = 64
#: Ids, keys and lanes longer than this are replaced by their digest, so that they always fit an index.
MAX_ID_LENGTH = 200

TOO_DEEP = "[nested too deeply]"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PHONE_DIGITS = re.compile(r"[1-9][0-9]{6,14}")
#: 2001 to 2100 in seconds; the same span in milliseconds begins far above its end.
_SECONDS_RANGE = (978_307_200, 4_102_444_800)


def load_json(body: bytes) -> Any:
    """Decode a JSON body into values that PostgreSQL can store: no NUL, no lone surrogate, no endless depth.

    Raises ``ValueError`` when it is not JSON.
    """
    try:
        value = orjson.loads(body)
        # Nesting cannot be deeper than the number of opening brackets: nearly every body needs no walk.
        if b"\\u0000" not in body and body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
            return value
    except ValueError:
        value = _load_leniently(body)
    return storable(value)


def load_object(body: bytes) -> dict[str, Any]:
    """Like :func:`load_json` for bodies that must be a JSON object. Raises ``ValueError`` otherwise."""
    value = load_json(body)
    if not isinstance(value, dict):
        raise ValueError("the body is not a JSON object")
    return value


def _load_leniently(body: bytes) -> Any:
    # orjson refuses escapes of lone surrogates and bytes that are not UTF-8; people's phones do send both.
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def storable(value: Any, *, depth: int = 0) -> Any:
    """A copy of a JSON value that PostgreSQL's ``jsonb`` and orjson both take."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return TOO_DEEP
    if isinstance(value, dict):
        return {clean_text(str(key)): storable(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item, depth=depth + 1) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def clean_text(value: str) -> str:
    """Text without what PostgreSQL refuses: NUL characters are dropped, lone surrogates become U+FFFD."""
    if value.isascii():
        return value.replace("\x00", "")
    return _LONE_SURROGATE.sub("\ufffd", value.replace("\x00", ""))


def digest(value: Any) -> str:
    """A stable key for a JSON value: the SHA-256 of its canonical form, marked as such."""
    canonical = orjson.dumps(storable(value), option=orjson.OPT_SORT_KEYS)
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def bounded(value: str) -> str:
    """``value``, or its digest when it is too long for a key."""
    return value if len(value) <= MAX_ID_LENGTH else digest(value)


def as_dict(value: Any) -> dict[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """``value`` cleaned if it is text, else empty."""
    return clean_text(value) if isinstance(value, str) else ""


def as_id(value: Any) -> str:
    """An id as text, whether it came as text or as a number; empty when it is neither."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 63:
        return str(value)
    return bounded(as_text(value).strip())


def as_size(value: Any) -> int | None:
    """A size in bytes, or ``None`` when it is missing or makes no sense."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def first_id(source: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds an id, or empty."""
    return next((found for name in names if (found := as_id(source.get(name)))), "")


def moment(value: Any) -> datetime:
    """The moment that a timestamp names: seconds or milliseconds, as number or text.

    A missing or senseless one becomes now: a message must have a time, and it has just come in.
    """
    text = as_id(value)
    if text.isascii() and text.isdigit() and len(text) <= 16:
        number = int(text)
        low, high = _SECONDS_RANGE
        if low * 1000 <= number <= high * 1000:
            return datetime.fromtimestamp(number / 1000, UTC)
        if low <= number <= high:
            return datetime.fromtimestamp(number, UTC)
    return datetime.now(UTC)


def phone_of_digits(value: str) -> str | None:
    """E.164 of a number that a provider already gives with its country code, with or without ``+``.

    Validity is the provider's word: its test numbers are in no numbering plan.
    """
    digits = value.removeprefix("+")
    return f"+{digits}" if _PHONE_DIGITS.fullmatch(digits) else None

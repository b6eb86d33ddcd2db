"""Values as JSON, never walked further than the bytes that are allowed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from core.sandbox.errors import CodeLimitError, CodeValueError
from core.sandbox.limits import NESTING

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_SHOWN_CHARS = 40
_SHOWN_KEYS = 8
#: What is not JSON, by the name of its type: what to call it, what to do.
_REMEDIES = {
    "set": ("a set", "make it a list: sorted(…) or list(…)"),
    "frozenset": ("a set", "make it a list: sorted(…) or list(…)"),
    "bytes": ("a bytes value", "make it text: .decode() or base64"),
    "timedelta": ("a duration", "make it a number: .total_seconds()"),
    "MontyStdTypeProxy": ("a function", "call it"),
    "MontyClassProxy": ("an object of your own class", "give its fields as a dict"),
}


def encode(value: Any, name: str, limit: int) -> bytes:
    """``value`` as at most ``limit`` bytes of JSON; ``name`` is what errors call it.

    Dates and times become ISO 8601 text, decimals and UUIDs their text, tuples lists. A list that holds another one a
    million times costs next to nothing in memory and would be endless as JSON: the walk ends when the bytes run out.
    Raises ``CodeValueError`` and ``CodeLimitError``.
    """
    try:
        encoded = orjson.dumps(_Walk(limit).plain(value, 0))
    except _NotPlainError as error:
        place = ".".join(
            [name, *error.path[: -_SHOWN_KEYS - 1 : -1], *(["…"] if len(error.path) > _SHOWN_KEYS else [])]
        )
        raise CodeValueError(f"{place}: {error}") from None
    except TypeError:
        raise CodeValueError(f"{name}: half a character (a lone surrogate) is not text") from None
    except _TooLargeError:
        encoded = b""
    if not 0 < len(encoded) <= limit:
        raise CodeLimitError(f"{name} is larger than {limit // 1024} KB of JSON; make it smaller")
    return encoded


class _NotPlainError(Exception):
    """``path`` leads to the value, innermost key first."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.path: list[str] = []


class _TooLargeError(Exception):
    """The bytes have run out."""


class _Walk:
    """Makes a plain copy, counting the least that each value takes as JSON."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def plain(self, value: Any, depth: int) -> Any:
        """``value`` as dicts, lists, text, numbers, booleans and ``None``."""
        kind = type(value)
        convert = _SCALARS.get(kind) or next(
            (_SCALARS[base] for base in kind.__mro__ if base in _SCALARS), None
        )
        if convert is not None:
            scalar = convert(value)
            self._take(len(scalar) + 2 if isinstance(scalar, str) else 1)
            return scalar
        if depth > NESTING:
            raise _NotPlainError(
                f"more than {NESTING} lists and dicts are inside each other; make it flatter"
            )
        if isinstance(value, Mapping):
            return dict(self._members(((_key(key), member) for key, member in value.items()), depth))
        if isinstance(value, list | tuple):
            return [member for _, member in self._members(enumerate(value), depth)]
        called, remedy = _REMEDIES.get(
            kind.__name__,
            (f"a value of type {kind.__name__}", "use text, numbers, True, False, None, lists and dicts"),
        )
        raise _NotPlainError(f"{called} is not JSON; {remedy}")

    def _members(self, members: Iterable[tuple[Any, Any]], depth: int) -> Iterable[tuple[Any, Any]]:
        self._take(2)
        for key, member in members:
            self._take(len(key) + 4 if isinstance(key, str) else 1)
            try:
                yield key, self.plain(member, depth + 1)
            except _NotPlainError as error:
                error.path.append(str(key)[:_SHOWN_CHARS])
                raise

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _TooLargeError


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise _NotPlainError(f"a key of JSON is text, and {str(key)[:_SHOWN_CHARS]} is not; use str(…)")
    return key


def _same(value: Any) -> Any:
    return value


def _iso(value: date | time) -> str:
    return value.isoformat()


def _whole(value: int) -> int:
    if not _SMALLEST <= value <= _LARGEST:
        raise _NotPlainError("JSON does not keep a whole number of more than 64 bits exactly; use str(…)")
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise _NotPlainError("JSON has no infinity and no NaN; use None")
    return value


_SCALARS: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    str: _same,
    int: _whole,
    float: _finite,
    datetime: _iso,
    date: _iso,
    time: _iso,
    Decimal: str,
    UUID: str,
}

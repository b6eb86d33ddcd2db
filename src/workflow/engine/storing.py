"""What is stored of a step: values that PostgreSQL takes, without the secrets that the step was given."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core.errors import PermanentError
from core.redact import MASK, MAX_DEPTH, MIN_SECRET_CHARS, redact
from core.text import strip_nul


def storable(value: Any) -> Any:
    """A copy of the JSON-like ``value`` that ``jsonb`` takes: texts and keys without U+0000, no NaN or infinity.

    An answer from outside may hold both; failing to store it would have the call made again and again.
    """
    if isinstance(value, str):
        return strip_nul(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [storable(member) for member in value]
    if isinstance(value, dict):
        return {strip_nul(str(key)): storable(member) for key, member in value.items()}
    return value


def stored(value: Any, *, secrets: Collection[str] = ()) -> Any:
    """``value`` as it is kept of a step: storable and redacted. ``secrets`` are known values to hide wherever they stand."""
    return redact(storable(value), secrets=secrets)


class TooLargeError(PermanentError):
    """There is too much of it to be kept with the execution."""


def check_size(value: Any, *, most: int, what: str) -> None:
    """Raise ``TooLargeError`` when the JSON-like ``value`` has more than about ``most`` characters, or is nested more than
    32 deep. ``what`` names it. Stops as soon as it is too much: lists that hold one another grow beyond all measure."""
    left = most
    todo: list[tuple[Any, int]] = [(value, 0)]
    while todo:
        member, depth = todo.pop()
        if isinstance(member, Mapping):
            left -= sum(len(str(key)) + 4 for key in member)
            inner: Any = member.values()
        else:
            left -= len(member) + 2 if isinstance(member, str) else 4
            inner = member if isinstance(member, list | tuple) else ()
        if left < 0:
            raise TooLargeError(f"{what} would have more than {most:,} characters; keep less of it.")
        if depth > MAX_DEPTH:
            raise TooLargeError(f"{what} would be nested more than {MAX_DEPTH} deep; make it flatter.")
        todo.extend((each, depth + 1) for each in inner)


def secrets_in(config: Mapping[str, Any]) -> frozenset[str]:
    """The values in ``config`` that redaction hides, so that an answer that repeats one can be cleaned of it too.

    Of ``Bearer abcdef`` also ``abcdef``.
    """
    found = set(_hidden(config, redact(config)))
    words = {word for text in found for word in text.split() if len(word) >= MIN_SECRET_CHARS}
    return frozenset(found | words - {"Bearer"})


def _hidden(plain: Any, shown: Any) -> Iterator[str]:
    if shown == MASK:
        yield from _texts(plain)
    elif isinstance(plain, Mapping) and isinstance(shown, Mapping):
        for key, member in plain.items():
            yield from _hidden(member, shown.get(key))
    elif isinstance(plain, list | tuple) and isinstance(shown, list):
        for member, seen in zip(plain, shown, strict=False):
            yield from _hidden(member, seen)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _texts(member)

"""Values as short, safe text: cut to length, with secrets and invisible controls taken out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from core.predicates.values import ByType

MAX_SHOWN_CHARS = 200
HIDDEN = "•••"
_CUT = "…"
_MAX_INTEGER_BITS = 512

_SECRETS = frozenset(
    {
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "authorization",
        "apikey",
        "credential",
        "otp",
        "cvv",
    }
    | {"cvc", "pin", "cookie", "privatekey", "accesskey", "signature"}
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")

# Line breaks and controls as escapes; direction overrides too, as they could make a line read as another.
_ESCAPES = {code: f"\\u{code:04x}" for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F))}
_ESCAPES |= {code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *range(0x2066, 0x206A))}
_ESCAPES |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


def is_secret(path: str) -> bool:
    """Whether a field path names something that must not be shown, e.g. ``event.data.apiKey``."""
    for step in path.split("."):
        words = [word.lower().removesuffix("s") for word in _WORDS.findall(step)]
        if any(word in _SECRETS for word in words):
            return True
        if any(first + second in _SECRETS for first, second in pairwise(words)):
            return True
    return False


def _quoted(text: str, mark: str) -> str:
    clipped = text[: MAX_SHOWN_CHARS + 1]
    clean = clipped.encode("utf-8", "replace").decode("utf-8").translate(_ESCAPES)
    return f"{mark}{clean}{mark}"


def _integer(value: int) -> str:
    bits = value.bit_length()
    return str(value) if bits <= _MAX_INTEGER_BITS else f"an integer of {bits} bits"


def _items(values: Any) -> Iterator[str]:
    yield "["
    for index, value in enumerate(values):
        yield ", " if index else ""
        yield from _pieces(value)
    yield "]"


def _entries(value: Mapping[Any, Any]) -> Iterator[str]:
    yield "{"
    for index, (key, entry) in enumerate(value.items()):
        yield ", " if index else ""
        yield _quoted(str(key), "'") + ": "
        if is_secret(str(key)):
            yield HIDDEN
        else:
            yield from _pieces(entry)
    yield "}"


_WRITERS: ByType[Callable[[Any], Iterator[str]]] = ByType(
    {
        type(None): lambda value: iter(("null",)),
        bool: lambda value: iter(("true" if value else "false",)),
        str: lambda value: iter((_quoted(value, "'"),)),
        int: lambda value: iter((_integer(value),)),
        float: lambda value: iter((repr(value),)),
        list: _items,
        tuple: _items,
        set: _items,
        frozenset: _items,
        Mapping: _entries,
    },
    default=lambda value: iter(("a function" if callable(value) else _quoted(str(value), ""),)),
)


def _pieces(value: Any) -> Iterator[str]:
    return _WRITERS[type(value)](value)


def shown(value: Any, *, path: str = "") -> str:
    """``value`` as text of at most 200 characters: text in single quotes, null, lists and objects as in JSON.

    Hidden when ``path`` or a key inside the value names a secret. Takes time by what is shown, not by the size
    of the value.
    """
    if is_secret(path) and value is not None:
        return HIDDEN
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > MAX_SHOWN_CHARS:
            return text[: MAX_SHOWN_CHARS - 1] + _CUT
    return text

"""Readings of single values: as a number, as text fit to be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Generic, TypeAlias, TypeVar
from unicodedata import normalize

from core.text import fold

T = TypeVar("T")
Number: TypeAlias = int | float | Decimal

# Marks that set the direction of text, join letters or part words: typed by keyboards, seen by nobody.
INVISIBLE = "\u00ad\u061c\u180e\ufeff" + "".join(
    chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))
)
# Letters and signs without ink, which people send to get an empty message through: fillers and the empty Braille cell.
_INKLESS = "\u115f\u1160\u2800\u3164\uffa0"
_BLANK = INVISIBLE + _INKLESS + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

MAX_NUMBER_CHARS = 64
_NUMBER_SIGNS = str.maketrans({"٫": ".", "−": "-", **dict.fromkeys(INVISIBLE)})
# Groups only by the Arabic separator: "1,234" is a thousand in London and a bit over one in Paris.
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:٬\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")

_MAX_CACHED_CHARS = 4096


class ByType(dict[type, T], Generic[T]):
    """Maps types to handlers, resolving a subclass to its base once.

    The first entry that is a base of the asked type wins, so ``bool`` stands before ``int``; ``default``
    serves every other type.
    """

    def __init__(self, handlers: Mapping[type, T], *, default: T) -> None:
        super().__init__(handlers)
        self._declared = tuple(handlers.items())
        self._default = default

    def __missing__(self, key: type) -> T:
        handler = next((found for base, found in self._declared if issubclass(key, base)), self._default)
        self[key] = handler
        return handler


def nfc(text: str) -> str:
    """``text`` in Unicode normal form C, in which equal text is equal."""
    return text if text.isascii() else normalize("NFC", text)


_remembered_fold = lru_cache(maxsize=512)(fold)


def folded(text: str, *, stretched: bool = False) -> str:
    """``core.text.fold(text)``, remembered for texts as long as a chat message.

    One message is folded for every predicate of its tenant that searches it.
    """
    if stretched:
        return fold(text, stretched=True)
    return _remembered_fold(text) if len(text) <= _MAX_CACHED_CHARS else fold(text)


def fold_for(wanted: str) -> Callable[[str], str]:
    """The folding to look for ``wanted`` by: one that keeps stretched letters apart if it has some.

    Otherwise the laughter "ههههه" would be looked for as a single letter, and found in nearly every text.
    """
    return partial(folded, stretched=True) if folded(wanted) != folded(wanted, stretched=True) else folded


def is_blank(text: str) -> bool:
    """Whether ``text`` shows nothing: empty, white space or invisible marks."""
    return not text.strip(_BLANK)


def _number_text(text: str) -> str | None:
    """The number in ``text`` as Python writes it (any script's digits stay), or ``None``."""
    if len(text) > MAX_NUMBER_CHARS:
        return None
    cleaned = text.translate(_NUMBER_SIGNS).strip()
    return cleaned.replace("٬", "") if _NUMBER.fullmatch(cleaned) else None


def _from_text(text: str) -> Number | None:
    cleaned = _number_text(text)
    if cleaned is None:
        return None
    try:
        return int(cleaned)
    except ValueError:
        return _from_float(float(cleaned))


def _from_float(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _from_decimal(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None


def _nothing(value: object) -> None:
    return None


def _same(value: int) -> int:
    return value


_READERS: ByType[Callable[[Any], Number | None]] = ByType(
    {bool: _nothing, int: _same, float: _from_float, Decimal: _from_decimal, str: _from_text},
    default=_nothing,
)


def read_number(value: Any) -> Number | None:
    """``value`` as a finite number, or ``None`` when it is not one.

    Reads int, float, Decimal and numeric text of at most 64 characters in the digits of any script, with
    ``.`` or ``٫`` before decimals and ``٬`` between thousands. Booleans are not numbers.
    """
    return _READERS[type(value)](value)


@dataclass(frozen=True, slots=True)
class NumberBound:
    """An expected number in both forms that it is compared in.

    ``exact`` faces Decimals: ``Decimal("0.1") == 0.1`` is false in Python, as the float is slightly more.
    """

    native: int | float
    exact: Decimal

    def facing(self, number: Number) -> Number:
        """The form to compare with ``number``."""
        return self.exact if type(number) is Decimal else self.native


def number_bound(value: Any) -> NumberBound | None:
    """An expected number or numeric text, ready to be compared, or ``None`` when it is not a number."""
    number = read_number(value)
    if number is None:
        return None
    if isinstance(number, Decimal):
        return NumberBound(float(number), number)
    written = _number_text(value) if isinstance(value, str) else None
    return NumberBound(number, Decimal(written if written is not None else repr(number)))

"""Comparisons of texts in SQL, letter by letter after normalisation as predicates compare them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Contains, EndsWith, Exact, In, StartsWith

from core.predicates.times import read_moment
from core.predicates.values import fold_for, folded, is_blank, nfc
from crm.querying.sides import EVERYBODY, NEVER, NOBODY, UNKNOWN, Sides, at_most, sure, when


class Normalized(Func):
    """``normalize(text, NFC)``."""

    template = "normalize((%(expressions)s)::text, NFC)"
    arity = 1
    output_field = TextField()


class _Trimmed(Func):
    function = "BTRIM"
    arity = 2
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class TextColumn:
    """``text`` is the normalised expression; ``present`` holds where there is a text at all (empty ones are texts).
    ``folded_in_search``: its folded form is part of ``Contact.search``."""

    text: Combinable
    present: Q = EVERYBODY
    folded_in_search: bool = False

    def where(self, condition: Any) -> Sides:
        """True where there is a text of which ``condition`` holds; false else."""
        return when(self.present & sure(condition))


@cache
def _blanks() -> str:
    """All that shows nothing, as the predicates see it."""
    return "".join(chr(code) for code in range(1, 0x10000) if is_blank(chr(code)))


def _equals(column: TextColumn, value: Any) -> Sides:
    return _in(column, (value,))


def _in(column: TextColumn, values: Any) -> Sides:
    texts = [value for value in values if isinstance(value, str)]
    if any(read_moment(text) is not None for text in texts):
        # It also equals another text that means the same moment.
        return UNKNOWN
    if not texts:
        return NEVER
    wanted = [nfc(text) for text in texts]
    return column.where(In(column.text, wanted) if len(wanted) > 1 else Exact(column.text, wanted[0]))


def _contains(column: TextColumn, value: Any) -> Sides:
    if not isinstance(value, str):
        # No text has a number in it: there is no answer, but for those who have no text.
        return Sides(NOBODY, ~column.present)
    return column.where(Contains(column.text, nfc(value)))


def _icontains(column: TextColumn, value: Any) -> Sides:
    if not column.folded_in_search or folded(value) != fold_for(value)(value):
        return UNKNOWN
    return at_most(Q(search__contains=folded(value)))


def _starts_with(column: TextColumn, value: Any) -> Sides:
    return column.where(StartsWith(column.text, nfc(value)))


def _ends_with(column: TextColumn, value: Any) -> Sides:
    return column.where(EndsWith(column.text, nfc(value)))


def _is_null(column: TextColumn, value: Any) -> Sides:
    return NEVER if column.present is EVERYBODY else when(~column.present)


def _is_empty(column: TextColumn, value: Any) -> Sides:
    blank = sure(Exact(_Trimmed(column.text, Value(_blanks())), ""))
    return when(blank if column.present is EVERYBODY else ~column.present | blank)


_OPERATORS: dict[str, Callable[[TextColumn, Any], Sides]] = {
    "equals": _equals,
    "in": _in,
    "contains": _contains,
    "icontains": _icontains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "is_null": _is_null,
    "is_empty": _is_empty,
}
#: Operators that are the exact opposite of another.
OPPOSITES = {
    "not_equals": "equals",
    "not_in": "in",
    "not_between": "between",
    "is_not_null": "is_null",
    "is_not_empty": "is_empty",
}


def compare_text(column: TextColumn, op: str, value: Any) -> Sides:
    """The comparison in SQL, or ``UNKNOWN``."""
    build = _OPERATORS.get(op)
    return build(column, value) if build is not None else UNKNOWN

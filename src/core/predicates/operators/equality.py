"""Operators that compare for equality."""

from __future__ import annotations

from typing import Any

from core.predicates.matching import Needles
from core.predicates.nodes import Comparison
from core.predicates.operators.base import FieldType, operator
from core.predicates.results import Context, Test, Verdict, negated
from core.predicates.shapes import SCALAR, SCALARS

_SCALAR_TYPES = frozenset(
    {FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME, FieldType.ANY}
)


@operator(
    "equals",
    label="equals",
    description="Same text letter by letter, same number, same yes or no, same moment. 5 is not the text 5.",
    shape=SCALAR,
    types=_SCALAR_TYPES,
    example={"field": "conversation.status", "value": "open"},
)
def equals(line: Comparison) -> Test:
    """True when the value is the expected one."""
    return Needles([line.value]).find


@operator(
    "not_equals",
    label="does not equal",
    description="The opposite of equals; true also when the field is not set.",
    shape=SCALAR,
    types=_SCALAR_TYPES,
    example={"field": "conversation.status", "value": "closed"},
)
def not_equals(line: Comparison) -> Test:
    """True when the value is not the expected one."""
    return negated(equals(line))


@operator(
    "in",
    label="is one of",
    description="Equals one of the listed values; of a list, any item does.",
    shape=SCALARS,
    types=_SCALAR_TYPES | {FieldType.LIST},
    example={"field": "user.language", "value": ["fa", "ar"]},
)
def is_in(line: Comparison) -> Test:
    """True when the value, or an item of it, is among the expected ones."""
    needles = Needles(line.value)
    find, find_among = needles.find, needles.find_among

    def test(actual: Any, context: Context) -> Verdict:
        if isinstance(actual, (list, tuple, set, frozenset)):
            return find_among(actual, context)
        return find(actual, context)

    return test


@operator(
    "not_in",
    label="is none of",
    description="The opposite of in; true also when the field is not set.",
    shape=SCALARS,
    types=_SCALAR_TYPES | {FieldType.LIST},
    example={"field": "user.tags", "value": ["blocked", "opted_out"]},
)
def is_not_in(line: Comparison) -> Test:
    """True when neither the value nor an item of it is among the expected ones."""
    return negated(is_in(line))

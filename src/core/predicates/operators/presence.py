"""Operators that ask whether a field holds anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from core.predicates.nodes import Comparison
from core.predicates.operators.base import EVERY_TYPE, FieldType, operator
from core.predicates.results import Context, Test, Verdict, negated
from core.predicates.shapes import NOTHING
from core.predicates.values import ByType, is_blank

_HAS_LENGTH = frozenset({FieldType.TEXT, FieldType.LIST, FieldType.OBJECT, FieldType.ANY})


def _holds_nothing(value: Collection[Any]) -> bool:
    return not value


_EMPTINESS: ByType[Callable[[Any], bool]] = ByType(
    {
        type(None): lambda value: True,
        str: is_blank,
        **dict.fromkeys((list, tuple, set, frozenset, Mapping), _holds_nothing),
    },
    default=lambda value: False,
)


def _null(actual: Any, context: Context) -> Verdict:
    return actual is None


def _empty(actual: Any, context: Context) -> Verdict:
    return _EMPTINESS[type(actual)](actual)


@operator(
    "is_null",
    label="is not set",
    description="The field is absent or null.",
    shape=NOTHING,
    types=EVERY_TYPE,
    example={"field": "user.email"},
)
def is_null(line: Comparison) -> Test:
    """True when there is no value."""
    return _null


@operator(
    "is_not_null",
    label="is set",
    description="The field has a value, be it false, 0 or empty text.",
    shape=NOTHING,
    types=EVERY_TYPE,
    example={"field": "user.email"},
)
def is_not_null(line: Comparison) -> Test:
    """True when there is a value."""
    return negated(_null)


@operator(
    "is_empty",
    label="is empty",
    description="The field is absent, null, blank text, an empty list or an empty object. 0 and false are not empty.",
    shape=NOTHING,
    types=_HAS_LENGTH,
    example={"field": "user.tags"},
)
def is_empty(line: Comparison) -> Test:
    """True when there is nothing in the value."""
    return _empty


@operator(
    "is_not_empty",
    label="is not empty",
    description="The field holds visible text, an item, or a value that cannot be empty.",
    shape=NOTHING,
    types=_HAS_LENGTH,
    example={"field": "event.data.content"},
)
def is_not_empty(line: Comparison) -> Test:
    """True when there is something in the value."""
    return negated(_empty)

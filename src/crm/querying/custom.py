"""Comparisons of custom fields in SQL, by their declared types."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Expression, Func, Q, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual

from core.predicates.results import Context
from core.predicates.values import number_bound
from crm.models import CustomField, FieldType
from crm.querying.sides import NEVER, NOBODY, UNKNOWN, Sides, sure, when
from crm.querying.texts import Normalized, TextColumn, compare_text
from crm.querying.times import compare_date, compare_near


class _Numeric(Func):
    template = "(%(expressions)s)::numeric"
    arity = 1
    output_field = DecimalField()


def text_of(slug: str) -> Expression:
    """The value as text; null where there is none."""
    return KeyTextTransform(slug, "custom")


def number_of(slug: str) -> Expression:
    """The value as a number; null where it is none."""
    return Case(
        When(_is_a(slug, "number"), then=_Numeric(text_of(slug))), default=None, output_field=DecimalField()
    )


def _is_a(slug: str, kind: str) -> Q:
    return sure(Exact(Func(KeyTransform(slug, "custom"), function="jsonb_typeof"), Value(kind)))


def _there(slug: str) -> Q:
    return Q(custom__has_key=slug)


def _text(field: CustomField, op: str, value: Any, context: Context) -> Sides:
    column = TextColumn(Normalized(text_of(field.slug)), _is_a(field.slug, "string"))
    return compare_text(column, op, value)


def _numbers(value: Any) -> list[Decimal] | None:
    """The expected numbers; ``None`` where one of them is something else."""
    bounds = [number_bound(one) for one in (value if isinstance(value, tuple) else (value,))]
    return [bound.exact for bound in bounds if bound] if all(bounds) else None


_NUMBER_TESTS: dict[str, Callable[[Expression, list[Decimal]], Q]] = {
    "greater": lambda number, ends: sure(GreaterThan(number, ends[0])),
    "less": lambda number, ends: sure(LessThan(number, ends[0])),
    "between": lambda number, ends: (
        sure(GreaterThanOrEqual(number, ends[0])) & sure(LessThanOrEqual(number, ends[1]))
    ),
}


def _number(field: CustomField, op: str, value: Any, context: Context) -> Sides:
    number = number_of(field.slug)
    if op in ("equals", "in"):
        given = value if isinstance(value, tuple) else (value,)
        # A text is no number here, even one of digits.
        wanted = _numbers(tuple(one for one in given if not isinstance(one, str | bool)))
        return when(sure(In(number, wanted))) if wanted else NEVER
    ends = _numbers(value) if op in _NUMBER_TESTS else None
    if ends is not None:
        return when(_NUMBER_TESTS[op](number, ends))
    return _presence(field.slug, op)


def _boolean(field: CustomField, op: str, value: Any, context: Context) -> Sides:
    if op in ("equals", "in"):
        given = value if isinstance(value, tuple) else (value,)
        wanted = NOBODY
        for one in given:
            if isinstance(one, bool):
                wanted |= Q(custom__contains={field.slug: one})
        return when(wanted)
    return _presence(field.slug, op)


def _presence(slug: str, op: str) -> Sides:
    """Numbers and yes or no are never empty."""
    return when(~_there(slug)) if op in ("is_null", "is_empty") else UNKNOWN


def _date(field: CustomField, op: str, value: Any, context: Context) -> Sides:
    sides = compare_date(text_of(field.slug), op, value, context)
    return sides if sides is not UNKNOWN else _text(field, op, value, context)


def _datetime(field: CustomField, op: str, value: Any, context: Context) -> Sides:
    sides = compare_near(text_of(field.slug), op, value, context)
    return sides if sides is not UNKNOWN else _text(field, op, value, context)


_TYPES: dict[str, Callable[[CustomField, str, Any, Context], Sides]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
}


def compare_custom(field: CustomField, op: str, value: Any, context: Context) -> Sides:
    """The comparison in SQL, or ``UNKNOWN``."""
    return _TYPES[field.type](field, op, value, context)


#: What a field is sorted by.
SORTED_BY: dict[str, Callable[[str], Expression]] = {
    **dict.fromkeys(FieldType.values, text_of),
    FieldType.NUMBER: number_of,
}

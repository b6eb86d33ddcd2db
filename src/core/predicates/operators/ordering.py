"""Operators that order numbers and moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from core.predicates.nodes import Comparison
from core.predicates.operators.base import FieldType, operator
from core.predicates.results import Context, Fault, Test, Verdict, negated
from core.predicates.shapes import BOUND, RANGE
from core.predicates.times import NOT_A_TIME, Span, instant_of, read_moment, span_reader
from core.predicates.values import Number, NumberBound, number_bound, read_number

_ORDERED = frozenset({FieldType.NUMBER, FieldType.DATETIME, FieldType.TEXT, FieldType.ANY})
NOT_A_NUMBER = Fault("not a number")

_NumberRule: TypeAlias = Callable[[Number], bool]
_TimeRule: TypeAlias = Callable[[datetime, list[Span]], bool]


def _number_test(holds: _NumberRule) -> Test:
    def test(actual: Any, context: Context) -> Verdict:
        number = read_number(actual)
        if number is None:
            return False if actual is None else NOT_A_NUMBER
        return holds(number)

    return test


def _time_test(ends: list[Any], holds: _TimeRule) -> Test:
    moments = [read_moment(end) for end in ends]
    readers = [span_reader(moment) for moment in moments if moment is not None]

    def test(actual: Any, context: Context) -> Verdict:
        if actual is None:
            return False
        moment = read_moment(actual)
        if moment is None:
            return NOT_A_TIME
        instant = instant_of(moment, context)
        if isinstance(instant, Fault):
            return instant
        spans = []
        for read_span in readers:
            span = read_span(context)
            if isinstance(span, Fault):
                return span
            spans.append(span)
        return holds(instant, spans)

    return test


def _above(bound: NumberBound) -> _NumberRule:
    return lambda number: bool(number > bound.facing(number))


def _below(bound: NumberBound) -> _NumberRule:
    return lambda number: bool(number < bound.facing(number))


def _within(low: NumberBound, high: NumberBound) -> _NumberRule:
    return lambda number: bool(low.facing(number) <= number <= high.facing(number))


@operator(
    "greater",
    label="is more than",
    description="A number above the given one, or a moment after it (after the end of the day, for a date).",
    shape=BOUND,
    types=_ORDERED,
    example={"field": "event.data.total", "value": 100},
)
def greater(line: Comparison) -> Test:
    """True when the value lies above the expected number or after the expected moment."""
    bound = number_bound(line.value)
    if bound is not None:
        return _number_test(_above(bound))
    return _time_test([line.value], lambda instant, spans: instant >= spans[0].end)


@operator(
    "less",
    label="is less than",
    description="A number below the given one, or a moment before it.",
    shape=BOUND,
    types=_ORDERED,
    example={"field": "user.score", "value": 20},
)
def less(line: Comparison) -> Test:
    """True when the value lies below the expected number or before the expected moment."""
    bound = number_bound(line.value)
    if bound is not None:
        return _number_test(_below(bound))
    return _time_test([line.value], lambda instant, spans: instant < spans[0].start)


@operator(
    "between",
    label="is between",
    description="A number or moment from the first end to the second, both included (the whole last day, for a date).",
    shape=RANGE,
    types=_ORDERED,
    example={"field": "user.created_at", "value": ["2026-03-01", "2026-03-31"]},
)
def between(line: Comparison) -> Test:
    """True when the value lies between the two expected numbers or moments, or on one of them."""
    low, high = number_bound(line.value[0]), number_bound(line.value[1])
    if low is not None and high is not None:
        return _number_test(_within(low, high))
    return _time_test(list(line.value), lambda instant, spans: spans[0].start <= instant < spans[1].end)


@operator(
    "not_between",
    label="is not between",
    description="The opposite of between; true also when the field is not set.",
    shape=RANGE,
    types=_ORDERED,
    example={"field": "event.data.total", "value": [10, 50]},
)
def not_between(line: Comparison) -> Test:
    """True when the value lies outside the two expected numbers or moments."""
    return negated(between(line))

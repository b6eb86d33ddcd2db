"""Comparisons of times in SQL: exact on columns of moments, narrowed on custom fields, whose times are texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Left
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from core.predicates.results import Context, Fault
from core.predicates.times import Span, now_of, parse_duration, read_moment, span_reader
from crm.querying.sides import NEVER, UNKNOWN, Sides, at_most, sure, when

#: More than any two time zones lie apart.
_SLACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` (included) to ``end`` (excluded), either open when ``None``."""

    start: datetime | None = None
    end: datetime | None = None


def _spans(value: Any, context: Context) -> list[Span] | None:
    """What the expected moments cover; ``None`` where one of them is no moment, or is too far away."""
    found: list[Span] = []
    for end in value if isinstance(value, tuple) else (value,):
        moment = read_moment(end) if isinstance(end, str) else None
        span = span_reader(moment)(context) if moment is not None else None
        if span is None or isinstance(span, Fault):
            return None
        found.append(span)
    return found


def _greater(value: Any, context: Context) -> Window | None:
    spans = _spans(value, context)
    return Window(start=spans[0].end) if spans else None


def _less(value: Any, context: Context) -> Window | None:
    spans = _spans(value, context)
    return Window(end=spans[0].start) if spans else None


def _between(value: Any, context: Context) -> Window | None:
    spans = _spans(value, context)
    return Window(spans[0].start, spans[1].end) if spans else None


def _equals(value: Any, context: Context) -> Window | None:
    spans = _spans(value, context)
    return Window(spans[0].start, spans[0].end) if spans else None


def _within_last(value: Any, context: Context) -> Window | None:
    duration, now = parse_duration(value), now_of(context)
    if duration is None or isinstance(now, Fault):
        return None
    return Window(now - duration, now + timedelta(microseconds=1))


_WINDOWS: dict[str, Callable[[Any, Context], Window | None]] = {
    "greater": _greater,
    "less": _less,
    "between": _between,
    "equals": _equals,
    "within_last": _within_last,
}


def compare_moment(column: str, op: str, value: Any, context: Context) -> Sides:
    """On a column of moments that is never null."""
    if op == "is_null":
        return NEVER
    window = _WINDOWS[op](value, context) if op in _WINDOWS else None
    if window is None:
        return UNKNOWN
    inside = Q()
    if window.start is not None:
        inside &= Q(**{f"{column}__gte": window.start})
    if window.end is not None:
        inside &= Q(**{f"{column}__lt": window.end})
    return when(inside)


_DATE_TESTS: dict[str, Callable[[Combinable, list[str]], Q]] = {
    "greater": lambda text, days: sure(GreaterThan(text, days[0])),
    "less": lambda text, days: sure(LessThan(text, days[0])),
    "between": lambda text, days: (
        sure(GreaterThanOrEqual(text, days[0])) & sure(LessThanOrEqual(text, days[1]))
    ),
    "equals": lambda text, days: sure(Exact(text, days[0])),
}


def compare_date(text: Combinable, op: str, value: Any, context: Context) -> Sides:
    """On ISO dates kept as texts: a day against days is exact in every time zone."""
    moments = [read_moment(end) for end in (value if isinstance(value, tuple) else (value,))]
    if op in _DATE_TESTS and all(type(moment) is date for moment in moments):
        return when(_DATE_TESTS[op](text, [moment.isoformat() for moment in moments if moment]))
    return compare_near(text, op, value, context)


def compare_near(text: Combinable, op: str, value: Any, context: Context) -> Sides:
    """On ISO times kept as texts, each in a zone of its own: those within two days of what is asked for."""
    window = _WINDOWS[op](value, context) if op in _WINDOWS else None
    if window is None:
        return UNKNOWN
    day = Left(text, 10, output_field=TextField())
    near = Q()
    if window.start is not None:
        near &= sure(GreaterThanOrEqual(day, _day(window.start, -_SLACK)))
    if window.end is not None:
        near &= sure(LessThanOrEqual(day, _day(window.end, _SLACK)))
    return at_most(near)


def _day(moment: datetime, shift: timedelta) -> str:
    try:
        return (moment + shift).date().isoformat()
    except OverflowError:
        return moment.date().isoformat()

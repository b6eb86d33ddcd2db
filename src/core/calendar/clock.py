"""Times of day, weekdays and the windows that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from core.calendar.wall import first_showing
from core.forms import hints
from core.text import to_western_digits

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_END = rf"({_TIME}|24:00)"


class Window(NamedTuple):
    """A stretch of time in UTC, its end excluded; empty when the clock skips all of it."""

    start: datetime
    end: datetime


def _western(value: Any) -> Any:
    return to_western_digits(value).strip() if isinstance(value, str) else value


def _time_of_day(text: str) -> str:
    if not re.fullmatch(_TIME, text):
        raise ValueError(
            f"{text[:20]!r} is not a time of day: write HH:MM from 00:00 to 23:59, as in '09:00'"
        )
    return text


def _end_of_window(text: str) -> str:
    if not re.fullmatch(_END, text):
        raise ValueError(
            f"{text[:20]!r} is not a time of day: write HH:MM from 00:00 to 24:00, as in '17:30'"
        )
    return text


def _every_day(value: Any) -> Any:
    return WEEKDAYS if value == "all" else value


def _in_order(days: Iterable[Weekday]) -> tuple[Weekday, ...]:
    chosen = set(days)
    return tuple(day for day in WEEKDAYS if day in chosen)


TimeOfDay = Annotated[
    str,
    BeforeValidator(_western),
    AfterValidator(_time_of_day),
    Field(json_schema_extra={"pattern": f"^{_TIME}$", **hints("time")}),
]
"""The field type of a time of day, ``HH:MM`` of 24 hours; Arabic and Persian digits are read too."""

EndOfWindow = Annotated[
    str,
    BeforeValidator(_western),
    AfterValidator(_end_of_window),
    Field(json_schema_extra={"pattern": f"^{_END}$"}),
]
"""The field type of the end of a window: a time of day or ``24:00``."""

_Days = Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
Weekdays = Annotated[
    _Days,
    BeforeValidator(_every_day, json_schema_input_type=_Days | Literal["all"]),
    AfterValidator(_in_order),
    Field(json_schema_extra=hints("checkboxes")),
]
"""The field type of a set of weekdays, kept in the order of ``WEEKDAYS``; ``"all"`` is read as the seven."""


def weekday(day: date) -> Weekday:
    """The weekday of ``day``."""
    return WEEKDAYS[day.weekday()]


def wall_at(day: date, at: str) -> datetime:
    """The wall time ``HH:MM`` on ``day``; ``24:00`` is the midnight that ends it."""
    hours, minutes = at.split(":")
    return datetime.combine(day, time.min) + timedelta(hours=int(hours), minutes=int(minutes))


def window_on(day: date, start: str, end: str, *, tz: tzinfo) -> Window:
    """The window that opens on ``day``; an ``end`` that is not after ``start`` is on the next day.

    It runs from when the clock in ``tz`` first shows ``start`` to when it first shows ``end``, so windows that follow
    each other neither overlap nor leave a hole when the clock is set back.
    """
    opening, closing = wall_at(day, start), wall_at(day, end)
    if closing <= opening:
        closing += timedelta(days=1)
    return Window(first_showing(opening, tz), first_showing(closing, tz))

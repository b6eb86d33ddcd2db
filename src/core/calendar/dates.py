"""Moments that lie some time before or after a date, such as the one in a contact's field."""

from __future__ import annotations

from calendar import isleap
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Literal

from pydantic import Field, model_validator

from core.calendar.base import CalendarModel
from core.calendar.clock import TimeOfDay, wall_at
from core.calendar.errors import OutOfRangeError, UnreadableDateError
from core.calendar.wall import same_showing, utc, wall_clock
from core.predicates.times import read_moment

MAX_DAYS = 3_660
_YEARS_AROUND = MAX_DAYS // 365 + 2
"""An offset can move a moment by this many years at most."""


class DateOffset(CalendarModel):
    """How far from a date, and on which side; the date itself if nothing is set."""

    days: int = Field(
        default=0, ge=0, le=MAX_DAYS, description="Calendar days: the time of day stays the same."
    )
    hours: int = Field(default=0, ge=0, le=MAX_DAYS * 24, description="Hours of real time.")
    minutes: int = Field(default=0, ge=0, le=MAX_DAYS * 24 * 60, description="Minutes of real time.")
    direction: Literal["before", "after"] = Field(default="after", description="On which side of the date.")
    at: TimeOfDay | None = Field(
        default=None,
        description="The time of day of the moment, HH:MM, whatever that of the date. Not with hours or minutes.",
        examples=["09:00"],
    )
    repeat: Literal["once", "yearly"] = Field(
        default="once",
        description="`yearly` takes the date as a birthday: each year's return of it. 29 February is the 28th in "
        "common years.",
    )

    @model_validator(mode="after")
    def _one_time_of_day(self) -> DateOffset:
        if self.at is not None and (self.hours or self.minutes):
            raise ValueError("set `at`, or hours and minutes, not both: `at` alone says the time of day")
        if self.hours / 24 + self.minutes / 1_440 > MAX_DAYS:
            raise ValueError(f"hours and minutes are more than {MAX_DAYS} days: make them smaller")
        return self


def moment_for(value: Any, offset: DateOffset, tz: tzinfo) -> datetime:
    """The one moment at ``offset`` from ``value``, in UTC; ``offset.repeat`` plays no part.

    ``value`` is a date, a datetime or ISO 8601 text of either, without an offset of its own in the zone ``tz``. A date
    begins at ``offset.at``, else at midnight; a time of day that the clock skips is the first instant after the gap.
    Raises ``UnreadableDateError`` and ``OutOfRangeError``.
    """
    return _shifted(_read(value, tz), offset, tz)


def moment_in_year(value: Any, offset: DateOffset, tz: tzinfo, *, year: int) -> datetime:
    """The moment at ``offset`` from the return of ``value`` in ``year``. Otherwise as ``moment_for``."""
    return _shifted(_in_year(_read(value, tz), year), offset, tz)


def next_moment(value: Any, offset: DateOffset, tz: tzinfo, *, after: datetime) -> datetime | None:
    """The first moment later than ``after``, or ``None`` when there is none any more.

    With ``repeat`` ``yearly`` there is always one: the returns begin with the date itself. Raises as ``moment_for``.
    """
    start = utc(after)
    wall = _read(value, tz)
    if offset.repeat == "once":
        moment = _shifted(wall, offset, tz)
        return moment if moment > start else None
    year = max(wall.year, start.year - _YEARS_AROUND)
    while (moment := _shifted(_in_year(wall, year), offset, tz)) <= start:
        year += 1
    return moment


def _read(value: Any, tz: tzinfo) -> datetime:
    """``value`` as a wall time in ``tz``."""
    moment = read_moment(value)
    if moment is None:
        shown = f"{value[:40]!r}" if isinstance(value, str) else type(value).__name__
        raise UnreadableDateError(
            f"{shown} is not a date: write an ISO 8601 date or time, as in '2026-03-21' or '2026-03-21T09:00'"
        )
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    return moment if moment.utcoffset() is None else wall_clock(moment, tz)


def _in_year(wall: datetime, year: int) -> datetime:
    day = 28 if (wall.month, wall.day) == (2, 29) and not isleap(year) else wall.day
    return wall.replace(year=year, day=day)


def _shifted(wall: datetime, offset: DateOffset, tz: tzinfo) -> datetime:
    sign = -1 if offset.direction == "before" else 1
    try:
        # Adding, even nothing, would forget which showing of a repeated hour the value was in.
        target = wall + sign * timedelta(days=offset.days) if offset.days else wall
        if offset.at is not None:
            target = wall_at(target.date(), offset.at)
        return utc(same_showing(target, tz) + sign * timedelta(hours=offset.hours, minutes=offset.minutes))
    except OverflowError:
        raise OutOfRangeError from None

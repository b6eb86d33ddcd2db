"""Business hours: whether a place is open, and time counted only while it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from core.calendar.base import CalendarModel
from core.calendar.clock import EndOfWindow, TimeOfDay, Weekday, Window, weekday, window_on
from core.calendar.errors import NoOpeningError, OutOfRangeError
from core.calendar.wall import utc, wall_clock
from core.calendar.zones import ZoneName, zone

MAX_YEARS = 20
"""How far ahead opening hours are looked for, and how far apart two moments may be to count between them."""

_ZERO = timedelta(0)

OpeningHours = Annotated[
    tuple[TimeOfDay, EndOfWindow],
    Field(description="When it opens and closes; a closing time before the opening one is on the next day."),
]


class BusinessHours(CalendarModel):
    """The opening hours of a week in one time zone, and the days on which it does not open."""

    timezone: ZoneName = Field(
        description="IANA name of the zone that the hours are in.", examples=["Africa/Algiers"]
    )
    week: dict[Weekday, Annotated[tuple[OpeningHours, ...], Field(max_length=12)]] = Field(
        description="The opening hours of each day; a day that is left out is closed. Hours past midnight belong to the "
        "day on which they begin. Hours that overlap count once.",
        examples=[{"mon": [["09:00", "12:00"], ["13:00", "17:30"]]}],
    )
    holidays: tuple[date, ...] = Field(
        default=(),
        max_length=1_000,
        description="Dates on which it does not open; hours of the day before run on past midnight.",
        examples=[["2026-07-05"]],
    )

    @field_validator("week")
    @classmethod
    def _opens(
        cls, week: dict[Weekday, tuple[tuple[str, str], ...]]
    ) -> dict[Weekday, tuple[tuple[str, str], ...]]:
        if not any(week.values()):
            raise ValueError(
                "there are no opening hours at all: give a day some, as in {'mon': [['09:00', '17:00']]}"
            )
        for day, hours in week.items():
            if any(opening == closing for opening, closing in hours):
                raise ValueError(
                    f"{day} opens and closes at the same time: for the whole day write ['00:00', '24:00']"
                )
        return week

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the hours are in."""
        return zone(self.timezone)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at ``at``; the closing instant itself is not."""
        instant = utc(at)
        opening = next(self._ahead(instant, days=1), None)
        return opening is not None and opening.start == instant

    def next_open(self, after: datetime) -> datetime:
        """The first open instant that is not before ``after``, in UTC. Raises ``NoOpeningError``."""
        return self.add_business(after, _ZERO)

    def add_business(self, after: datetime, duration: timedelta) -> datetime:
        """When ``duration`` of open time has passed since ``after``, in UTC: at the latest the closing instant of the
        hours in which it does. Nothing passes while it is closed.

        Raises ``NoOpeningError`` when the next 20 years have too few open hours, ``ValueError`` for less than nothing.
        """
        if duration < _ZERO:
            raise ValueError(f"{duration} of business time is less than nothing")
        left = duration
        for opening in self._ahead(utc(after), days=MAX_YEARS * 365):
            length = opening.end - opening.start
            if left <= length:
                return opening.start + left
            left -= length
        raise NoOpeningError(
            f"less than {duration} of opening hours in the {MAX_YEARS} years after {after.isoformat()}: "
            "look at the week and at the holidays"
        )

    def business_between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two moments; negative when ``end`` is the earlier one.

        Raises ``OutOfRangeError`` when they are more than 20 years apart.
        """
        first, last = sorted((utc(start), utc(end)))
        days = (last - first).days
        if days > MAX_YEARS * 366:
            raise OutOfRangeError(f"the two moments are more than {MAX_YEARS} years apart")
        total = sum(
            (
                max(min(opening.end, last) - opening.start, _ZERO)
                for opening in self._ahead(first, days=days + 2)
            ),
            _ZERO,
        )
        return total if utc(start) == first else -total

    def openings(self, start: datetime, end: datetime) -> Iterator[Window]:
        """The opening hours between two moments, in order and apart, the first and last cut to them. Raises
        ``OutOfRangeError`` when they are more than 20 years apart."""
        first, last = utc(start), utc(end)
        if (last - first).days > MAX_YEARS * 366:
            raise OutOfRangeError(f"the two moments are more than {MAX_YEARS} years apart")
        for opening in self._ahead(first, days=(last - first).days + 2):
            if opening.start < last:
                yield Window(opening.start, min(opening.end, last))

    def _ahead(self, after: datetime, *, days: int) -> Iterator[Window]:
        """The opening hours that end after ``after``, in order, apart, the first cut to begin no earlier; of the local
        day of ``after`` and as many ``days`` from it."""
        tz, closed, seen = self.zone, frozenset(self.holidays), after
        today = wall_clock(after, tz).date()
        # From yesterday: its hours may run past midnight.
        for ahead in range(-1, days + 1):
            day = today + timedelta(days=ahead)
            for opening in () if day in closed else self._on(day, tz):
                if opening.end > max(opening.start, seen):
                    yield Window(max(opening.start, seen), opening.end)
                    seen = opening.end

    def _on(self, day: date, tz: ZoneInfo) -> list[Window]:
        return sorted(window_on(day, start, end, tz=tz) for start, end in self.week.get(weekday(day), ()))

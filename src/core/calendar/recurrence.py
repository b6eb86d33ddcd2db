"""Schedules that come round: cron lines in wall time, and intervals."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.calendar.base import CalendarModel
from core.calendar.cron import checked_cron, every_hour, wall_times
from core.calendar.errors import OutOfRangeError
from core.calendar.wall import first_showing, repeat_start, showings, utc, wall_clock
from core.predicates.times import read_moment

MINUTE = timedelta(minutes=1)
MAX_INTERVAL = timedelta(days=366)
FIRST_MONDAY = datetime(2000, 1, 3)
"""Where intervals without an anchor are counted from: midnight of a Monday."""

_TICK = timedelta(microseconds=1)
_STEPS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}


def _read_anchor(value: Any) -> datetime:
    moment = read_moment(value)
    if moment is None:
        raise ValueError("write the anchor as an ISO 8601 date and time, as in '2026-03-01T09:00'")
    anchor = moment if isinstance(moment, datetime) else datetime.combine(moment, time.min)
    try:
        utc(anchor if anchor.utcoffset() is not None else anchor.replace(tzinfo=UTC))
    except OutOfRangeError as exc:
        raise ValueError(str(exc)) from None
    return anchor


class Recurrence(CalendarModel):
    """What fires again and again, at most once a minute. All instants that it answers are in UTC."""

    @abstractmethod
    def next_after(self, after: datetime, tz: tzinfo) -> datetime:
        """The first tick later than ``after``, for a schedule in the zone ``tz``. Raises ``NoOccurrenceError``."""

    def between(self, after: datetime, until: datetime, tz: tzinfo, limit: int = 1_000) -> list[datetime]:
        """The ticks later than ``after`` up to and with ``until``, in order: the earliest ``limit`` of them."""
        ticks, last = list[datetime](), utc(until)
        tick = self.next_after(after, tz)
        while tick <= last and len(ticks) < limit:
            ticks.append(tick)
            tick = self.next_after(tick, tz)
        return ticks

    def newest(self, after: datetime, until: datetime, tz: tzinfo, limit: int) -> list[datetime]:
        """Like ``between``, but the latest ``limit`` ticks: its cost does not grow with how many came before them."""
        ticks, end = list[datetime](), utc(until) + _TICK
        while len(ticks) < limit and (tick := self._last_before(end, after=utc(after), tz=tz)):
            ticks.append(tick)
            end = tick
        return ticks[::-1]

    def _last_before(self, end: datetime, *, after: datetime, tz: tzinfo) -> datetime | None:
        """The last tick later than ``after`` and before ``end``, found with ``next_after`` alone: widen a span that
        ends at ``end`` until a tick is in it, then halve what may still hold a later one."""
        span = MINUTE
        while (tick := self.next_after(max(after, end - span), tz)) >= end:
            if end - span <= after:
                return None
            span *= 2
        bare_from = end
        while bare_from - tick >= MINUTE:
            middle = tick + (bare_from - tick) / 2
            later = self.next_after(middle, tz)
            if later < end:
                tick = later
            else:
                bare_from = middle
        return tick


class Cron(Recurrence):
    """A cron line in the wall clock of a zone.

    When the clock is changed, a line that names hours (``30 2 * * *``) fires once for each wall time: at the first
    instant after the gap for one that is skipped, at the first showing of one that is shown twice. A line for every
    hour (``*/15 * * * *``) follows the clock face instead: it fires whenever the clock shows a matching minute, so in
    both showings of a repeated hour and not for times that are skipped; that keeps its pace in real time.
    """

    expression: Annotated[str, AfterValidator(checked_cron)] = Field(
        max_length=200,
        description="Five fields: minute, hour, day of month, month, weekday (0 and 7 are Sunday). If both day of month "
        "and weekday are restricted, either is enough.",
        examples=["0 9 * * 1-5"],
    )

    def next_after(self, after: datetime, tz: tzinfo) -> datetime:
        """The first tick later than ``after``; see the class for changes of the clock."""
        start = utc(after)
        wall = wall_clock(start, tz)
        times = self._on_the_clock_face if every_hour(self.expression) else self._once_each
        return times(start, wall, tz)

    def _once_each(self, start: datetime, wall: datetime, tz: tzinfo) -> datetime:
        firsts = (first_showing(shown, tz) for shown in wall_times(self.expression, wall))
        return next(at for at in firsts if at > start)

    def _on_the_clock_face(self, start: datetime, wall: datetime, tz: tzinfo) -> datetime:
        instants = (at for shown in wall_times(self.expression, wall) for at in showings(shown, tz))
        upcoming = next(at for at in instants if at > start)
        if wall.fold or len(showings(wall, tz)) == 1:
            return upcoming
        # In the first showing of a repeated hour: earlier minutes of it are yet to be shown again.
        again = next(wall_times(self.expression, repeat_start(wall, tz) - _TICK))
        return min([upcoming, *showings(again, tz)[1:]])


class Interval(Recurrence):
    """Every so many minutes, hours, days or weeks, counted from an anchor.

    Minutes and hours are real time. Days and weeks keep the wall time of the anchor when the clock is changed, as a
    daily cron does.
    """

    every: int = Field(
        ge=1, le=366 * 24 * 60, description="How many units there are from one tick to the next."
    )
    unit: Literal["minutes", "hours", "days", "weeks"] = Field(description="The unit of `every`.")
    anchor: Annotated[datetime, BeforeValidator(_read_anchor)] | None = Field(
        default=None,
        description="The first tick, ISO 8601; without an offset it is in the schedule's time zone. Left out, ticks are "
        "counted from midnight of Monday, 3 January 2000.",
        examples=["2026-03-01T09:00"],
    )

    @property
    def step(self) -> timedelta:
        """From one tick to the next."""
        return self.every * _STEPS[self.unit]

    @model_validator(mode="after")
    def _bounded(self) -> Interval:
        if self.step > MAX_INTERVAL:
            raise ValueError(f"every {self.every} {self.unit} is more than 366 days: make `every` smaller")
        return self

    def next_after(self, after: datetime, tz: tzinfo) -> datetime:
        """The first tick later than ``after``; none is before the anchor."""
        start = utc(after)
        times = self._in_wall_time if self.unit in ("days", "weeks") else self._in_real_time
        return times(start, tz)

    def _in_real_time(self, start: datetime, tz: tzinfo) -> datetime:
        anchor = self.anchor or FIRST_MONDAY
        first = first_showing(anchor, tz) if anchor.utcoffset() is None else utc(anchor)
        return first if start < first else first + ((start - first) // self.step + 1) * self.step

    def _in_wall_time(self, start: datetime, tz: tzinfo) -> datetime:
        anchor = self.anchor or FIRST_MONDAY
        first = anchor if anchor.utcoffset() is None else wall_clock(anchor, tz).replace(fold=0)
        wall = first + max((wall_clock(start, tz) - first) // self.step, 0) * self.step
        while (at := first_showing(wall, tz)) <= start:
            wall += self.step
        return at

"""Local slots: times of the week at which it is right to reach someone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from pydantic import Field, model_validator

from core.calendar.base import CalendarModel
from core.calendar.clock import (
    WEEKDAYS,
    EndOfWindow,
    TimeOfDay,
    Weekdays,
    Window,
    wall_at,
    weekday,
    window_on,
)
from core.calendar.errors import NoOccurrenceError
from core.calendar.wall import first_showing, utc, wall_clock
from core.calendar.zones import ZoneSource

_TICK = timedelta(microseconds=1)
_LAST_DAY_AHEAD = 16
"""Two weeks and a day on either side: one week's window may be lost in a gap of the clock."""


class LocalSlot(CalendarModel):
    """A time of day, or a window of it, on some days of the week."""

    weekdays: Weekdays = Field(
        default=WEEKDAYS,
        description='The days on which the slot begins; all seven if left out or "all".',
        examples=[["sun", "mon", "tue", "wed", "thu"]],
    )
    at: TimeOfDay | None = Field(
        default=None, description="The time of day, HH:MM. Set this, or start and end.", examples=["10:00"]
    )
    start: TimeOfDay | None = Field(
        default=None, description="When the window opens, HH:MM.", examples=["09:00"]
    )
    end: EndOfWindow | None = Field(
        default=None,
        description="When the window closes, HH:MM or 24:00; before `start` means on the next day.",
        examples=["20:00"],
    )
    zone: ZoneSource = Field(
        default=ZoneSource.CONTACT,
        description="Whose time zone the times are in; a contact without one has the tenant's.",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> LocalSlot:
        if (self.at is None) != (self.start is not None and self.end is not None) or (
            self.at is not None and (self.start is not None or self.end is not None)
        ):
            raise ValueError(
                "set either `at`, or both `start` and `end`, as in start '09:00' and end '20:00'"
            )
        if self.at is None and self.start == self.end:
            raise ValueError("`start` and `end` are the same: for the whole day write '00:00' and '24:00'")
        return self

    def next_slot(self, after: datetime, tz: tzinfo) -> datetime:
        """The first instant in the slot that is not before ``after``, in UTC: ``after`` itself inside a window.

        A time of day that the clock skips is the first instant after the gap. Raises ``NoOccurrenceError``.
        """
        earliest = utc(after)
        today = wall_clock(earliest, tz).date()
        # From yesterday: its window may run past midnight.
        for ahead in range(-1, _LAST_DAY_AHEAD):
            day = today + timedelta(days=ahead)
            if weekday(day) not in self.weekdays:
                continue
            begins, ends = self._span(day, tz)
            if ends > earliest and ends > begins:
                return max(begins, earliest)
        raise NoOccurrenceError

    def _span(self, day: date, tz: tzinfo) -> Window:
        if self.at is not None:
            moment = first_showing(wall_at(day, self.at), tz)
            return Window(moment, moment + _TICK)
        assert self.start is not None
        assert self.end is not None
        return window_on(day, self.start, self.end, tz=tz)

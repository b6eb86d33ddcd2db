"""Pure arithmetic of schedules, local slots, date offsets and business hours, right across clock changes (see README.md)."""

from __future__ import annotations

from core.calendar.business import BusinessHours
from core.calendar.catchup import CatchUp
from core.calendar.clock import WEEKDAYS, EndOfWindow, TimeOfDay, Weekday, Weekdays
from core.calendar.dates import DateOffset, moment_for, moment_in_year, next_moment
from core.calendar.durations import Duration
from core.calendar.errors import (
    CalendarError,
    NoOccurrenceError,
    NoOpeningError,
    OutOfRangeError,
    UnknownZoneError,
    UnreadableDateError,
)
from core.calendar.recurrence import Cron, Interval, Recurrence
from core.calendar.slots import LocalSlot
from core.calendar.zones import ZoneName, ZoneSource, zone

__all__ = [
    "WEEKDAYS",
    "BusinessHours",
    "CalendarError",
    "CatchUp",
    "Cron",
    "DateOffset",
    "Duration",
    "EndOfWindow",
    "Interval",
    "LocalSlot",
    "NoOccurrenceError",
    "NoOpeningError",
    "OutOfRangeError",
    "Recurrence",
    "TimeOfDay",
    "UnknownZoneError",
    "UnreadableDateError",
    "Weekday",
    "Weekdays",
    "ZoneName",
    "ZoneSource",
    "moment_for",
    "moment_in_year",
    "next_moment",
    "zone",
]

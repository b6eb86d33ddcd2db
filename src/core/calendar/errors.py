"""The errors of the calendar."""

from __future__ import annotations

from core.errors import PermanentError


class CalendarError(PermanentError):
    """This time cannot be worked out."""


class UnknownZoneError(CalendarError):
    """The time zone is not known: write an IANA name, as in 'Africa/Algiers'."""


class OutOfRangeError(CalendarError):
    """The time is outside the years 1000 to 9000."""


class UnreadableDateError(CalendarError):
    """The value is not a date: write an ISO 8601 date or time, as in '2026-03-21' or '2026-03-21T09:00'."""


class NoOccurrenceError(CalendarError):
    """The schedule never comes round again."""


class NoOpeningError(CalendarError):
    """There are too few opening hours ahead: look at the week and at the holidays."""

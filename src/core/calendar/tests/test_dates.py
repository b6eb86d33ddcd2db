"""Moments around the dates of contacts' fields: offsets, times of day, birthdays."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.calendar import (
    DateOffset,
    OutOfRangeError,
    UnreadableDateError,
    moment_for,
    moment_in_year,
    next_moment,
)
from core.calendar.tests.support import (
    ALGIERS,
    CAIRO,
    LORD_HOWE,
    NEW_YORK,
    PARIS,
    RIYADH,
    TEHRAN,
    at,
    local,
    problems,
)

# value, offset, zone, moment
MOMENTS = [
    # A date is its midnight, or the time of day that is asked for.
    ("2026-03-21", {}, ALGIERS, "2026-03-21T00:00+01:00"),
    (date(2026, 3, 21), {}, ALGIERS, "2026-03-21T00:00+01:00"),
    ("2026-03-21", {"at": "09:00"}, ALGIERS, "2026-03-21T09:00+01:00"),
    ("2026-03-21", {"at": "09:00", "days": 3, "direction": "before"}, TEHRAN, "2026-03-18T09:00+03:30"),
    ("۲۰۲۶-۰۳-۲۱", {"at": "۰۹:۳۰"}, TEHRAN, "2026-03-21T09:30+03:30"),
    ("٢٠٢٦-٠٣-٢١", {"hours": 2}, RIYADH, "2026-03-21T02:00+03:00"),
    ("2026-03-21", {"hours": 2, "direction": "before"}, RIYADH, "2026-03-20T22:00+03:00"),
    # A datetime without an offset is in the zone; one with an offset is that instant.
    ("2026-03-21T14:30", {}, RIYADH, "2026-03-21T14:30+03:00"),
    (datetime(2026, 3, 21, 14, 30), {"days": 1}, RIYADH, "2026-03-22T14:30+03:00"),
    ("2026-03-21T14:30:00Z", {}, RIYADH, "2026-03-21T17:30+03:00"),
    ("2026-03-21T22:30Z", {"at": "09:00"}, RIYADH, "2026-03-22T09:00+03:00"),
    (at("2026-03-21T22:30+00:00"), {"minutes": 45, "direction": "before"}, RIYADH, "2026-03-22T00:45+03:00"),
    ("2026-03-21T14:30", {"days": 1, "hours": 2, "minutes": 5}, RIYADH, "2026-03-22T16:35+03:00"),
    ("2026-03-21T14:30", {"days": 1, "hours": 2, "direction": "before"}, RIYADH, "2026-03-20T12:30+03:00"),
    ("2026-03-21T14:30", {"at": "08:00"}, RIYADH, "2026-03-21T08:00+03:00"),
    ("2028-02-29", {"days": 365}, ALGIERS, "2029-02-28T00:00+01:00"),
    # Days keep the wall time when the clock is changed, hours are real.
    ("2026-03-28T12:00", {"days": 1}, PARIS, "2026-03-29T12:00+02:00"),
    ("2026-03-28T12:00", {"hours": 24}, PARIS, "2026-03-29T13:00+02:00"),
    ("2026-10-26T12:00", {"days": 2, "direction": "before"}, PARIS, "2026-10-24T12:00+02:00"),
    ("2026-10-26T12:00", {"hours": 48, "direction": "before"}, PARIS, "2026-10-24T13:00+02:00"),
    ("2026-11-01T12:00-05:00", {"hours": 12, "direction": "before"}, NEW_YORK, "2026-11-01T01:00-04:00"),
    # Times that are skipped or shown twice.
    ("2026-03-29T02:30", {}, PARIS, "2026-03-29T03:00+02:00"),
    ("2026-03-28T02:30", {"days": 1}, PARIS, "2026-03-29T03:00+02:00"),
    ("2026-03-29", {"at": "02:30"}, PARIS, "2026-03-29T03:00+02:00"),
    ("2026-10-25T02:30", {}, PARIS, "2026-10-25T02:30+02:00"),
    ("2026-10-25", {"at": "02:30"}, PARIS, "2026-10-25T02:30+02:00"),
    # An instant in the second showing stays that instant.
    ("2026-10-25T02:30+01:00", {}, PARIS, "2026-10-25T02:30+01:00"),
    ("2026-10-25T02:30+01:00", {"hours": 1}, PARIS, "2026-10-25T03:30+01:00"),
    ("2022-03-22", {}, TEHRAN, "2022-03-22T01:00+04:30"),
    ("2026-04-24", {}, CAIRO, "2026-04-24T01:00+03:00"),
    ("2026-10-04", {"at": "02:15"}, LORD_HOWE, "2026-10-04T02:30+11:00"),
]


@pytest.mark.parametrize(("value", "offset", "zone", "expected"), MOMENTS)
def test_moment_for(value, offset, zone, expected):
    assert local([moment_for(value, DateOffset(**offset), ZoneInfo(zone))], zone) == [expected]


BIRTHDAY = {"repeat": "yearly", "at": "09:00"}
EVE = BIRTHDAY | {"days": 1, "direction": "before"}

# value, offset, zone, after, next moment
NEXT = [
    ("1990-05-17", BIRTHDAY, ALGIERS, "2026-01-01T00:00+01:00", "2026-05-17T09:00+01:00"),
    ("1990-05-17", BIRTHDAY, ALGIERS, "2026-05-17T08:59+01:00", "2026-05-17T09:00+01:00"),
    ("1990-05-17", BIRTHDAY, ALGIERS, "2026-05-17T09:00+01:00", "2027-05-17T09:00+01:00"),
    ("1990-05-17T23:30+00:00", BIRTHDAY, RIYADH, "2026-01-01T00:00+03:00", "2026-05-18T09:00+03:00"),
    # 29 February.
    ("2000-02-29", BIRTHDAY, ALGIERS, "2026-01-01T00:00+01:00", "2026-02-28T09:00+01:00"),
    ("2000-02-29", BIRTHDAY, ALGIERS, "2028-01-01T00:00+01:00", "2028-02-29T09:00+01:00"),
    ("2000-02-29", BIRTHDAY, ALGIERS, "2100-01-01T00:00+01:00", "2100-02-28T09:00+01:00"),
    ("2000-02-29", EVE, ALGIERS, "2028-01-01T00:00+01:00", "2028-02-28T09:00+01:00"),
    ("2000-02-29", EVE, ALGIERS, "2026-01-01T00:00+01:00", "2026-02-27T09:00+01:00"),
    # Offsets over the turn of the year, and longer than a year.
    ("1990-01-01", EVE, ALGIERS, "2026-12-31T08:00+01:00", "2026-12-31T09:00+01:00"),
    ("1990-01-01", EVE, ALGIERS, "2026-12-31T09:00+01:00", "2027-12-31T09:00+01:00"),
    ("1990-12-31", BIRTHDAY | {"days": 2}, ALGIERS, "2026-01-02T08:00+01:00", "2026-01-02T09:00+01:00"),
    ("1990-05-17", BIRTHDAY | {"days": 800}, ALGIERS, "2026-01-01T00:00+01:00", "2026-07-26T09:00+01:00"),
    ("1990-05-17", BIRTHDAY | {"days": 800, "direction": "before"}, ALGIERS, "2026-01-01T00:00+01:00", "2026-03-09T09:00+01:00"),
    # The returns begin with the date itself.
    ("2030-05-17", BIRTHDAY, ALGIERS, "2026-01-01T00:00+01:00", "2030-05-17T09:00+01:00"),
    # The clock is changed between them.
    ("1990-03-29", {"repeat": "yearly", "at": "02:30"}, PARIS, "2026-01-01T00:00+01:00", "2026-03-29T03:00+02:00"),
    ("1990-03-22", {"repeat": "yearly"}, TEHRAN, "2022-01-01T00:00+03:30", "2022-03-22T01:00+04:30"),
    ("1990-03-22", {"repeat": "yearly"}, TEHRAN, "2023-01-01T00:00+03:30", "2023-03-22T00:00+03:30"),
    # Once.
    ("2026-05-17", {"at": "09:00"}, ALGIERS, "2026-05-17T08:59+01:00", "2026-05-17T09:00+01:00"),
    ("2026-05-17", {"at": "09:00"}, ALGIERS, "2026-05-17T09:00+01:00", None),
    ("1990-05-17", {"at": "09:00"}, ALGIERS, "2026-01-01T00:00+01:00", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "offset", "zone", "after", "expected"), NEXT)
def test_next_moment(value, offset, zone, after, expected):
    found = next_moment(value, DateOffset(**offset), ZoneInfo(zone), after=at(after))
    assert local([found] if found else [], zone) == ([expected] if expected else [])


def test_moment_in_year():
    offset, tz = DateOffset(at="09:00", days=1, direction="before"), ZoneInfo(ALGIERS)
    found = [moment_in_year("2000-02-29", offset, tz, year=year) for year in (2024, 2025)]
    assert local(found, ALGIERS) == ["2024-02-28T09:00+01:00", "2025-02-27T09:00+01:00"]


@pytest.mark.parametrize(
    "value", ["", "غداً", "21/03/2026", "2026-02-30", 1_700_000_000, None, ["2026-03-21"], True]
)
def test_an_unreadable_value_says_how_to_write_it(value):
    with pytest.raises(UnreadableDateError, match="write an ISO 8601 date or time, as in '2026-03-21'"):
        moment_for(value, DateOffset(), ZoneInfo(ALGIERS))


@pytest.mark.parametrize(
    ("value", "offset"),
    [
        ("9999-12-31", {"days": 2}),
        ("9999-12-31T23:59-14:00", {}),
        ("0001-01-01", {"days": 2, "direction": "before"}),
        ("0001-01-01T00:00+14:00", {}),
        ("8999-12-31", {"hours": 48}),
    ],
)
def test_a_moment_beyond_the_calendar_is_an_error(value, offset):
    with pytest.raises(OutOfRangeError):
        moment_for(value, DateOffset(**offset), ZoneInfo(RIYADH))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"at": "09:00", "hours": 1}, "set `at`, or hours and minutes, not both"),
        ({"at": "09:00", "minutes": 1}, "set `at`, or hours and minutes, not both"),
        ({"days": -1}, "days: Input should be greater than or equal to 0"),
        ({"days": 3_661}, "days: Input should be less than or equal to 3660"),
        ({"hours": 87_840, "minutes": 1}, "hours and minutes are more than 3660 days"),
        ({"direction": "later"}, "direction: Input should be 'before' or 'after'"),
        ({"repeat": "monthly"}, "repeat: Input should be 'once' or 'yearly'"),
        ({"at": "noon"}, "at: Value error, 'noon' is not a time of day"),
        ({"weeks": 1}, "weeks: Extra inputs"),
    ],
)
def test_a_wrong_offset_names_the_field_and_the_fix(document, message):
    assert message in problems(DateOffset, document)

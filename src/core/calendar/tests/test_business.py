"""Business hours: open or closed, deadlines, time between; lunch breaks, nights, holidays, changed clocks."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from core.calendar import WEEKDAYS, BusinessHours, NoOpeningError, OutOfRangeError
from core.calendar.tests.support import ALGIERS, PARIS, ST_JOHNS, TEHRAN, at, local, problems

SHOP = BusinessHours(
    timezone=ALGIERS,
    week={day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in ("sun", "mon", "tue", "wed", "thu")},
    holidays=["2026-03-02", "2026-07-05"],
)  # 1 March 2026 is a Sunday, 2 March a holiday
BAR = BusinessHours(timezone=PARIS, week={"sat": [["22:00", "04:00"]], "sun": [["01:00", "05:00"]]})
NIGHTS = BusinessHours(
    timezone=TEHRAN, week={"mon": [["20:00", "03:00"]], "tue": [["20:00", "03:00"]]}, holidays=["2022-03-22"]
)
ALWAYS = BusinessHours(timezone=PARIS, week={day: [["00:00", "24:00"]] for day in WEEKDAYS})
EARLY = BusinessHours(timezone=PARIS, week={"sun": [["02:00", "02:30"], ["02:30", "06:00"]]})
HARBOUR = BusinessHours(timezone=ST_JOHNS, week={"sun": [["00:00", "06:00"]]})

OPEN = [
    (SHOP, "2026-03-01T08:59+01:00", False),
    (SHOP, "2026-03-01T09:00+01:00", True),
    (SHOP, "2026-03-01T11:59+01:00", True),
    (SHOP, "2026-03-01T12:00+01:00", False),
    (SHOP, "2026-03-01T13:00+01:00", True),
    (SHOP, "2026-03-01T17:30+01:00", False),
    (SHOP, "2026-03-01T16:00+00:00", True),
    (SHOP, "2026-03-02T10:00+01:00", False),  # a holiday
    (SHOP, "2026-03-06T10:00+01:00", False),  # Friday
    (SHOP, "2026-03-07T10:00+01:00", False),  # Saturday
    (BAR, "2026-03-07T23:00+01:00", True),
    (BAR, "2026-03-08T03:59+01:00", True),
    (BAR, "2026-03-08T04:30+01:00", True),  # Sunday's own hours
    (BAR, "2026-03-08T05:00+01:00", False),
    (BAR, "2026-03-07T03:00+01:00", False),
    (NIGHTS, "2022-03-22T02:00+04:30", True),  # a holiday: Monday's hours run on
    (NIGHTS, "2022-03-22T21:00+04:30", False),
    (NIGHTS, "2022-03-23T01:00+04:30", False),
    (ALWAYS, "2026-10-25T02:30+01:00", True),
    (ALWAYS, "2026-10-25T00:00+02:00", True),
    (EARLY, "2026-03-29T03:00+02:00", True),
    (EARLY, "2026-10-25T02:15+02:00", True),
    (EARLY, "2026-10-25T02:15+01:00", True),  # the second half's, which opened an hour ago
    (HARBOUR, "2010-11-06T23:30-02:30", False),
    (HARBOUR, "2010-11-07T00:00:30-02:30", True),
    (HARBOUR, "2010-11-06T23:30-03:30", True),  # the clock was set back over midnight after it had opened
]  # fmt: skip


@pytest.mark.parametrize(("hours", "moment", "is_open"), OPEN)
def test_is_open(hours, moment, is_open):
    assert hours.is_open(at(moment)) is is_open


# hours, after, minutes of business time, the moment, and the zone to show it in
ADDED = [
    (SHOP, "2026-03-01T09:00+01:00", 120, "2026-03-01T11:00+01:00"),
    (SHOP, "2026-03-01T11:00+01:00", 120, "2026-03-01T14:00+01:00"),
    (SHOP, "2026-03-01T07:00+01:00", 120, "2026-03-01T11:00+01:00"),
    (SHOP, "2026-03-01T12:30+01:00", 30, "2026-03-01T13:30+01:00"),
    (SHOP, "2026-03-01T16:30+01:00", 60, "2026-03-01T17:30+01:00"),  # at the closing instant, not the next opening
    (SHOP, "2026-03-01T16:30+01:00", 61, "2026-03-03T09:01+01:00"),  # over the holiday
    (SHOP, "2026-03-05T17:00+01:00", 120, "2026-03-08T10:30+01:00"),  # over Friday and Saturday
    (SHOP, "2026-03-06T23:00+01:00", 120, "2026-03-08T11:00+01:00"),
    (SHOP, "2026-03-01T09:00+01:00", 450, "2026-03-01T17:30+01:00"),
    (SHOP, "2026-03-01T09:00+01:00", 450 * 5, "2026-03-08T17:30+01:00"),
    (SHOP, "2026-03-01T10:15+01:00", 0, "2026-03-01T10:15+01:00"),
    (SHOP, "2026-03-01T12:00+01:00", 0, "2026-03-01T13:00+01:00"),
    (SHOP, "2026-03-01T17:30+01:00", 0, "2026-03-03T09:00+01:00"),
    (BAR, "2026-03-07T23:00+01:00", 360, "2026-03-08T05:00+01:00"),  # hours that overlap count once
    (BAR, "2026-03-07T23:00+01:00", 361, "2026-03-14T22:01+01:00"),
    (BAR, "2026-03-28T23:00+01:00", 300, "2026-03-29T05:00+02:00"),  # a night without an hour
    (BAR, "2026-10-24T23:00+02:00", 300, "2026-10-25T03:00+01:00"),  # a night with one more
    (NIGHTS, "2022-03-21T19:00+03:30", 360, "2022-03-22T03:00+04:30"),
    (NIGHTS, "2022-03-21T19:00+03:30", 361, "2022-03-28T20:01+04:30"),
    (ALWAYS, "2026-10-24T12:00+02:00", 24 * 60, "2026-10-25T11:00+01:00"),
    (EARLY, "2026-03-29T00:00+01:00", 0, "2026-03-29T03:00+02:00"),
    (EARLY, "2026-03-28T00:00+01:00", 60, "2026-03-29T04:00+02:00"),
]  # fmt: skip


@pytest.mark.parametrize(("hours", "after", "minutes", "expected"), ADDED)
def test_add_business(hours, after, minutes, expected):
    duration = timedelta(minutes=minutes)
    found = hours.add_business(at(after), duration)
    assert local([found], hours.timezone) == [expected]
    assert hours.business_between(at(after), found) == duration
    if not minutes:
        assert hours.next_open(at(after)) == found


BETWEEN = [
    (SHOP, "2026-03-01T11:00+01:00", "2026-03-01T13:30+01:00", 90),
    (SHOP, "2026-03-01T13:30+01:00", "2026-03-01T11:00+01:00", -90),
    (SHOP, "2026-03-01T12:00+01:00", "2026-03-01T13:00+01:00", 0),
    (SHOP, "2026-03-01T10:00+01:00", "2026-03-01T10:00+01:00", 0),
    (SHOP, "2026-03-01T17:00+01:00", "2026-03-03T09:15+01:00", 45),
    (SHOP, "2026-03-06T00:00+01:00", "2026-03-08T00:00+01:00", 0),
    (SHOP, "2026-03-01T00:00+01:00", "2026-03-08T00:00+01:00", 450 * 4),
    (SHOP, "2026-02-01T00:00+01:00", "2026-03-01T00:00+01:00", 450 * 20),
    (BAR, "2026-03-07T00:00+01:00", "2026-03-09T00:00+01:00", 420),
    (BAR, "2026-03-28T00:00+01:00", "2026-03-30T00:00+02:00", 360),
    (BAR, "2026-10-24T00:00+02:00", "2026-10-26T00:00+01:00", 480),
    (ALWAYS, "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 23 * 60),
    (ALWAYS, "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 25 * 60),
    (EARLY, "2026-03-29T00:00+01:00", "2026-03-29T12:00+02:00", 180),
    (EARLY, "2026-10-25T00:00+02:00", "2026-10-25T12:00+01:00", 300),
]


@pytest.mark.parametrize(("hours", "start", "end", "minutes"), BETWEEN)
def test_business_between(hours, start, end, minutes):
    assert hours.business_between(at(start), at(end)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"week": {}}, "week: Value error, there are no opening hours at all: give a day some, as in {'mon'"),
        ({"week": {"mon": [], "tue": []}}, "week: Value error, there are no opening hours at all"),
        ({"week": {"mon": [["09:00", "09:00"]]}}, "mon opens and closes at the same time"),
        (
            {"week": {"mon": [["9", "10:00"]]}},
            "week.mon.0.0: Value error, '9' is not a time of day: write HH:MM",
        ),
        ({"week": {"mon": [["09:00", "25:00"]]}}, "week.mon.0.1: Value error, '25:00'"),
        ({"week": {"mon": [["24:00", "25:00"]]}}, "week.mon.0.0: Value error, '24:00'"),
        ({"week": {"mon": [["09:00"]]}}, "week.mon.0.1: Field required"),
        ({"week": {"monday": [["09:00", "10:00"]]}}, "Input should be 'mon', 'tue'"),
        ({"week": {"mon": [["09:00", "10:00"]] * 13}}, "week.mon: Tuple should have at most 12 items"),
        (
            {"timezone": "Mars/Olympus"},
            "timezone: Value error, 'Mars/Olympus' is not the name of a time zone",
        ),
        ({"holidays": ["عيد"]}, "holidays.0: Input should be a valid date"),
        ({"weekend": ["fri"]}, "weekend: Extra inputs"),
    ],
)
def test_wrong_hours_name_the_field_and_the_fix(change, message):
    document = {"timezone": ALGIERS, "week": {"mon": [["09:00", "10:00"]]}} | change
    assert message in problems(BusinessHours, document)


def test_the_search_for_open_time_ends():
    began = time.perf_counter()
    little = BusinessHours(timezone=ALGIERS, week={"mon": [["09:00", "09:01"]]})
    with pytest.raises(NoOpeningError, match="in the 20 years after 2026-03-01"):
        little.add_business(at("2026-03-01T00:00+01:00"), timedelta(days=366))
    with pytest.raises(OutOfRangeError, match="more than 20 years apart"):
        little.business_between(at("2000-01-01T00:00+01:00"), at("2026-01-01T00:00+01:00"))
    assert time.perf_counter() - began < 5


def test_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="less than nothing"):
        SHOP.add_business(at("2026-03-01T00:00+01:00"), timedelta(minutes=-1))


def test_stored_hours_read_back_the_same():
    assert BusinessHours.model_validate(SHOP.model_dump(mode="json")) == SHOP
    assert BusinessHours.model_validate_json(SHOP.model_dump_json()) == SHOP

"""Cron lines: what they mean, around every kind of clock change, and what is said of wrong ones."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.calendar import Cron, OutOfRangeError
from core.calendar.tests.support import (
    ALGIERS,
    APIA,
    CAIRO,
    CASABLANCA,
    LORD_HOWE,
    NEW_YORK,
    PARIS,
    RIYADH,
    TEHRAN,
    at,
    local,
    problems,
)

# line, zone, after, the ticks that follow
TICKS = [
    # Ordinary days.
    ("0 9 * * 1-5", ALGIERS, "2026-03-06T09:00+01:00", ["2026-03-09T09:00+01:00", "2026-03-10T09:00+01:00"]),
    (
        "0 9 * * sun-thu",
        ALGIERS,
        "2026-03-05T10:00+01:00",
        ["2026-03-08T09:00+01:00", "2026-03-09T09:00+01:00"],
    ),
    ("0 9 * * 6-3", TEHRAN, "2026-03-25T10:00+03:30", ["2026-03-28T09:00+03:30", "2026-03-29T09:00+03:30"]),
    ("0 9 * * 7", RIYADH, "2026-03-01T08:59+03:00", ["2026-03-01T09:00+03:00", "2026-03-08T09:00+03:00"]),
    ("*/20 8 * * *", RIYADH, "2026-03-01T08:20+03:00", ["2026-03-01T08:40+03:00", "2026-03-02T08:00+03:00"]),
    ("30 17 L * *", ALGIERS, "2028-02-01T00:00+01:00", ["2028-02-29T17:30+01:00", "2028-03-31T17:30+01:00"]),
    ("0 0 29 2 *", ALGIERS, "2026-01-01T00:00+01:00", ["2028-02-29T00:00+01:00", "2032-02-29T00:00+01:00"]),
    ("0 0 31 * *", ALGIERS, "2026-03-31T00:00+01:00", ["2026-05-31T00:00+01:00", "2026-07-31T00:00+01:00"]),
    (
        "0 9 * * mon#1",
        ALGIERS,
        "2026-03-02T09:00+01:00",
        ["2026-04-06T09:00+01:00", "2026-05-04T09:00+01:00"],
    ),
    ("0 9 * * L5", ALGIERS, "2026-03-01T09:00+01:00", ["2026-03-27T09:00+01:00", "2026-04-24T09:00+01:00"]),
    ("0 0 13 * 5", ALGIERS, "2026-03-12T00:00+01:00", ["2026-03-13T00:00+01:00", "2026-03-20T00:00+01:00"]),
    ("0 22-1 * * *", ALGIERS, "2026-03-01T22:30+01:00", ["2026-03-01T23:00+01:00", "2026-03-02T00:00+01:00"]),
    (
        "5/25 9 1 jan,jul *",
        ALGIERS,
        "2026-01-01T09:30+01:00",
        ["2026-01-01T09:55+01:00", "2026-07-01T09:05+01:00"],
    ),
    ("۳۰ ۹ * * *", TEHRAN, "2026-03-21T00:00+03:30", ["2026-03-21T09:30+03:30", "2026-03-22T09:30+03:30"]),
    # Seconds count: a tick is at the whole minute, and later than the question.
    ("* * * * *", ALGIERS, "2026-03-01T09:00:00.000001+01:00", ["2026-03-01T09:01+01:00"]),
    ("* * * * *", ALGIERS, "2026-03-01T08:59:59.999999+01:00", ["2026-03-01T09:00+01:00"]),
    # The question's own zone plays no part.
    ("0 9 * * *", RIYADH, "2026-03-01T05:59+00:00", ["2026-03-01T09:00+03:00"]),
    ("0 9 * * *", RIYADH, "2026-03-01T06:00+00:00", ["2026-03-02T09:00+03:00"]),
    # The wall time stays when the clock is changed.
    ("0 9 * * *", PARIS, "2026-03-28T09:00+01:00", ["2026-03-29T09:00+02:00", "2026-03-30T09:00+02:00"]),
    ("0 9 * * *", PARIS, "2026-10-24T09:00+02:00", ["2026-10-25T09:00+01:00", "2026-10-26T09:00+01:00"]),
    ("0 9 * * *", NEW_YORK, "2026-03-07T09:00-05:00", ["2026-03-08T09:00-04:00", "2026-03-09T09:00-04:00"]),
    ("0 9 * * *", CASABLANCA, "2026-02-14T09:00+01:00", ["2026-02-15T09:00+00:00", "2026-02-16T09:00+00:00"]),
    ("0 9 * * *", CASABLANCA, "2026-03-21T09:00+00:00", ["2026-03-22T09:00+01:00", "2026-03-23T09:00+01:00"]),
    ("0 9 * * *", TEHRAN, "2022-03-21T09:00+03:30", ["2022-03-22T09:00+04:30", "2022-03-23T09:00+04:30"]),
    ("0 9 * * *", TEHRAN, "2023-03-21T09:00+03:30", ["2023-03-22T09:00+03:30", "2023-03-23T09:00+03:30"]),
    # A wall time that is skipped: once, at the first instant after the gap.
    ("30 2 * * *", PARIS, "2026-03-28T12:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
    ("30 2 * * *", NEW_YORK, "2026-03-08T00:00-05:00", ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"]),
    ("0 0 * * *", TEHRAN, "2022-03-21T12:00+03:30", ["2022-03-22T01:00+04:30", "2022-03-23T00:00+04:30"]),
    ("0 0 * * fri", CAIRO, "2026-04-20T00:00+02:00", ["2026-04-24T01:00+03:00", "2026-05-01T00:00+03:00"]),
    (
        "30 2 * * *",
        CASABLANCA,
        "2026-03-22T00:00+00:00",
        ["2026-03-22T03:00+01:00", "2026-03-23T02:30+01:00"],
    ),
    ("15 2 * * *", LORD_HOWE, "2026-10-04T00:00+10:30", ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"]),
    ("0 9 * * *", APIA, "2011-12-29T09:00-10:00", ["2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00"]),
    # Several that are skipped together, or one that meets the first instant after the gap: one tick.
    (
        "0,15,30 2 * * *",
        PARIS,
        "2026-03-29T00:00+01:00",
        ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"],
    ),
    ("30 2,3 * * *", PARIS, "2026-03-29T00:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"]),
    ("0 2,3 * * *", PARIS, "2026-03-29T00:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"]),
    ("30 2 * * *", PARIS, "2026-03-29T03:00+02:00", ["2026-03-30T02:30+02:00"]),
    ("30 2 * * *", PARIS, "2026-03-29T01:59+01:00", ["2026-03-29T03:00+02:00"]),
    # A wall time that is shown twice: once, at the first showing.
    ("30 2 * * *", PARIS, "2026-10-24T12:00+02:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
    ("30 2 * * *", PARIS, "2026-10-25T02:30+02:00", ["2026-10-26T02:30+01:00"]),
    ("30 2 * * *", PARIS, "2026-10-25T02:10+01:00", ["2026-10-26T02:30+01:00"]),
    ("30 1 * * *", NEW_YORK, "2026-11-01T00:00-04:00", ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"]),
    ("30 23 * * *", TEHRAN, "2022-09-21T12:00+04:30", ["2022-09-21T23:30+04:30", "2022-09-22T23:30+03:30"]),
    (
        "30 2 * * *",
        CASABLANCA,
        "2026-02-15T00:00+01:00",
        ["2026-02-15T02:30+01:00", "2026-02-16T02:30+00:00"],
    ),
    ("45 1 * * *", LORD_HOWE, "2026-04-05T00:00+11:00", ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"]),
    (
        "0 */2 * * *",
        PARIS,
        "2026-10-25T00:00+02:00",
        ["2026-10-25T02:00+02:00", "2026-10-25T04:00+01:00", "2026-10-25T06:00+01:00"],
    ),
    (
        "0 */2 * * *",
        PARIS,
        "2026-03-29T00:00+01:00",
        ["2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00", "2026-03-29T06:00+02:00"],
    ),
    # Every hour: the pace of real time is kept.
    (
        "30 * * * *",
        PARIS,
        "2026-03-29T00:30+01:00",
        ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", "2026-03-29T04:30+02:00"],
    ),
    (
        "0 * * * *",
        PARIS,
        "2026-10-25T01:00+02:00",
        ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"],
    ),
    (
        "30 * * * *",
        PARIS,
        "2026-10-25T02:10+02:00",
        ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"],
    ),
    ("10 * * * *", PARIS, "2026-10-25T02:30+02:00", ["2026-10-25T02:10+01:00", "2026-10-25T03:10+01:00"]),
    ("10 * * * *", PARIS, "2026-10-25T02:30+01:00", ["2026-10-25T03:10+01:00"]),
    (
        "*/30 0-23 * * *",
        NEW_YORK,
        "2026-11-01T01:00-04:00",
        [
            "2026-11-01T01:30-04:00",
            "2026-11-01T01:00-05:00",
            "2026-11-01T01:30-05:00",
            "2026-11-01T02:00-05:00",
        ],
    ),
    (
        "0 */1 * * *",
        CASABLANCA,
        "2026-02-15T01:00+01:00",
        ["2026-02-15T02:00+01:00", "2026-02-15T02:00+00:00", "2026-02-15T03:00+00:00"],
    ),
    ("0 * * * *", TEHRAN, "2022-03-21T22:00+03:30", ["2022-03-21T23:00+03:30", "2022-03-22T01:00+04:30"]),
    (
        "*/30 * * * *",
        TEHRAN,
        "2022-09-21T23:00+04:30",
        [
            "2022-09-21T23:30+04:30",
            "2022-09-21T23:00+03:30",
            "2022-09-21T23:30+03:30",
            "2022-09-22T00:00+03:30",
        ],
    ),
    # Half an hour's change: the clock shows a matching minute whenever it fires.
    (
        "45 * * * *",
        LORD_HOWE,
        "2026-04-05T00:45+11:00",
        ["2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30", "2026-04-05T02:45+10:30"],
    ),
    ("15 * * * *", LORD_HOWE, "2026-04-05T00:15+11:00", ["2026-04-05T01:15+11:00", "2026-04-05T02:15+10:30"]),
    ("15 * * * *", LORD_HOWE, "2026-10-04T01:15+10:30", ["2026-10-04T03:15+11:00", "2026-10-04T04:15+11:00"]),
    (
        "*/30 * * * *",
        LORD_HOWE,
        "2026-10-04T01:30+10:30",
        ["2026-10-04T02:30+11:00", "2026-10-04T03:00+11:00"],
    ),
    # A day that only the repeated hour belongs to: nothing is fired for the day after it by mistake.
    ("0 * 25 10 *", PARIS, "2026-10-25T23:00+01:00", ["2027-10-25T00:00+02:00"]),
    ("30 * 21 9 *", TEHRAN, "2022-09-21T23:30+04:30", ["2022-09-21T23:30+03:30", "2023-09-21T00:30+03:30"]),
]


@pytest.mark.parametrize(("line", "zone", "after", "ticks"), TICKS)
def test_ticks(line, zone, after, ticks):
    cron, tz = Cron(expression=line), ZoneInfo(zone)
    found, moment = [], at(after)
    for _ in ticks:
        moment = cron.next_after(moment, tz)
        found.append(moment)
    assert local(found, zone) == ticks


# the document's line → what the message holds
WRONG = [
    ("0 9 * *", "has 4 fields: write five fields"),
    ("0 9 * * 1 2026", "has 6 fields"),
    ("", "as in '0 9 * * 1-5'"),
    ("@daily", "write five fields"),
    ("60 9 * * *", "the minute cannot be '60': write 0 to 59"),
    ("0-70 9 * * *", "the minute cannot be '0-70'"),
    ("1-2-3 9 * * *", "the minute cannot be"),
    ("*/0 * * * *", "the minute steps by 0"),
    ("*/90 * * * *", "the minute steps by 90: at most 59 and at least 1; for a longer step use an interval"),
    ("0 24 * * *", "the hour cannot be '24': write 0 to 23"),
    ("0 */24 * * *", "the hour steps by 24"),
    ("0 9 0 * *", "the day of month cannot be '0'"),
    ("0 9 15W * *", "the day of month cannot be"),
    ("0 9 * 13 *", "the month cannot be '13'"),
    ("0 9 * مارس *", "the month cannot be 'مارس': write 1 to 12, jan to dec"),
    ("0 9 * * 8", "the weekday cannot be '8': write 0 to 7 (0 and 7 are Sunday)"),
    ("0 9 * * mon#6", "the weekday cannot be 'mon#6'"),
    ("0 9 * * mon#1,2", "the weekday cannot be 'mon#1,2'"),
    ("0 9 1 * mon#1", "with '*' as the day of month"),
    ("R 9 * * *", "the minute cannot be 'r'"),
    ("0 H * * *", "the hour cannot be 'h'"),
    ("0 9 ? * *", "the day of month cannot be '?'"),
    ("0 9 * * ,", "the weekday cannot be ','"),
    ("0 0 30 2 *", "never comes round"),
    ("0 0 31 4,6 *", "never comes round"),
    ("0 9 * * 1" + " " * 200, "at most 200 characters"),
]


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_a_wrong_line_names_the_field_and_the_fix(line, message):
    found = problems(Cron, {"expression": line})
    assert found.startswith("expression: ")
    assert message in found


def test_a_line_is_kept_in_one_form():
    assert Cron(expression=" 0  9 * JAN Mon-FRI ").expression == "0 9 * jan mon-fri"
    assert problems(Cron, {"expression": "0 9 * * *", "timezone": PARIS}).startswith("timezone: ")


def test_between_takes_its_end_and_stops_at_the_limit():
    cron, tz = Cron(expression="0 * * * *"), ZoneInfo(PARIS)
    night = at("2026-10-25T00:00+02:00"), at("2026-10-25T03:00+01:00")
    assert local(cron.between(*night, tz), PARIS) == [
        "2026-10-25T01:00+02:00",
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T03:00+01:00",
    ]
    assert local(cron.between(*night, tz, limit=2), PARIS) == [
        "2026-10-25T01:00+02:00",
        "2026-10-25T02:00+02:00",
    ]
    assert local(cron.newest(*night, tz, limit=2), PARIS) == [
        "2026-10-25T02:00+01:00",
        "2026-10-25T03:00+01:00",
    ]
    assert cron.between(night[1], night[0], tz) == []
    assert cron.newest(night[1], night[0], tz, limit=5) == []


def test_a_moment_without_a_zone_or_beyond_the_calendar_is_refused():
    cron, tz = Cron(expression="0 9 * * *"), ZoneInfo(PARIS)
    with pytest.raises(ValueError, match="give an aware datetime"):
        cron.next_after(datetime(2026, 1, 1), tz)
    for far in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "9500-01-01T00:00+00:00"):
        with pytest.raises(OutOfRangeError, match="1000 to 9000"):
            cron.next_after(at(far), tz)

"""Intervals, and what is caught up of schedules after an outage."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.calendar import CatchUp, Cron, Interval
from core.calendar.tests.support import (
    ALGIERS,
    APIA,
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

# every, unit, anchor, zone, after, the ticks that follow
TICKS = [
    (
        15,
        "minutes",
        None,
        RIYADH,
        "2026-03-01T09:07+03:00",
        ["2026-03-01T09:15+03:00", "2026-03-01T09:30+03:00"],
    ),
    (90, "minutes", "2026-03-01T09:00", RIYADH, "2026-03-01T09:00+03:00", ["2026-03-01T10:30+03:00"]),
    # Before the anchor there is nothing; the anchor is the first tick.
    (90, "minutes", "2026-03-01T09:00", RIYADH, "2025-01-01T00:00+03:00", ["2026-03-01T09:00+03:00"]),
    (
        2,
        "days",
        "2026-03-01T09:00",
        RIYADH,
        "2025-01-01T00:00+03:00",
        ["2026-03-01T09:00+03:00", "2026-03-03T09:00+03:00"],
    ),
    (
        1,
        "weeks",
        None,
        ALGIERS,
        "2026-03-04T00:00+01:00",
        ["2026-03-09T00:00+01:00", "2026-03-16T00:00+01:00"],
    ),
    (1, "days", "2026-03-01", ALGIERS, "2026-03-04T00:00+01:00", ["2026-03-05T00:00+01:00"]),
    (1, "days", "۲۰۲۶-۰۳-۰۱T۰۹:۰۰", TEHRAN, "2026-03-21T12:00+03:30", ["2026-03-22T09:00+03:30"]),
    # An anchor with an offset is that instant, whatever the zone.
    (6, "hours", "2026-03-01T00:00Z", RIYADH, "2026-03-01T04:00+03:00", ["2026-03-01T09:00+03:00"]),
    (1, "days", "2026-03-01T06:00Z", RIYADH, "2026-03-01T10:00+03:00", ["2026-03-02T09:00+03:00"]),
    # Hours are real time: six hours later the clock shows seven more.
    (
        6,
        "hours",
        "2026-03-28T22:00",
        PARIS,
        "2026-03-28T22:00+01:00",
        ["2026-03-29T05:00+02:00", "2026-03-29T11:00+02:00"],
    ),
    (
        1,
        "hours",
        "2026-10-25T00:00",
        PARIS,
        "2026-10-25T02:00+02:00",
        ["2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"],
    ),
    (24, "hours", "2026-10-24T09:00", PARIS, "2026-10-24T09:00+02:00", ["2026-10-25T08:00+01:00"]),
    (
        1,
        "hours",
        "2026-04-05T00:00",
        LORD_HOWE,
        "2026-04-05T01:00+11:00",
        ["2026-04-05T01:30+10:30", "2026-04-05T02:30+10:30"],
    ),
    # Days and weeks keep the wall time.
    (1, "days", "2026-10-24T09:00", PARIS, "2026-10-24T09:00+02:00", ["2026-10-25T09:00+01:00"]),
    (
        2,
        "weeks",
        "2026-03-02T09:00",
        NEW_YORK,
        "2026-03-02T09:00-05:00",
        ["2026-03-16T09:00-04:00", "2026-03-30T09:00-04:00"],
    ),
    (1, "days", "2026-02-14T09:00", CASABLANCA, "2026-02-14T09:00+01:00", ["2026-02-15T09:00+00:00"]),
    (
        1,
        "days",
        "2022-03-01T00:00",
        TEHRAN,
        "2022-03-21T12:00+03:30",
        ["2022-03-22T01:00+04:30", "2022-03-23T00:00+04:30"],
    ),
    (
        1,
        "days",
        "2026-03-01T02:30",
        PARIS,
        "2026-03-28T12:00+01:00",
        ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"],
    ),
    (1, "days", "2026-10-01T02:30", PARIS, "2026-10-25T02:30+02:00", ["2026-10-26T02:30+01:00"]),
    (
        1,
        "days",
        "2011-12-01T09:00",
        APIA,
        "2011-12-29T09:00-10:00",
        ["2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00"],
    ),
]


@pytest.mark.parametrize(("every", "unit", "anchor", "zone", "after", "ticks"), TICKS)
def test_ticks(every, unit, anchor, zone, after, ticks):
    interval, tz = Interval(every=every, unit=unit, anchor=anchor), ZoneInfo(zone)
    found, moment = [], at(after)
    for _ in ticks:
        moment = interval.next_after(moment, tz)
        found.append(moment)
    assert local(found, zone) == ticks


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"every": 0, "unit": "days"}, "every: Input should be greater than or equal to 1"),
        ({"every": 1.5, "unit": "hours"}, "every: Input should be a valid integer"),
        ({"every": 1, "unit": "months"}, "unit: Input should be 'minutes', 'hours', 'days' or 'weeks'"),
        ({"every": 53, "unit": "weeks"}, "every 53 weeks is more than 366 days: make `every` smaller"),
        (
            {"every": 1, "unit": "days", "anchor": "tomorrow"},
            "anchor: Value error, write the anchor as an ISO 8601",
        ),
        ({"every": 1, "unit": "days", "anchor": 1_700_000_000}, "anchor: Value error, write the anchor"),
        (
            {"every": 1, "unit": "days", "anchor": "9999-01-01"},
            "anchor: Value error, The time is outside the years",
        ),
    ],
)
def test_a_wrong_interval_names_the_field_and_the_fix(document, message):
    assert message in problems(Interval, document)


def test_a_stored_interval_reads_back_the_same():
    interval = Interval(every=2, unit="weeks", anchor="2026-03-02T09:00")
    assert Interval.model_validate(interval.model_dump(mode="json")) == interval
    assert Interval.model_validate_json(interval.model_dump_json()) == interval


# policy, the ticks' ages in minutes, which of them run
MISSED = [
    ({"policy": "skip"}, [300, 200, 6], []),
    ({"policy": "skip"}, [300, 200, 5], [5]),
    ({"policy": "skip", "grace_minutes": 250}, [300, 200, 5], [200, 5]),
    ({"policy": "skip", "grace_minutes": 250, "max": 1}, [300, 200, 5], [5]),
    ({"policy": "one"}, [300, 200, 5], [5]),
    ({"policy": "one"}, [300, 200], [200]),
    ({}, [300, 200], [200]),
    ({"policy": "all"}, [300, 200, 5], [300, 200, 5]),
    ({"policy": "all", "max": 2}, [300, 200, 5], [200, 5]),
    ({"policy": "skip"}, [], []),
    ({"policy": "one"}, [], []),
    ({"policy": "all"}, [], []),
]
NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(("policy", "ages", "run"), MISSED)
def test_catching_up(policy, ages, run):
    missed = [NOW - timedelta(minutes=age) for age in ages]
    assert CatchUp(**policy).ticks_to_run(missed, NOW) == [NOW - timedelta(minutes=age) for age in run]


@pytest.mark.parametrize(
    ("recurrence", "policy", "ticks"),
    [
        (Cron(expression="0 9 * * *"), {"policy": "one"}, ["2026-03-29T09:00+02:00"]),
        (Cron(expression="0 14 * * *"), {"policy": "skip"}, ["2026-03-29T14:00+02:00"]),
        (Cron(expression="50 13 * * *"), {"policy": "skip"}, []),
        (
            Cron(expression="30 2 * * *"),
            {"policy": "all", "max": 2},
            ["2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00"],
        ),
        (
            Interval(every=12, unit="hours", anchor="2026-01-01T00:00"),
            {"policy": "all", "max": 2},
            ["2026-03-29T00:00+01:00", "2026-03-29T13:00+02:00"],
        ),
        (Cron(expression="0 0 1 1 *"), {"policy": "one"}, ["2026-01-01T00:00+01:00"]),
        (Cron(expression="0 0 29 2 *"), {"policy": "all"}, []),
    ],
)
def test_due_after_an_outage(recurrence, policy, ticks):
    after = at("2025-11-01T00:00+01:00")
    found = CatchUp(**policy).due(recurrence, after=after, now=NOW, tz=ZoneInfo(PARIS))
    assert local(found, PARIS) == ticks


def test_a_long_outage_of_a_busy_schedule_costs_no_count_of_its_ticks():
    began = time.perf_counter()
    due = CatchUp(policy="all", max=100).due(
        Cron(expression="* * * * *"), after=NOW - timedelta(days=3_650), now=NOW, tz=ZoneInfo(PARIS)
    )
    assert due == [NOW - timedelta(minutes=age) for age in reversed(range(100))]
    assert time.perf_counter() - began < 5  # five million ticks would take minutes

"""Laws that hold for every schedule, slot and week; ticks are checked against a clock that is read minute by minute."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import WEEKDAYS, BusinessHours, CatchUp, Cron, Duration, Interval, LocalSlot
from core.calendar.clock import wall_at
from core.calendar.tests.support import (
    ALGIERS,
    APIA,
    CAIRO,
    CASABLANCA,
    LORD_HOWE,
    NEW_YORK,
    PARIS,
    RIYADH,
    ST_JOHNS,
    TEHRAN,
    at,
)
from core.calendar.wall import first_showing, showings, wall_clock

# Around each of these the clock of the zone is changed, or never in the last.
CHANGES = [
    (PARIS, at("2026-03-29T01:00+00:00")),
    (PARIS, at("2026-10-25T01:00+00:00")),
    (NEW_YORK, at("2026-03-08T07:00+00:00")),
    (NEW_YORK, at("2026-11-01T06:00+00:00")),
    (TEHRAN, at("2022-03-21T20:30+00:00")),
    (TEHRAN, at("2022-09-21T19:30+00:00")),
    (CASABLANCA, at("2026-02-15T02:00+00:00")),
    (CASABLANCA, at("2026-03-22T02:00+00:00")),
    (LORD_HOWE, at("2026-04-04T15:00+00:00")),
    (LORD_HOWE, at("2026-10-03T15:30+00:00")),
    (CAIRO, at("2026-04-23T22:00+00:00")),
    (CAIRO, at("2026-10-29T21:00+00:00")),
    (APIA, at("2011-12-30T10:00+00:00")),
    (ST_JOHNS, at("2010-11-07T02:31+00:00")),
    (ALGIERS, at("2026-03-29T01:00+00:00")),
    (RIYADH, at("2026-03-29T01:00+00:00")),
]
MINUTE = timedelta(minutes=1)
CHANGE = st.sampled_from(CHANGES)
NEAR = st.integers(-36 * 3_600, 36 * 3_600).map(lambda seconds: timedelta(seconds=seconds))
FAR = st.integers(-400 * 24 * 60, 400 * 24 * 60).map(lambda minutes: minutes * MINUTE)
AWAY = NEAR | FAR


def _field(low, high):
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    return st.one_of(
        st.just("*"),
        number.map(str),
        span,
        st.lists(number.map(str), min_size=2, max_size=3).map(",".join),
        st.integers(1, high).map(lambda step: f"*/{step}"),
    )


CRONS = st.tuples(
    _field(0, 59), _field(0, 23), st.just("*") | _field(1, 28), st.just("*"), st.just("*") | _field(0, 6)
).map(lambda fields: Cron(expression=" ".join(fields)))
INTERVALS = st.builds(
    Interval,
    every=st.integers(1, 40),
    unit=st.sampled_from(["minutes", "hours", "days", "weeks"]),
    anchor=st.none() | st.sampled_from(["2000-01-01T02:30", "2009-05-05T23:45", "2001-01-01T00:00+00:00"]),
)
RECURRENCES = CRONS | INTERVALS


def _clock(zone, change):
    """What the clock shows at each minute of the three days around a change, in order of time."""
    tz = ZoneInfo(zone)
    minutes = [change + minute * MINUTE for minute in range(-36 * 60, 36 * 60)]
    return [(minute, minute.astimezone(tz).replace(tzinfo=None, fold=0)) for minute in minutes]


CLOCKS = {change: _clock(*change) for change in CHANGES}


def _matches(cron):
    """A predicate over wall times, by the fields that croniter reads; it takes no part in the search for ticks."""
    minutes, hours, days, _, weekdays = (set(values) for values in croniter.expand(cron.expression)[0])
    restricted = "*" not in days, "*" not in weekdays

    def matches(shown):
        on_day = shown.day in days, shown.isoweekday() % 7 in weekdays
        day = (
            any(on_day)
            if all(restricted)
            else all(on or not by for on, by in zip(on_day, restricted, strict=True))
        )
        return day and bool({"*", shown.minute} & minutes) and bool({"*", shown.hour} & hours)

    return matches, "*" in hours or len(hours) == 24


def _expected(cron, clock):
    """The ticks by the rule in words: each wall time once, or whenever the clock shows it for a line of every hour."""
    matches, every_hour = _matches(cron)
    if every_hour:
        return [minute for minute, shown in clock if matches(shown)]
    first = dict[datetime, datetime]()
    for minute, shown in clock:
        first.setdefault(shown, minute)
    walls = sorted(first)
    every_minute = (walls[0] + minute * MINUTE for minute in range((walls[-1] - walls[0]) // MINUTE + 1))
    return sorted({first[walls[bisect_left(walls, wall)]] for wall in every_minute if matches(wall)})


@settings(max_examples=150, deadline=None)
@given(CHANGE, CRONS)
def test_crons_fire_by_the_rule(change, cron):
    clock, tz = CLOCKS[change], ZoneInfo(change[0])
    first, last = change[1] - timedelta(hours=4), change[1] + timedelta(hours=4)
    expected = [tick for tick in _expected(cron, clock) if first < tick <= last]
    assert cron.between(first, last, tz) == expected


@settings(max_examples=300, deadline=None)
@given(CHANGE, RECURRENCES, AWAY, AWAY)
def test_the_next_tick_is_later_never_earlier_for_a_later_question_and_nothing_is_between(
    change, recurrence, one, other
):
    tz, (early, late) = ZoneInfo(change[0]), sorted([change[1] + one, change[1] + other])
    tick = recurrence.next_after(early, tz)
    assert tick > early
    assert tick <= recurrence.next_after(late, tz)
    assert recurrence.next_after(tick - timedelta(microseconds=1), tz) == tick
    assert recurrence.next_after(tick, tz) - tick >= MINUTE
    if late < tick:
        assert recurrence.next_after(late, tz) == tick
    assert tick.tzinfo is UTC


@settings(max_examples=150, deadline=None)
@given(CHANGE, RECURRENCES, NEAR, st.integers(1, 5), st.sampled_from(["skip", "one", "all"]))
def test_the_newest_ticks_are_the_last_of_all(change, recurrence, away, limit, policy):
    tz, until = ZoneInfo(change[0]), change[1] + away
    after = until - timedelta(hours=10)
    everything = recurrence.between(after, until, tz)
    assert recurrence.newest(after, until, tz, limit) == everything[-limit:]
    rule = CatchUp(policy=policy, max=limit, grace_minutes=60)
    assert rule.due(recurrence, after=after, now=until, tz=tz) == rule.ticks_to_run(everything, until)


@settings(max_examples=300, deadline=None)
@given(CHANGE, AWAY)
def test_wall_times_and_instants_belong_together(change, away):
    tz, instant = ZoneInfo(change[0]), change[1] + away
    shown = wall_clock(instant, tz)
    assert showings(shown, tz)[shown.fold] == instant
    assert first_showing(shown, tz) <= instant
    assert first_showing(shown, tz) <= first_showing(shown + MINUTE, tz)
    # The wall time of a neighbouring day may be one that is skipped.
    other = wall_clock(change[1], tz) - timedelta(minutes=20)
    moment = first_showing(other, tz)
    if not showings(other, tz):
        assert wall_clock(moment, tz) > other > wall_clock(moment - timedelta(microseconds=1), tz)


TIMES = st.integers(0, 24 * 60 - 1).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")
DAYS = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(sorted)
WINDOWS = st.tuples(TIMES, TIMES | st.just("24:00")).filter(lambda pair: pair[0] != pair[1])
SLOTS = st.one_of(
    st.builds(lambda days, time: LocalSlot(weekdays=days, at=time), DAYS, TIMES),
    st.builds(lambda days, pair: LocalSlot(weekdays=days, start=pair[0], end=pair[1]), DAYS, WINDOWS),
)


def _spans(slot, around, tz):
    """The slot's spans near an instant, from when the clock first shows one end to when it first shows the other."""
    today = wall_clock(around, tz).date()
    for ahead in range(-3, 25):
        day = today + timedelta(days=ahead)
        if WEEKDAYS[day.weekday()] in slot.weekdays:
            start = wall_at(day, slot.at or slot.start)
            end = wall_at(
                day + timedelta(days=bool(slot.end) and slot.end <= slot.start), slot.end or slot.at
            )
            yield first_showing(start, tz), first_showing(end, tz)


@settings(max_examples=300, deadline=None)
@given(CHANGE, SLOTS, AWAY)
def test_a_slot_is_on_an_allowed_day_in_its_window_and_the_first(change, slot, away):
    tz, after = ZoneInfo(change[0]), change[1] + away
    found = slot.next_slot(after, tz)
    spans = list(_spans(slot, after, tz))
    assert found >= after
    if slot.at:
        assert found == min(start for start, _ in spans if start >= after)
    else:
        assert found == min(max(start, after) for start, end in spans if start < end and end > after)
    assert slot.next_slot(found, tz) == found


WEEKS = st.dictionaries(
    st.sampled_from(WEEKDAYS), st.lists(WINDOWS, min_size=1, max_size=3), min_size=1, max_size=7
)
# Little enough to pass within 20 years of one minute a week.
SPANS = st.integers(0, 8 * 60 * 60).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=200, deadline=None)
@given(CHANGE, WEEKS, AWAY, SPANS, SPANS)
def test_business_time_adds_up(change, week, away, one, other):
    hours, after = BusinessHours(timezone=change[0], week=week), change[1] + away
    end = hours.add_business(after, one)
    assert end >= after + one
    assert hours.business_between(after, end) == one
    assert hours.business_between(end, after) == -one
    assert hours.add_business(end, other) == hours.add_business(after, one + other) or not (one and other)
    opening = hours.next_open(after)
    assert hours.is_open(opening)
    assert hours.is_open(after) == (opening == after)
    assert hours.business_between(after, opening) == timedelta(0)


@settings(max_examples=50, deadline=None)
@given(CHANGE, WEEKS, NEAR)
def test_open_minutes_are_the_time_between(change, week, away):
    hours, start = BusinessHours(timezone=change[0], week=week), change[1] + away
    start = start.replace(second=0)
    open_minutes = sum(hours.is_open(start + minute * MINUTE) for minute in range(12 * 60))
    assert hours.business_between(start, start + timedelta(hours=12)) == open_minutes * MINUTE


@given(
    st.tuples(st.integers(0, 90), st.integers(0, 60), st.integers(0, 600), st.integers(0, 9_999)).filter(any)
)
def test_text_and_parts_are_the_same_duration(parts):
    days, hours, minutes, seconds = parts
    delta = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    for text in (f"{days}d {hours}h {minutes}m {seconds}s", f"P{days}DT{hours}H{minutes}M{seconds}S"):
        assert Duration.model_validate(text).delta == delta


@given(st.text(max_size=70))
def test_any_text_is_a_duration_or_a_validation_error(text):
    try:
        assert Duration.model_validate(text).delta > timedelta(0)
    except ValueError as error:
        assert "duration" in str(error) or "less than or equal" in str(error)  # noqa: PT017

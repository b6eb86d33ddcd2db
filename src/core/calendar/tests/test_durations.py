"""Durations: parts, text, ISO 8601."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.calendar import Duration
from core.calendar.tests.support import problems

READ = [
    ({"minutes": 10}, timedelta(minutes=10)),
    ({"days": 1, "hours": 2, "minutes": 3, "seconds": 4}, timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ({"hours": 1.5}, timedelta(minutes=90)),
    ({"days": 366}, timedelta(days=366)),
    ("2h 30m", timedelta(hours=2, minutes=30)),
    ("2h30m", timedelta(hours=2, minutes=30)),
    ("2 hours, 30 minutes", timedelta(hours=2, minutes=30)),
    ("1.5 h", timedelta(minutes=90)),
    ("3 days", timedelta(days=3)),
    ("1 week 1 day", timedelta(days=8)),
    ("90 SECS", timedelta(seconds=90)),
    ("٢h ۳۰m", timedelta(hours=2, minutes=30)),
    ("PT2H", timedelta(hours=2)),
    ("pt2h30m", timedelta(hours=2, minutes=30)),
    ("P1DT12H", timedelta(hours=36)),
    ("P2W", timedelta(days=14)),
    ("P1W2DT0.5S", timedelta(days=9, seconds=0.5)),
]


@pytest.mark.parametrize(("document", "delta"), READ)
def test_read(document, delta):
    duration = Duration.model_validate(document)
    assert duration.delta == delta
    assert Duration.model_validate(duration.model_dump(mode="json")) == duration


TEXT = "write it as in '2h 30m', '3 days' or 'PT2H30M'"
BOUNDS = "more than nothing and at most 366 days; set days, hours, minutes or seconds"
WRONG = [
    *((text, TEXT) for text in ("", "2", "h", "-2h", "2h 3h", "2h and 3m", "2 ساعة", "2 months", "1e3s", "2h" + "h" * 99)),
    *((text, TEXT) for text in ("P", "PT", "P1Y", "P1M", "PT2H30", "P-1D", "99999999999h", "P1DT")),
    ({}, BOUNDS),
    ("0m", BOUNDS),
    ({"days": 366, "seconds": 1}, BOUNDS),
    ("53w", "days: Input should be less than or equal to 366"),
    ({"hours": -1}, "hours: Input should be greater than or equal to 0"),
    ({"hours": float("nan")}, "hours: Input should be"),
    ({"hours": float("inf")}, "hours: Input should be"),
    ({"weeks": 1}, "weeks: Extra inputs"),
    (120, "Input should be a valid dictionary"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "message"), WRONG)
def test_a_wrong_duration_says_how_to_write_it(document, message):
    assert message in problems(Duration, document)

"""The operator that measures from the present moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.predicates.nodes import Comparison
from core.predicates.operators.base import FieldType, operator
from core.predicates.results import Context, Fault, Test, Verdict
from core.predicates.shapes import DURATION
from core.predicates.times import NOT_A_TIME, instant_of, now_of, parse_duration, read_moment

_NO_TIME = timedelta(0)


@operator(
    "within_last",
    label="is within the last",
    description="A moment no longer ago than the given duration (30m, 2h, 7d, 1w or ISO 8601 such as P1DT12H) "
    "and not in the future.",
    shape=DURATION,
    types=frozenset({FieldType.DATETIME, FieldType.TEXT, FieldType.ANY}),
    example={"field": "user.last_seen_at", "value": "7d"},
)
def within_last(line: Comparison) -> Test:
    """True when the moment lies between ``now`` minus the duration and ``now``."""
    duration = parse_duration(line.value)
    assert duration is not None, "the shape has checked the duration"
    longest = duration

    def test(actual: Any, context: Context) -> Verdict:
        if actual is None:
            return False
        moment = read_moment(actual)
        if moment is None:
            return NOT_A_TIME
        instant = instant_of(moment, context)
        if isinstance(instant, Fault):
            return instant
        now = now_of(context)
        if isinstance(now, Fault):
            return now
        return _NO_TIME <= now - instant <= longest

    return test

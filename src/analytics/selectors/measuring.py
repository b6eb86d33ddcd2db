"""Measuring: how long things took, in opening hours where the business has set any."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from django.db import connection

from analytics.figures import Figure
from analytics.open_time import AllTime, OpenTime
from analytics.period import Period
from analytics.selectors.cells import Cell, Spread
from analytics.selectors.reading import Narrowing, reading
from core.calendar import BusinessHours

K = TypeVar("K")

#: So many of the newest are measured: more say no more, and cost seconds.
MOST = 100_000

_MEASURE = """
SELECT extract(epoch FROM f.began)::float8, extract(epoch FROM f.at)::float8,
       width_bucket(f.at, %(bounds)s::timestamptz[]), f.channel_id::text, f.member
FROM {source} ORDER BY f.at DESC LIMIT {most}
"""


def measured(figure: Figure, narrowing: Narrowing, period: Period, hours: BusinessHours | None) -> Spread:
    """The durations of the period and of the time before it; see :class:`Cell`."""
    query = reading([figure], narrowing, since=period.before, until=period.until)
    with connection.cursor() as cursor:
        cursor.execute(
            _MEASURE.format(source=query.source, most=MOST + 1),
            {**query.values, "bounds": period.all_bounds},
        )
        rows = cursor.fetchall()
    total: list[float] = []
    previous: list[float] = []
    buckets: dict[int, list[float]] = defaultdict(list)
    channels: dict[str, list[float]] = defaultdict(list)
    members: dict[str, list[float]] = defaultdict(list)
    open_time = open_time_for([(began, at) for began, at, *_ in rows], hours)
    for began, at, number, channel, member in rows[:MOST]:
        seconds = open_time.between(began, at)
        if number == 1:
            previous.append(seconds)
            continue
        total.append(seconds)
        buckets[number - 2].append(seconds)
        channels[channel].append(seconds)
        if member:
            members[member].append(seconds)
    return Spread(
        total=cell(total),
        previous=cell(previous),
        buckets=_cells(buckets),
        channels=_cells(channels),
        members=_cells(members),
        sampled=len(rows) > MOST,
    )


def open_time_for(pairs: Sequence[tuple[float, float]], hours: BusinessHours | None) -> OpenTime:
    """What counts between these moments (seconds since 1970): the opening hours, or all time where none are set."""
    if hours is None or not pairs:
        return AllTime()
    since, until = min(began for began, _ in pairs), max(at for _, at in pairs)
    return OpenTime.of(hours, datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until + 1, UTC))


def cell(values: Sequence[float]) -> Cell:
    """The median and the 90th percentile: values that were measured, not ones in between."""
    if not values:
        return Cell(None, None, 0)
    ordered = sorted(max(value, 0.0) for value in values)
    return Cell(_percentile(ordered, 0.5), _percentile(ordered, 0.9), len(ordered))


def _cells(found: Mapping[K, Sequence[float]]) -> dict[K, Cell]:
    return {key: cell(values) for key, values in found.items()}


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of them do not exceed."""
    return round(ordered[max(math.ceil(share * len(ordered)), 1) - 1], 1)

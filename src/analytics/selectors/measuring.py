"""Measuring: how long things took, as the median and the time within which nine in ten were done, in open hours if there are any."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection

from analytics.figures import Figure
from analytics.open_time import AllTime, OpenTime
from analytics.period import Period
from analytics.selectors.reading import Narrowing, reading
from channels_app.selectors import business_hours

#: So many of the newest are measured: more say no more, and cost seconds.
MOST = 100_000

_MEASURE = """
SELECT extract(epoch FROM f.began)::float8, extract(epoch FROM f.at)::float8,
       width_bucket(f.at, %(bounds)s::timestamptz[]), f.channel_id, f.member
FROM {source} ORDER BY f.at DESC LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds of ``count`` things; both are ``None`` of none."""

    count: int
    median: float | None
    p90: float | None


@dataclass(slots=True)
class Measured:
    """The durations of one figure, and by bucket (from 0), channel and member. ``sampled``: not all were measured."""

    total: Durations
    previous: Durations
    buckets: dict[int, Durations] = field(default_factory=dict)
    channels: dict[uuid.UUID, Durations] = field(default_factory=dict)
    members: dict[str, Durations] = field(default_factory=dict)
    sampled: bool = False


def measure(figure: Figure, narrowing: Narrowing, period: Period, open_time: OpenTime) -> Measured:
    """The durations of the period and of the time before it."""
    query = reading([figure], narrowing, since=period.before, until=period.until)
    bounds = [period.before, *period.bounds[:-1]]
    with connection.cursor() as cursor:
        cursor.execute(
            _MEASURE.format(source=query.source, most=MOST + 1), {**query.values, "bounds": bounds}
        )
        rows = cursor.fetchall()
    total: list[float] = []
    previous: list[float] = []
    buckets: dict[int, list[float]] = defaultdict(list)
    channels: dict[uuid.UUID, list[float]] = defaultdict(list)
    members: dict[str, list[float]] = defaultdict(list)
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
    return Measured(
        total=durations(total),
        previous=durations(previous),
        buckets={number: durations(values) for number, values in buckets.items()},
        channels={channel: durations(values) for channel, values in channels.items()},
        members={member: durations(values) for member, values in members.items()},
        sampled=len(rows) > MOST,
    )


def open_time_in(since: datetime, until: datetime) -> OpenTime:
    """What is counted: the business's opening hours, or all time where it has set none. Conversations may have begun long
    before the period in which they are answered."""
    hours = business_hours()
    if hours is None:
        return AllTime()
    return OpenTime.of(hours, max(since, _EARLIEST), until)


#: No conversation is older than the product.
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


def durations(values: Sequence[float]) -> Durations:
    """The median and the 90th percentile, of what was measured and not in between."""
    if not values:
        return Durations(0, None, None)
    ordered = sorted(max(value, 0.0) for value in values)
    return Durations(len(ordered), _percentile(ordered, 0.5), _percentile(ordered, 0.9))


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of them do not exceed."""
    return round(ordered[max(math.ceil(share * len(ordered)), 1) - 1], 1)

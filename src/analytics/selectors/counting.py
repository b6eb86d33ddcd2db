"""Counting: how many rows a figure has in each bucket, of each channel, member and reason, in one pass over a family."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from analytics.figures import Figure
from analytics.period import Period
from analytics.selectors.reading import Narrowing, reading

_COUNT = """
SELECT f.figure, width_bucket(f.at, %(bounds)s::timestamptz[]), f.channel_id, f.member, f.reason, count(*)
FROM {source} GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(slots=True)
class Tally:
    """The counts of one figure. Buckets are numbered from 0; ``previous`` is of the time before the period."""

    total: int = 0
    previous: int = 0
    buckets: Counter[int] = field(default_factory=Counter)
    channels: Counter[uuid.UUID] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


def counts(figures: Sequence[Figure], narrowing: Narrowing, period: Period) -> dict[str, Tally]:
    """The tallies of these figures, whatever their families, by key."""
    tallies = {figure.key: Tally() for figure in figures}
    families: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        families[figure.family].append(figure)
    for same in families.values():
        _count(same, narrowing, period, tallies)
    return tallies


def _count(
    figures: Sequence[Figure], narrowing: Narrowing, period: Period, tallies: dict[str, Tally]
) -> None:
    query = reading(figures, narrowing, since=period.before, until=period.until)
    bounds = [period.before, *period.bounds[:-1]]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(source=query.source), {**query.values, "bounds": bounds})
        for key, number, channel, member, reason, count in cursor.fetchall():
            tally = tallies[key]
            if number == 1:
                tally.previous += count
                continue
            tally.total += count
            tally.buckets[number - 2] += count
            _add(tally.channels, channel, count)
            _add(tally.members, member, count)
            _add(tally.reasons, reason, count)


def _add(counter: Counter[Hashable], value: Hashable, count: int) -> None:
    if value:
        counter[value] += count

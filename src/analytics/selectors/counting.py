"""Counting: how many rows a figure has in each bucket, of each channel, member and reason, in one pass over a family."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection

from analytics.figures import Figure
from analytics.period import Period
from analytics.selectors.cells import Cell, Spread
from analytics.selectors.reading import Narrowing, reading

K = TypeVar("K", bound=Hashable)

_COUNT = """
SELECT f.figure, width_bucket(f.at, %(bounds)s::timestamptz[]), f.channel_id::text, f.member, f.reason, count(*)
FROM {source} GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(slots=True)
class _Tally:
    total: int = 0
    previous: int = 0
    buckets: Counter[int] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def spread(self) -> Spread:
        return Spread(
            total=_cell(self.total),
            previous=_cell(self.previous),
            buckets=_cells(self.buckets),
            channels=_cells(self.channels),
            members=_cells(self.members),
            reasons=_cells(self.reasons),
        )


def counted(figures: Sequence[Figure], narrowing: Narrowing, period: Period) -> dict[str, Spread]:
    """What these figures come to, whatever their families, by key."""
    tallies = {figure.key: _Tally() for figure in figures}
    families: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        families[figure.family].append(figure)
    for same in families.values():
        _count(same, narrowing, period, tallies)
    return {key: tally.spread() for key, tally in tallies.items()}


def _count(
    figures: Sequence[Figure], narrowing: Narrowing, period: Period, tallies: dict[str, _Tally]
) -> None:
    query = reading(figures, narrowing, since=period.before, until=period.until)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(source=query.source), {**query.values, "bounds": period.all_bounds})
        for key, number, channel, member, reason, count in cursor.fetchall():
            tally = tallies[key]
            if number == 1:
                tally.previous += count
                continue
            tally.total += count
            tally.buckets[number - 2] += count
            for counter, value in (
                (tally.channels, channel),
                (tally.members, member),
                (tally.reasons, reason),
            ):
                if value:
                    counter[value] += count


def _cell(count: int) -> Cell:
    return Cell(count, None, count)


def _cells(counter: Counter[K]) -> dict[K, Cell]:
    return {key: _cell(count) for key, count in counter.items()}

"""The report: every figure of a period, over time and by channel, member and reason, each with the query of its rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from analytics.figures import FIGURES, Figure, Unit
from analytics.period import Period
from analytics.selectors.counting import Tally, counts
from analytics.selectors.links import RowsQuery
from analytics.selectors.measuring import Durations, Measured, measure, open_time_in
from analytics.selectors.reading import Narrowing
from channels_app.models import Channel
from channels_app.selectors import business_hours

#: How long before a period a conversation may have begun for its open time to be counted exactly.
_NO = Durations(0, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """``value`` is a count, or the median in seconds (``None``: nothing was measured); ``p90`` and ``count``, the number of
    things measured, are of those alone. ``rows`` finds exactly the rows that were counted."""

    value: float | None
    p90: float | None
    count: int
    rows: RowsQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One bucket's value."""

    value: float | None
    p90: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReport:
    """One figure: now, before, and over time (a point a bucket). ``sampled``: only the newest were measured."""

    key: str
    unit: Unit
    good: bool | None
    now: Value
    previous: Value
    series: Sequence[Point]
    sampled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A channel's, a member's or a reason's share: the figures that can be told apart so, by key. ``name`` is empty where
    there is none to be had."""

    key: str
    name: str
    kind: str
    figures: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``business_hours``: whether durations count opening hours alone."""

    period: Period
    business_hours: bool
    figures: Sequence[FigureReport]
    channels: Sequence[Part]
    members: Sequence[Part]
    reasons: Sequence[Part]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was counted or measured of a figure, made into values."""

    figure: Figure
    tally: Tally | None
    measured: Measured | None
    narrowing: Narrowing
    period: Period

    def value(self, found: int | Durations | None, *, before: bool = False, **narrowed: object) -> Value:
        return Value(**_told(found), rows=self._rows(before=before, **narrowed))

    def _rows(self, *, before: bool, **narrowed: object) -> RowsQuery:
        period = self.period
        return RowsQuery.of(
            self.figure,
            self.narrowing,
            since=period.before if before else period.since,
            until=period.since if before else period.until,
            **narrowed,
        )

    def report(self) -> FigureReport:
        source = self.tally or self.measured
        assert source is not None
        return FigureReport(
            key=self.figure.key,
            unit=self.figure.unit,
            good=self.figure.good,
            now=self.value(source.total),
            previous=self.value(source.previous, before=True),
            series=[
                Point(**_told(source.buckets.get(number))) for number in range(len(self.period.bounds) - 1)
            ],
            sampled=self.measured.sampled if self.measured else False,
        )

    def channels(self) -> Mapping[uuid.UUID, int | Durations]:
        return (self.tally.channels if self.tally else self.measured.channels) if self.figure.by_channel else {}  # type: ignore[union-attr, return-value]

    def members(self) -> Mapping[str, int | Durations]:
        return (self.tally.members if self.tally else self.measured.members) if self.figure.by_member else {}  # type: ignore[union-attr, return-value]


def report(period: Period, narrowing: Narrowing) -> Report:
    """The report of the current tenant. Figures that cannot be narrowed so are left out."""
    figures = [figure for figure in FIGURES.values() if narrowing.fits(figure)]
    tallies = counts([figure for figure in figures if figure.unit is Unit.COUNT], narrowing, period)
    open_time = open_time_in(period.before, period.until)
    found = [
        _Found(
            figure,
            tallies.get(figure.key),
            measure(figure, narrowing, period, open_time) if figure.unit is Unit.SECONDS else None,
            narrowing,
            period,
        )
        for figure in figures
    ]
    return Report(
        period=period,
        business_hours=business_hours() is not None,
        figures=[each.report() for each in found],
        channels=_by_channel(found),
        members=_by_member(found),
        reasons=_by_reason(found),
    )


def _told(found: int | Durations | None) -> dict[str, float | int | None]:
    if isinstance(found, int):
        return {"value": found, "p90": None, "count": found}
    if found is None or not found.count:
        return {"value": None, "p90": None, "count": 0}
    return {"value": found.median, "p90": found.p90, "count": found.count}

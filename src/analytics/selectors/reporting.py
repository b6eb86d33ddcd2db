"""The report: every figure of a period, over time and by channel, member and reason, each with the query of its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analytics.figures import DECLARED, FIGURES, Figure, Unit
from analytics.period import Period
from analytics.selectors.cells import Cell, Spread
from analytics.selectors.counting import counted
from analytics.selectors.links import RowsQuery
from analytics.selectors.measuring import measured
from analytics.selectors.names import channel_names, member_names
from analytics.selectors.reading import Narrowing
from channels_app.selectors import business_hours

#: More reasons, members or channels than a page can show.
_MOST_PARTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A cell with the query that finds exactly its rows."""

    cell: Cell
    rows: RowsQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReport:
    """One figure: now, before, and over time (a cell a bucket)."""

    figure: Figure
    now: Value
    previous: Value
    series: Sequence[Cell]
    sampled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A channel's, a member's or a reason's share, by the figures' keys. ``id`` is the channel's, the member's user's, or
    the reason itself; ``name`` is empty where nobody knows one any more."""

    id: str
    name: str
    provider: str
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
class _Reporter:
    period: Period
    narrowing: Narrowing
    found: Mapping[str, Spread]

    def figure(self, key: str) -> FigureReport:
        spread, figure, period = self.found[key], FIGURES.get(key), self.period
        empty = Cell(None, None, 0) if figure.unit is Unit.SECONDS else Cell(0, None, 0)
        before = RowsQuery.of(figure, self.narrowing, since=period.before, until=period.since)
        return FigureReport(
            figure=figure,
            now=self.value(key, spread.total),
            previous=Value(cell=spread.previous, rows=before),
            series=[spread.buckets.get(number, empty) for number in range(len(period.bounds) - 1)],
            sampled=spread.sampled,
        )

    def value(self, key: str, cell: Cell, **narrowed: str) -> Value:
        period = self.period
        rows = RowsQuery.of(
            FIGURES.get(key), self.narrowing, since=period.since, until=period.until, **narrowed
        )
        return Value(cell=cell, rows=rows)

    def parts(
        self, dimension: str, cells_of: Callable[[Spread], Mapping[str, Cell]], names: _Names
    ) -> list[Part]:
        """The most frequent first."""
        shares: dict[str, dict[str, Value]] = defaultdict(dict)
        for key, spread in self.found.items():
            for part, cell in cells_of(spread).items():
                shares[part][key] = self.value(key, cell, **{dimension: part})
        order = sorted(shares, key=lambda part: (-sum(v.cell.count for v in shares[part].values()), part))
        known = names(order[:_MOST_PARTS])
        return [
            Part(
                id=part,
                name=known.get(part, ("", ""))[0],
                provider=known.get(part, ("", ""))[1],
                figures=shares[part],
            )
            for part in order[:_MOST_PARTS]
        ]


#: Ids to names, and channels' providers.
_Names = Callable[[Sequence[str]], Mapping[str, tuple[str, str]]]


def report(period: Period, narrowing: Narrowing) -> Report:
    """The report of the current tenant. Figures that cannot be narrowed so are left out."""
    figures = [figure for figure in DECLARED if narrowing.fits(figure)]
    hours = business_hours()
    found = counted([figure for figure in figures if figure.unit is Unit.COUNT], narrowing, period)
    for figure in figures:
        if figure.unit is Unit.SECONDS:
            found[figure.key] = measured(figure, narrowing, period, hours)
    reporter = _Reporter(period, narrowing, found)
    return Report(
        period=period,
        business_hours=hours is not None,
        figures=[reporter.figure(figure.key) for figure in figures],
        channels=reporter.parts("channel", lambda spread: spread.channels, channel_names),
        members=reporter.parts("member", lambda spread: spread.members, member_names),
        reasons=reporter.parts("reason", lambda spread: spread.reasons, lambda ids: {}),
    )

"""Open time: how much of the time between two moments the business was open, for thousands of pairs at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

from core.calendar import BusinessHours
from core.calendar.clock import Window


class OpenTime:
    """Counts seconds within the ``windows``, which are in order and apart; moments outside of all of them count as the
    nearest end."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._starts = [window.start.timestamp() for window in windows]
        lengths = [window.end.timestamp() - window.start.timestamp() for window in windows]
        self._lengths = lengths
        self._before = [0.0, *accumulate(lengths)]

    @classmethod
    def of(cls, hours: BusinessHours, since: datetime, until: datetime) -> OpenTime:
        """The hours as they fall between two moments."""
        return cls(list(hours.openings(since, until)))

    def between(self, start: float, end: float) -> float:
        """Open seconds between two moments (seconds since 1970)."""
        return self._until(end) - self._until(start)

    def _until(self, at: float) -> float:
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return 0.0
        return self._before[number] + min(at - self._starts[number], self._lengths[number])


class AllTime(OpenTime):
    """Always open."""

    def __init__(self) -> None:
        super().__init__(())

    def between(self, start: float, end: float) -> float:
        """All of it."""
        return end - start

"""What to do about ticks of a schedule that were missed while nothing ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from pydantic import Field

from core.calendar.base import CalendarModel
from core.calendar.recurrence import Recurrence
from core.calendar.wall import utc


class CatchUp(CalendarModel):
    """Which of the ticks that are due still run: none that came late, the newest one, or all (the newest ``max``)."""

    policy: Literal["skip", "one", "all"] = Field(
        default="one",
        description="`skip`: only ticks that are not late. `one`: the newest tick, however late. `all`: every tick.",
    )
    max: int = Field(
        default=10,
        ge=1,
        le=100,
        description="For `skip` and `all`: how many ticks run at once at most; the newest are kept.",
    )
    grace_minutes: int = Field(
        default=5,
        ge=1,
        le=1_440,
        description="For `skip`: by how many minutes a tick may be late and still run.",
    )

    @property
    def _keeps(self) -> int:
        return 1 if self.policy == "one" else self.max

    def ticks_to_run(self, missed: Sequence[datetime], now: datetime) -> list[datetime]:
        """Those of ``missed`` (ticks up to ``now``, in order, not yet run) that run now, in order."""
        kept = list(missed)[-self._keeps :]
        if self.policy != "skip":
            return kept
        oldest = utc(now) - timedelta(minutes=self.grace_minutes)
        return [tick for tick in kept if tick >= oldest]

    def due(self, recurrence: Recurrence, *, after: datetime, now: datetime, tz: tzinfo) -> list[datetime]:
        """The ticks of ``recurrence`` to run at ``now`` when those up to ``after`` are dealt with. Cheap after an outage
        of any length: ticks that would not run are not counted out."""
        return self.ticks_to_run(recurrence.newest(after, now, tz, self._keeps), now)

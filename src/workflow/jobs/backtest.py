"""``backtest``: a version tried on the events of the last days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.jobs.base import Batch, JobKind, register_job
from workflow.models import Job
from workflow.services.backtesting import count_events, replay


@register_job
class Backtest(JobKind):
    """Params as :func:`workflow.services.backtesting.prepare` makes them. Its result is the report."""

    slug = "backtest"
    label = "Try on past events"
    size = 200

    def total(self, params: Mapping[str, Any]) -> int:
        """The events to look at."""
        return count_events(params)

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """As many events as there is time for, at most ``size``."""
        return replay(job, cursor, size)

"""Jobs: one batch an item, and another item while something is left."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from workflow.jobs import backtest, executions, migrate, start  # noqa: F401  (the kinds join)
from workflow.services.jobs import JOB, fail_job, work_on

#: Batches of several jobs share a transaction with other work of their tenant: what is over this waits for the next.
_BUDGET_S = 1.5


class JobHandler(InternalHandler):
    """A batch's effects, the job's progress and the item for the next batch are one transaction."""

    kind = JOB

    def handle(self, items: Sequence[Claimed]) -> None:
        """One batch of each job, as far as time goes."""
        begun = time.monotonic()
        for number, item in enumerate(items):
            is_late = number > 0 and time.monotonic() - begun > _BUDGET_S
            if is_late or work_on(uuid.UUID(item.ref)):
                key = f"{JOB}:{item.ref}:after:{item.id}"
                enqueue(NewItem(lane=item.lane, kind=JOB, ref=item.ref, dedupe_key=key))

    def on_dead(self, item: Claimed, error: str) -> None:
        """The job has failed, with the reason."""
        fail_job(uuid.UUID(item.ref), error)


HANDLERS.add(JobHandler.kind, JobHandler())

"""Upkeep: the nightly clean-up, and a look at a workflow's health after failures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from workflow.engine.aftermath import HEALTH
from workflow.services.cleanup import CLEANUP, clean_batch, drain_versions, retention_days
from workflow.services.health import pause_if_failing


class CleanupHandler(InternalHandler):
    """The nightly cleanup: one small batch an item, and another item while something old is left, which names in its ``ref``
    where to go on; a schedule's own item begins with the oldest."""

    kind = CLEANUP
    _after = "after:"

    def handle(self, items: Sequence[Claimed]) -> None:
        """Delete a batch; several schedules' ticks at once are one."""
        last = items[-1]
        place = last.ref.removeprefix(self._after) if last.ref.startswith(self._after) else ""
        cleaned = clean_batch(days=retention_days(), after=uuid.UUID(place) if place else None)
        if cleaned.done:
            drain_versions()
            return
        ref = f"{self._after}{cleaned.after or ''}"
        enqueue(NewItem(lane=last.lane, kind=CLEANUP, ref=ref, dedupe_key=f"{CLEANUP}:after:{last.id}"))


class HealthHandler(InternalHandler):
    """Executions of a workflow have failed: ``ref`` is its id."""

    kind = HEALTH

    def handle(self, items: Sequence[Claimed]) -> None:
        """Pause each that fails too often."""
        for workflow_id in {item.ref for item in items}:
            pause_if_failing(uuid.UUID(workflow_id))


for _handler in (CleanupHandler(), HealthHandler()):
    HANDLERS.add(_handler.kind, _handler)

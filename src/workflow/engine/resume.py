"""Going on: the runs behind timers and calls, read back from the database."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event
from workflow.engine.plan import plans_by_version
from workflow.engine.run import Run
from workflow.models import ActionExecution, ActionState, ExecutionState


def runs_of(step_ids: Sequence[str], *, states: frozenset[ActionState], lock: bool) -> dict[str, Run]:
    """The runs whose step in hand is one of ``step_ids``, by step id; only those that still stand there.

    ``lock`` takes the rows for update, in one order. A cancelled execution, or a step that was settled meanwhile, has
    no run: whoever asks has nothing to do for it.
    """
    rows = (
        ActionExecution.objects.filter(id__in=step_ids, state__in=states)
        .select_related("execution")
        .order_by("id")
    )
    if lock:
        rows = rows.select_for_update(of=("self", "execution"))
    found = [
        row
        for row in rows
        if row.execution.state == ExecutionState.WAITING and row.execution.node == row.node
    ]
    plans = plans_by_version({row.execution.version_id for row in found})
    events = Event.objects.in_bulk({row.execution.event_id for row in found})
    return {
        str(row.id): Run(
            plans[row.execution.version_id], row.execution, events[row.execution.event_id], step=row
        )
        for row in found
    }

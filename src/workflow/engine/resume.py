"""Going on: the runs behind timers and calls, read back from the database."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from typing import TypeVar

from django.db.models import F, Model
from django.db.models.functions import Now

from events.models import Event
from workflow.engine.leaving import end_trees
from workflow.engine.plan import plans_by_version
from workflow.engine.run import Run, is_part
from workflow.models import ActionExecution, ActionState, ExecutionState, WorkflowExecution

_BROKEN = "This version cannot be run any more; publish the workflow anew."

M = TypeVar("M", bound=Model)


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
    _attach_parents([row.execution for row in found])
    plans = plans_by_version({row.execution.version_id for row in found})
    if len(plans) < len({row.execution.version_id for row in found}):
        _fail_broken([row for row in found if row.execution.version_id not in plans])
        found = [row for row in found if row.execution.version_id in plans]
    events = Event.objects.in_bulk({row.execution.event_id for row in found})
    return {
        str(row.id): Run(
            plans[row.execution.version_id], row.execution, events[row.execution.event_id], step=row
        )
        for row in found
    }


def _attach_parents(executions: Sequence[WorkflowExecution]) -> None:
    """Read what branches and turns are parts of, level by level: they know what those above them know."""
    level = list(executions)
    while level := [execution for execution in level if is_part(execution)]:
        above = WorkflowExecution.objects.in_bulk({execution.parent_id for execution in level})
        for execution in level:
            execution.parent = above[execution.parent_id]
        level = list(above.values())


def _fail_broken(rows: Sequence[ActionExecution]) -> None:
    """End executions whose version cannot be run any more, with the reason; whoever waits for them is told."""
    ActionExecution.objects.filter(id__in=[row.id for row in rows]).update(
        state=ActionState.FAILED, error=_BROKEN, ended_at=Now()
    )
    end_trees([row.execution_id for row in rows], reason="", state=ExecutionState.FAILED, error=_BROKEN)
    ActionExecution.objects.filter(id__in=[row.id for row in rows]).update(state=ActionState.FAILED)


def still_standing(step_ids: Sequence[str], *, states: frozenset[ActionState]) -> set[str]:
    """Which of these steps are still in hand, locked: the rest were cancelled or settled meanwhile."""
    rows = (
        ActionExecution.objects.filter(
            id__in=step_ids,
            state__in=states,
            execution__state=ExecutionState.WAITING,
            execution__node=F("node"),
        )
        .select_related("execution")
        .only("id", "execution__id")
        .order_by("id")
        .select_for_update(of=("self", "execution"))
    )
    return {str(row.id) for row in rows}


def afresh(run: Run) -> Run:
    """A run as it was read, to be taken on: settling twice, after a rollback, must begin from the same place both times."""
    assert run.step is not None
    execution, step = _twin(run.execution), _twin(run.step)
    execution.outputs = dict(run.execution.outputs)
    execution.scope = deepcopy(run.execution.scope)
    step.execution = execution
    return Run(run.plan, execution, run.event, step=step)


def _twin(row: M) -> M:
    """A copy of a row's object that shares no state with it; ``copy.copy`` goes the long way through pickling."""
    twin = type(row).__new__(type(row))
    twin.__dict__.update(row.__dict__)
    twin._state = copy(row._state)
    twin._state.fields_cache = dict(row._state.fields_cache)
    return twin

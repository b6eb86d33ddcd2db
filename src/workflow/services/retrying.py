"""Retrying: failed executions taken on from the node that they failed at."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from core.errors import PermanentError
from events.models import Event
from workflow.engine.plan import plans_by_version
from workflow.engine.run import Run
from workflow.engine.runner import proceed
from workflow.models import ActionExecution, ActionState, ExecutionState, WorkflowExecution

_BATCH = 100


class NotFailedError(PermanentError):
    """Only a failed execution can be retried."""


def retry_execution(execution_id: uuid.UUID) -> WorkflowExecution:
    """Take one failed execution on. Raises ``NotFailedError`` and ``WorkflowExecution.DoesNotExist``."""
    with transaction.atomic():
        retried = _retry([execution_id])
        if not retried:
            execution = WorkflowExecution.objects.get(id=execution_id)
            raise NotFailedError(f"The execution is {execution.state}. {NotFailedError.__doc__}")
    return retried[0]


def retry_failed(*, within: timedelta = timedelta(days=1), limit: int = 1_000) -> int:
    """Take on the executions that failed within the last ``within``, oldest first; returns how many.

    A step keeps its id, so the effect key of what it does: what took effect before its answer was lost is not done
    twice by whoever heeds the key. It has its policy's attempts afresh, as a dead item that is put back has.
    """
    failed = WorkflowExecution.objects.filter(state=ExecutionState.FAILED, ended_at__gte=Now() - within)
    ids = list(failed.order_by("id").values_list("id", flat=True)[:limit])
    count = 0
    for first in range(0, len(ids), _BATCH):
        with transaction.atomic():
            count += len(_retry(ids[first : first + _BATCH]))
    return count


def _retry(ids: Sequence[uuid.UUID]) -> list[WorkflowExecution]:
    """Those of ``ids`` that are failed and can be run, run as far as they go."""
    rows = WorkflowExecution.objects.filter(id__in=ids, state=ExecutionState.FAILED).order_by("id")
    executions = list(rows.select_for_update())
    plans = plans_by_version({execution.version_id for execution in executions})
    events = Event.objects.in_bulk({execution.event_id for execution in executions})
    steps = _failed_steps(executions)
    runs: list[Run] = []
    for execution in executions:
        plan, event = plans.get(execution.version_id), events.get(execution.event_id)
        if plan is None or event is None or execution.node not in plan.nodes:
            continue
        execution.state, execution.error, execution.ended_at = ExecutionState.RUNNING, "", None
        execution.outputs.pop(execution.node, None)
        run = Run(plan, execution, event, step=steps.get((execution.id, execution.node)))
        if run.step is not None:
            run.step.execution = execution
            run.step.state, run.step.attempts, run.step.ended_at = ActionState.RUNNING, 1, None
        runs.append(run)
    proceed(runs)
    return [run.execution for run in runs]


def _failed_steps(executions: Sequence[WorkflowExecution]) -> dict[tuple[uuid.UUID, str], ActionExecution]:
    """The last step of each execution at the node where it failed; a condition that could not be decided has none."""
    rows = ActionExecution.objects.select_for_update().filter(
        execution_id__in=[execution.id for execution in executions], state=ActionState.FAILED
    )
    return {(row.execution_id, row.node): row for row in rows.order_by("id")}

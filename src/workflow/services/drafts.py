"""Drafts: changed under an optimistic lock, and workflows deleted with all that hangs on them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.errors import PermanentError
from workflow.engine import steps
from workflow.engine.leaving import UNDER_WAY
from workflow.engine.resume import runs_of
from workflow.engine.runner import proceed
from workflow.graph import read
from workflow.models import (
    ActionExecution,
    ActionState,
    Approval,
    ArmedTrigger,
    Entry,
    EventWait,
    ExecutionState,
    HookCapture,
    Job,
    TriggerEventLog,
    Version,
    Vote,
    Workflow,
    WorkflowExecution,
    WorkflowStatus,
)
from workflow.nodes.sub_workflow import SubWorkflowFailedError
from workflow.services.touching import touch


class DraftChangedError(PermanentError):
    """Someone else has changed the workflow since you read it; read it again and repeat your change."""


class WorkflowActiveError(PermanentError):
    """An active workflow cannot be deleted; pause it first."""


def change_workflow(
    workflow_id: uuid.UUID, changes: Mapping[str, Any], *, expected: int | None = None
) -> Workflow:
    """Set ``name``, ``description`` and ``draft``; a change of any raises the revision.

    ``expected`` is the revision that the caller has read. Raises ``DraftChangedError`` when it is not the current one,
    ``DocumentError`` for a draft of a wrong shape, ``Workflow.DoesNotExist``.
    """
    if "draft" in changes:
        read(changes["draft"])
    with transaction.atomic():
        workflow = (
            Workflow.objects.select_for_update(of=("self",))
            .select_related("active_version")
            .get(id=workflow_id)
        )
        if expected is not None and workflow.revision != expected:
            raise DraftChangedError
        changed = [name for name, value in changes.items() if getattr(workflow, name) != value]
        if not changed:
            return workflow
        for name in changed:
            setattr(workflow, name, changes[name])
        workflow.revision += 1
        workflow.save(update_fields=[*changed, "revision", "updated_at"])
    return workflow


def delete_workflow(workflow_id: uuid.UUID) -> None:
    """Delete a workflow with its versions, triggers, executions and log. Raises ``WorkflowActiveError``.

    Executions under way end with it: their timers and calls find nothing to go on with. Those of other workflows that
    wait for one of them as a sub-workflow leave by their error port, or fail.
    """
    with transaction.atomic():
        workflow = Workflow.objects.select_for_update().get(id=workflow_id)
        if workflow.status == WorkflowStatus.ACTIVE:
            raise WorkflowActiveError
        Workflow.objects.filter(id=workflow_id).update(active_version=None)
        _let_callers_go_on(workflow_id)
        # What it called goes on by itself.
        called = WorkflowExecution.objects.filter(parent__workflow_id=workflow_id)
        called.exclude(workflow_id=workflow_id).update(parent=None)
        # Statement by statement, as Django's own cascade would first read every row into memory.
        for rows in (
            Vote.objects.filter(approval__execution__workflow_id=workflow_id),
            Approval.objects.filter(execution__workflow_id=workflow_id),
            EventWait.objects.filter(execution__workflow_id=workflow_id),
            HookCapture.objects.filter(trigger__workflow_id=workflow_id),
            ArmedTrigger.objects.filter(workflow_id=workflow_id),
            Entry.objects.filter(workflow_id=workflow_id),
            Job.objects.filter(workflow_id=workflow_id),
            ActionExecution.objects.filter(execution__workflow_id=workflow_id),
            WorkflowExecution.objects.filter(workflow_id=workflow_id),
            TriggerEventLog.objects.filter(workflow_id=workflow_id),
            Version.objects.filter(workflow_id=workflow_id),
            Workflow.objects.filter(id=workflow_id),
        ):
            rows._raw_delete(rows.db)
        touch()


def _let_callers_go_on(workflow_id: uuid.UUID) -> None:
    """Nobody would tell them any more that what they called has ended."""
    called = WorkflowExecution.objects.filter(workflow_id=workflow_id, state__in=UNDER_WAY)
    callers = called.exclude(parent__workflow_id=workflow_id).filter(parent__isnull=False).values("parent_id")
    waiting = ActionExecution.objects.filter(execution_id__in=callers, state=ActionState.WAITING)
    step_ids = [str(step_id) for step_id in waiting.values_list("id", flat=True)]
    runs = list(runs_of(step_ids, states=frozenset({ActionState.WAITING}), lock=True).values())
    for run in runs:
        assert run.step is not None
        steps.begin(run, run.step.action)
        run.execution.state = ExecutionState.RUNNING
        steps.fail(run, SubWorkflowFailedError("The called workflow was deleted."))
    proceed(runs)

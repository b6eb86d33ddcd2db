"""Leaving: executions ended from outside, with all their children, steps and waits."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection
from django.db.models.functions import Now

from events.queue.enqueue import NewItem, enqueue
from workflow.engine.steps import CHILD, signal_lane
from workflow.models import (
    ActionExecution,
    ActionState,
    Approval,
    ApprovalState,
    EventWait,
    ExecutionState,
    WorkflowExecution,
)

UNDER_WAY = (ExecutionState.RUNNING, ExecutionState.WAITING)
OPEN_STEPS = (ActionState.RUNNING, ActionState.WAITING, ActionState.RETRYING)

_TREE = """
WITH RECURSIVE tree AS (
    SELECT id FROM workflow_workflowexecution WHERE id = ANY(%s)
    UNION ALL
    SELECT child.id FROM workflow_workflowexecution child JOIN tree ON child.parent_id = tree.id
) SELECT id FROM tree
"""


def tree_of(execution_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """These executions and all below them."""
    if not execution_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TREE, [list(execution_ids)])
        return [row[0] for row in cursor.fetchall()]


def end_trees(
    execution_ids: Collection[uuid.UUID],
    *,
    reason: str,
    state: ExecutionState = ExecutionState.EXITED,
    error: str = "",
) -> list[uuid.UUID]:
    """End those of these executions that are under way, with all below them; returns the ids of those that it ended.

    Timers and calls that are still in the queue find nothing to go on with. In the caller's transaction.
    """
    tree = tree_of(execution_ids)
    if not tree:
        return []
    # Locked as the engine locks them, steps with their execution and in their order, so that the two never deadlock.
    steps = ActionExecution.objects.filter(execution_id__in=tree, state__in=OPEN_STEPS).order_by("id")
    list(steps.select_related("execution").select_for_update(of=("self", "execution")))
    open_rows = WorkflowExecution.objects.filter(id__in=tree, state__in=UNDER_WAY).order_by("id")
    ended = list(open_rows.select_for_update().values_list("id", flat=True))
    WorkflowExecution.objects.filter(id__in=ended).update(
        state=state, exit_reason=reason, error=error, ended_at=Now()
    )
    ActionExecution.objects.filter(execution_id__in=ended, state__in=OPEN_STEPS).update(
        state=ActionState.CANCELLED, ended_at=Now()
    )
    _report_outside(ended)
    EventWait.objects.filter(execution_id__in=ended).delete()
    Approval.objects.filter(execution_id__in=ended, state=ApprovalState.PENDING).update(
        state=ApprovalState.CANCELLED, decided_at=Now()
    )
    return ended


def _report_outside(ended: Collection[uuid.UUID]) -> None:
    """Tell the parents that go on of the children that were ended."""
    orphans = WorkflowExecution.objects.filter(id__in=ended, parent__isnull=False).exclude(
        parent_id__in=ended
    )
    enqueue(
        *(
            NewItem(lane=signal_lane(parent_id), kind=CHILD, ref=str(child_id))
            for child_id, parent_id in orphans.values_list("id", "parent_id")
        )
    )


def own_root(execution: WorkflowExecution) -> uuid.UUID:
    """The execution itself, or for a branch or a turn of a loop the one of the same workflow that it belongs to."""
    while execution.parent is not None and execution.parent.workflow_id == execution.workflow_id:
        execution = execution.parent
    return execution.id

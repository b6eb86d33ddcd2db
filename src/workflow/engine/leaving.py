"""Leaving: executions ended from outside, with all their children, steps and waits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Now

from events.queue.enqueue import NewItem, enqueue
from workflow.engine.run import line_of
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
    tree = _locked_tree(execution_ids)
    if not tree:
        return []
    open_rows = WorkflowExecution.objects.filter(id__in=tree, state__in=UNDER_WAY)
    ended = list(open_rows.values_list("id", flat=True))
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
    log = _endings.get()
    if log is not None:
        log.update(dict.fromkeys(ended, Ending(state, reason, error)))
    return ended


def _locked_tree(execution_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The trees, locked. Whoever held one of the rows till now may have spawned children meanwhile, so that it is looked
    at again until nothing is new."""
    tree = set[uuid.UUID]()
    while new := set(tree_of(execution_ids)) - tree:
        lock_under_way(new)
        tree |= new
    return tree


def lock_under_way(execution_ids: Collection[uuid.UUID]) -> None:
    """Lock those that are under way as the engine locks them, steps with their execution and in their order, so that the
    two never deadlock."""
    steps = ActionExecution.objects.filter(execution_id__in=execution_ids, state__in=OPEN_STEPS).order_by(
        "id"
    )
    list(steps.select_related("execution").select_for_update(of=("self", "execution")))
    rows = WorkflowExecution.objects.filter(id__in=execution_ids, state__in=UNDER_WAY).order_by("id")
    list(rows.select_for_update().values_list("id"))


@dataclass(frozen=True, slots=True)
class Ending:
    """How an execution was ended from outside."""

    state: ExecutionState
    reason: str
    error: str


_endings: ContextVar[dict[uuid.UUID, Ending] | None] = ContextVar("wasl_endings", default=None)


@contextmanager
def endings() -> Iterator[dict[uuid.UUID, Ending]]:
    """What :func:`end_trees` ends within the block: a run that is in hand meanwhile must not be written as if it went on.
    A block within another shares its list."""
    known = _endings.get()
    if known is not None:
        yield known
        return
    known = {}
    token = _endings.set(known)
    try:
        yield known
    finally:
        _endings.reset(token)


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
    """The execution itself, or for a branch or a turn of a loop the one that it is a part of. A called workflow is its own,
    also where a workflow calls itself."""
    return line_of(execution)[0].id

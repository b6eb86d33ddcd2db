"""Children: what nodes that spawn them share: finding them, cancelling those not needed, taking over what they found out."""

from __future__ import annotations

from collections.abc import Collection

from workflow.engine import steps
from workflow.engine.leaving import UNDER_WAY, end_trees
from workflow.engine.run import Run, spawned_by
from workflow.models import ExecutionState, WorkflowExecution

#: Reasons for which a branch or a turn was left that end the execution that it is a part of.
_ENDS_THE_WHOLE = frozenset({"exit", "removed", "hold_out"})


def children_of(run: Run) -> list[WorkflowExecution]:
    """The children of the step in hand: from this transaction as they are in memory, the rest as they are in the
    database."""
    assert run.step is not None
    step_id = str(run.step.id)
    fresh = {
        child.execution.id: child.execution
        for child in run.children
        if spawned_by(child.execution) == step_id
    }
    if run.stored_children is None:
        rows = WorkflowExecution.objects.filter(parent_id=run.execution.id)
        run.stored_children = [] if run.is_new else list(rows)
    stored = [
        child for child in run.stored_children if spawned_by(child) == step_id and child.id not in fresh
    ]
    return [*stored, *fresh.values()]


def under_way(children: Collection[WorkflowExecution]) -> list[WorkflowExecution]:
    """Those that have not ended."""
    return [child for child in children if child.state in UNDER_WAY]


def cancel(run: Run, children: Collection[WorkflowExecution]) -> None:
    """End children that are not needed any more."""
    ids = {child.id for child in children}
    for child in run.children:
        if child.execution.id in ids:
            steps.abandon(child)
            if child.is_new:
                ids.discard(child.execution.id)
    end_trees(ids, reason="not_needed", state=ExecutionState.CANCELLED)


def left_by_exit(run: Run, child: WorkflowExecution) -> bool:
    """Whether the child came to an exit node, was held out, or took itself out, which ends the whole execution: then it has
    been done."""
    if child.exit_reason not in _ENDS_THE_WHOLE:
        return False
    cancel(run, under_way(children_of(run)))
    steps.finish(run, {"exit": child.branch}, port="exit")
    take_over(run, child)
    run.execution.converted_at = run.execution.converted_at or child.converted_at
    run.step = None
    steps.end(run, ExecutionState(child.state), child.error, reason=child.exit_reason)
    return True


def take_over(run: Run, child: WorkflowExecution) -> None:
    """The parent knows what the child found out: outputs of its steps, variables that it set. Of several that found out
    the same, the one that is taken over last prevails."""
    run.execution.outputs.update(child.outputs)
    scope = child.scope or {}
    if scope.get("vars"):
        run.scope.setdefault("vars", {}).update(scope["vars"])
    if "result" in scope:
        run.scope["result"] = scope["result"]

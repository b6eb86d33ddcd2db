"""Children: what nodes that spawn them share: finding them, cancelling those not needed, taking over what they found out."""

from __future__ import annotations

from collections.abc import Collection

from workflow.engine import steps
from workflow.engine.leaving import UNDER_WAY, end_trees
from workflow.engine.run import Run
from workflow.models import ExecutionState, WorkflowExecution


def children_of(run: Run) -> list[WorkflowExecution]:
    """The children of the step in hand, in the order in which they began: from this transaction as they are in memory, the
    rest as they are in the database."""
    assert run.step is not None
    mine = f"{run.step.node}:"
    fresh = {
        child.execution.id: child.execution
        for child in run.children
        if child.execution.branch.startswith(mine) and child.execution.started_at >= run.step.started_at
    }
    if run.stored_children is None:
        rows = WorkflowExecution.objects.filter(parent_id=run.execution.id)
        run.stored_children = [] if run.is_new else list(rows)
    stored = [
        child
        for child in run.stored_children
        if child.branch.startswith(mine) and child.started_at >= run.step.started_at and child.id not in fresh
    ]
    return sorted([*stored, *fresh.values()], key=lambda child: child.id)


def under_way(children: Collection[WorkflowExecution]) -> list[WorkflowExecution]:
    """Those that have not ended."""
    return [child for child in children if child.state in UNDER_WAY]


def cancel(run: Run, children: Collection[WorkflowExecution]) -> None:
    """End children that are not needed any more."""
    ids = {child.id for child in children}
    for child in run.children:
        if child.execution.id in ids:
            steps.abandon(child)
            ids.discard(child.execution.id)
    end_trees(ids, reason="not_needed", state=ExecutionState.CANCELLED)


def left_by_exit(run: Run, child: WorkflowExecution) -> bool:
    """Whether the child came to an exit node, or took itself out, which ends the whole execution: then it has been done."""
    if child.exit_reason not in ("exit", "removed"):
        return False
    cancel(run, under_way(children_of(run)))
    steps.finish(run, {"exit": child.branch}, port="exit")
    take_over(run, child)
    run.execution.converted_at = run.execution.converted_at or child.converted_at
    run.step = None
    steps.end(run, ExecutionState(child.state), child.error, reason=child.exit_reason)
    return True


def take_over(run: Run, child: WorkflowExecution) -> None:
    """The parent knows what the child found out: outputs of its steps, variables that it set."""
    known = run.execution.outputs
    known.update({node: output for node, output in child.outputs.items() if node not in known})
    scope = child.scope or {}
    if scope.get("vars"):
        run.scope.setdefault("vars", {}).update(scope["vars"])
    if "result" in scope:
        run.scope["result"] = scope["result"]

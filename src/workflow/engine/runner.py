"""Running: executions advance together, step by step in waves of one action, and are written once at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError
from pydantic import BaseModel

from core.bulk import insert_rows, update_rows
from core.predicates import Result
from events.queue.enqueue import savepoint
from events.queue.finish import LeaseLostError
from workflow.actions.base import ActionCall, ExternalAction, InternalAction, Output, Park
from workflow.engine import steps
from workflow.engine.matching import Match, Mismatch
from workflow.engine.plan import PlanNode
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run, fill, with_history
from workflow.models import (
    ExecutionState,
    MatchResult,
    TriggerEventLog,
    WorkflowExecution,
)

#: Steps that one execution may take without a pause; publishing refuses busy cycles, this stops what slips through.
_MAX_MOVES = 500


def start(matches: Sequence[Match], mismatches: Sequence[Mismatch] = ()) -> list[WorkflowExecution]:
    """Begin an execution for each match, run all as far as they go, and write everything. In the caller's transaction."""
    runs = [_new_run(match) for match in matches]
    advance(runs)
    persist(runs)
    logs = [
        TriggerEventLog(
            event_id=run.event.id,
            workflow_id=run.plan.workflow_id,
            execution_id=run.execution.id,
            result=MatchResult.STARTED,
        )
        for run in runs
    ]
    logs += [
        TriggerEventLog(event_id=m.event.id, workflow_id=m.plan.workflow_id, result=m.result, detail=m.detail)
        for m in mismatches
    ]
    insert_rows(logs)
    return [run.execution for run in runs]


def _new_run(match: Match) -> Run:
    execution = WorkflowExecution(
        workflow_id=match.plan.workflow_id,
        version_id=match.plan.version_id,
        event_id=match.event.id,
        contact_id=match.event.contact_id,
        conversation_id=match.event.conversation_id,
        state=ExecutionState.RUNNING,
        node=match.plan.start,
        # Not left to the database: the row is written at the end, when all its steps are done.
        started_at=datetime.now(UTC),
    )
    return Run(match.plan, execution, match.event, is_new=True, context=match.context)


def advance(runs: Sequence[Run]) -> None:
    """Run each execution until it waits or ends. Steps of one action are taken together."""
    active = [run for run in runs if run.execution.state == ExecutionState.RUNNING]
    while active:
        groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
        for run in active:
            node = run.plan.nodes[run.execution.node]
            groups[node.type, node.action.slug if node.action else ""].append(run)
        for (node_type, _), group in groups.items():
            _WAVES[node_type](group)
        for run in active:
            if run.moves > _MAX_MOVES:
                steps.end(run, ExecutionState.FAILED, f"more than {_MAX_MOVES} steps without a pause")
        active = [run for run in active if run.execution.state == ExecutionState.RUNNING]


def persist(runs: Sequence[Run]) -> None:
    """Write executions and steps: new ones inserted once, with their results; known ones updated."""
    insert_rows([run.execution for run in runs if run.is_new])
    update_rows(
        [run.execution for run in runs if not run.is_new], ["state", "node", "outputs", "error", "ended_at"]
    )
    insert_rows([step for run in runs for step in run.new_steps])
    update_rows(
        [step for run in runs for step in run.changed_steps],
        ["state", "attempts", "input", "output", "error", "ended_at"],
    )


def _decide(runs: Sequence[Run]) -> None:
    """Condition nodes: each run leaves by the port that the predicate names."""
    fill(runs, {root for run in runs for root in _node(run).roots})
    for run in runs:
        node = run.plan.nodes[run.execution.node]
        context = with_history(run.context, run.execution)
        result = Result.TRUE if node.predicate is None else node.predicate.evaluate(context)
        if result is Result.ERROR and "error" not in node.next:
            assert node.predicate is not None
            reasons = "; ".join(node.predicate.explain(context).errors())
            steps.end(run, ExecutionState.FAILED, f"{node.id}: the condition could not be decided: {reasons}")
        else:
            run.execution.outputs[node.id] = {"result": result.name.lower()}
            steps.leave(run, result.name.lower())


def _act(runs: Sequence[Run]) -> None:
    """Action nodes, all of one action."""
    action = _node(runs[0]).action
    assert action is not None
    for run in runs:
        steps.begin(run, action.slug)
    if isinstance(action, ExternalAction):
        # Rendered when the call is made: its input may hold secrets, which are not to be stored.
        for run in runs:
            steps.call_outside(run)
        return
    assert isinstance(action, InternalAction)
    ready: list[tuple[Run, BaseModel]] = []
    fill(runs, ())
    for run, config in zip(runs, configs_of(runs), strict=True):
        if isinstance(config, Exception):
            steps.fail(run, config)
        else:
            assert run.step is not None
            steps.keep_input(run.step, config)
            ready.append((run, config))
    if ready:
        _run_internal(action, ready)


def _run_internal(action: InternalAction[Any, Any], ready: Sequence[tuple[Run, BaseModel]]) -> None:
    """All in one go; when that fails, one by one, so that a bad step fails its own execution only."""
    try:
        with savepoint():
            outputs = action.run_many([_call(run, config) for run, config in ready])
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        if len(ready) == 1:
            steps.fail(ready[0][0], exc)
        else:
            for pair in ready:
                _run_internal(action, [pair])
        return
    for (run, _), output in zip(ready, outputs, strict=True):
        _take(run, output)


def _take(run: Run, output: Output | Park) -> None:
    if isinstance(output, Park):
        steps.park(run, output)
    else:
        steps.complete(run, output)


def _call(run: Run, config: BaseModel) -> ActionCall[Any]:
    assert run.step is not None
    return ActionCall(config, run.action_context(run.step))


def _node(run: Run) -> PlanNode:
    return run.plan.nodes[run.execution.node]


_WAVES = {"condition": _decide, "action": _act}

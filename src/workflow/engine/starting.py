"""Starting: matches become executions, after admission, and the log tells what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from core.bulk import insert_rows
from workflow.engine.admission import admit, rounds
from workflow.engine.matching import Match, Mismatch
from workflow.engine.run import Run
from workflow.engine.runner import new_run, proceed
from workflow.models import MatchResult, TriggerEventLog, WorkflowExecution


def start(matches: Sequence[Match], mismatches: Sequence[Mismatch] = ()) -> list[WorkflowExecution]:
    """Begin an execution for each match that is admitted, run all as far as they go, and write everything, the log
    included. In the caller's transaction."""
    runs: list[Run] = []
    refused = list(mismatches)
    for batch in rounds(matches):
        admitted, not_now = admit(batch)
        refused += not_now
        begun = [new_run(match) for match in admitted]
        proceed(begun)
        runs += begun
    log_matches(runs, refused)
    return [run.execution for run in runs]


def force(match: Match) -> WorkflowExecution:
    """Begin an execution whatever its workflow's rules say: someone asked for it by hand."""
    return force_many([match])[0]


def force_many(matches: Sequence[Match]) -> list[WorkflowExecution]:
    """The same for many at once."""
    runs = [new_run(match) for match in matches]
    proceed(runs)
    log_matches(runs, ())
    return [run.execution for run in runs]


def log_matches(runs: Sequence[Run], refused: Sequence[Mismatch]) -> None:
    """Write what became of each match."""
    logs = [
        TriggerEventLog(
            event_id=run.event.id,
            workflow_id=run.plan.workflow_id,
            execution_id=run.execution.id,
            trigger=run.execution.trigger,
            result=MatchResult.STARTED,
        )
        for run in runs
    ]
    logs += [
        TriggerEventLog(
            event_id=m.event.id,
            workflow_id=m.plan.workflow_id,
            trigger=m.trigger,
            result=m.result,
            detail=m.detail,
        )
        for m in refused
    ]
    insert_rows(logs)

"""Running: executions advance together, step by step in waves of one kind, and are written once at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from core.bulk import insert_rows, update_rows
from events.queue.enqueue import NewItem, enqueue
from workflow.engine import steps
from workflow.engine.aftermath import aftermath
from workflow.engine.matching import Match
from workflow.engine.run import Run
from workflow.models import ExecutionState, WorkflowExecution

#: Steps that one execution may take without a pause; publishing refuses busy cycles, this stops what slips through.
_MAX_MOVES = 500
OVER = frozenset(
    {ExecutionState.COMPLETED, ExecutionState.EXITED, ExecutionState.FAILED, ExecutionState.CANCELLED}
)


def new_run(match: Match) -> Run:
    """A run for a match, not yet begun."""
    execution = WorkflowExecution(
        workflow_id=match.plan.workflow_id,
        version_id=match.plan.version_id,
        event_id=match.event.id,
        contact_id=match.event.contact_id,
        conversation_id=match.event.conversation_id,
        state=ExecutionState.RUNNING,
        node=match.plan.start,
        trigger=match.trigger,
        entry_key=match.entry_key,
        # Not left to the database: the row is written at the end, when all its steps are done.
        started_at=datetime.now(UTC),
    )
    return Run(match.plan, execution, match.event, is_new=True, context=match.context)


def proceed(runs: Sequence[Run]) -> None:
    """Run executions until each waits or ends, and write everything. In the caller's transaction."""
    advance(runs)
    family = list(family_of(runs))
    persist(family)
    aftermath(family)


def advance(runs: Sequence[Run]) -> None:
    """Run each execution, and the children that it spawns, until it waits or ends. Steps of one kind go together."""
    reported: set[int] = set()
    while True:
        family = list(family_of(runs))
        active = [run for run in family if run.execution.state == ExecutionState.RUNNING]
        if not active:
            if not _report(family, reported):
                return
            continue
        take_steps(active)


def take_steps(active: Sequence[Run]) -> None:
    """Take each of these runs one node further, those at nodes of one kind together."""
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in active:
        node = run.node
        groups[node.type.slug, node.label].append(run)
    for group in groups.values():
        group[0].node.type.run(group)
    for run in active:
        if run.moves > _MAX_MOVES:
            # A tried run skips its pauses, so that a circle with a wait in it would never end.
            pauses = "without a pause" if run.trial is None else "in a trial, where no wait takes time"
            steps.end(run, ExecutionState.FAILED, f"more than {_MAX_MOVES} steps {pauses}")


def family_of(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs and all that they spawned, parents first."""
    for run in runs:
        yield run
        if run.children:
            yield from family_of(run.children)


def _report(family: Sequence[Run], reported: set[int]) -> bool:
    """Tell the parents of children that have ended; whether anyone was told here and now.

    A parent in the same transaction hears of it at once, one that waits in the database through the queue.
    """
    told = False
    for run in family:
        execution = run.execution
        if execution.parent_id is None or execution.state not in OVER or id(run) in reported:
            continue
        reported.add(id(run))
        if run.parent is None:
            report_to_parent(execution)
        elif run.parent.execution.state == ExecutionState.WAITING:
            told = True
            run.parent.node.type.child_ended(run.parent, execution)
    return told


def report_to_parent(execution: WorkflowExecution) -> None:
    """Queue the news that a child has ended for the execution that waits for it."""
    enqueue(NewItem(lane=steps.signal_lane(execution.parent_id), kind=steps.CHILD, ref=str(execution.id)))


def persist(runs: Sequence[Run]) -> None:
    """Write executions and steps: new ones inserted once, with their results; known ones updated."""
    new = [run.execution for run in runs if run.is_new]
    insert_rows(new)
    update_rows(
        [run.execution for run in runs if not run.is_new],
        ["state", "node", "outputs", "scope", "exit_reason", "error", "ended_at"],
    )
    # Only where this run says so: an event may have noted the goal while a call of the run was in the air.
    converted = [run.execution for run in runs if not run.is_new and run.execution.converted_at]
    update_rows(converted, ["converted_at"])
    insert_rows([step for run in runs for step in run.new_steps])
    update_rows(
        [step for run in runs for step in run.changed_steps],
        ["state", "attempts", "port", "input", "output", "error", "ended_at"],
    )
    insert_rows([wait for run in runs for wait in run.waits])

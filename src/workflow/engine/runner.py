"""Running: executions advance together, step by step in waves of one kind, and are written once at the end."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError

from core.bulk import insert_rows, update_rows
from core.errors import PermanentError
from events.queue.enqueue import NewItem, enqueue
from events.queue.finish import LeaseLostError
from workflow.engine import steps
from workflow.engine.aftermath import aftermath
from workflow.engine.leaving import Ending, endings
from workflow.engine.matching import Match
from workflow.engine.run import Run
from workflow.engine.trial import TrialTimeoutError
from workflow.models import ExecutionState, WorkflowExecution

log = structlog.get_logger(__name__)

#: Steps that one execution may take without a pause; publishing refuses busy cycles, this stops what slips through.
_MAX_MOVES = 500
#: Seconds after which what the children of a batch found out waits for the next transaction; a lease is far longer.
LONGEST_S = 2.0
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
    with endings() as gone:
        advance(runs, gone)
    family = list(family_of(runs))
    for run in family:
        if run.execution.id in gone:
            ending = gone[run.execution.id]
            steps.drop(run, ending.state, ending.error, reason=ending.reason)
    persist(family)
    aftermath(family)


def advance(runs: Sequence[Run], gone: Mapping[uuid.UUID, Ending]) -> None:
    """Run each execution, and the children that it spawns, until it waits or ends, or one of the others ends it, as
    ``gone`` tells. Steps of one kind go together.

    A parent hears of its children when nothing runs any more: at once, or when this has taken long enough, in a
    transaction of its own, so that a loop of a thousand turns holds up nobody.
    """
    deadline = time.monotonic() + LONGEST_S
    family = _Family(runs)
    active: Sequence[Run] = family.members
    ended: list[Run] = []
    while True:
        running = [
            run
            for run in active
            if run.execution.state == ExecutionState.RUNNING and run.execution.id not in gone
        ]
        ended += [run for run in active if run.execution.state in OVER and run.execution.parent_id]
        if running:
            take_steps(running)
            active = [*running, *family.newcomers(running)]
        elif ended:
            told = _report(family.in_order(ended), late=time.monotonic() > deadline)
            active, ended = [*told, *family.newcomers(told)], []
        else:
            return


class _Family:
    """The runs in hand with all that they spawn, in the order in which they joined."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.members = list(family_of(runs))
        self._places = {id(run): place for place, run in enumerate(self.members)}
        self._children = {id(run): len(run.children) for run in self.members}

    def newcomers(self, parents: Sequence[Run]) -> list[Run]:
        """What these have spawned since they were last looked at."""
        found: list[Run] = []
        for run in parents:
            found += run.children[self._children.get(id(run), 0) :]
            self._children[id(run)] = len(run.children)
        self._places.update({id(run): len(self._places) + n for n, run in enumerate(found)})
        return found

    def in_order(self, runs: Sequence[Run]) -> list[Run]:
        """These as they joined, each once."""
        return sorted({id(run): run for run in runs}.values(), key=lambda run: self._places[id(run)])


class BrokenNodeError(PermanentError):
    """The node could not be run."""


def take_steps(active: Sequence[Run]) -> None:
    """Take each of these runs one node further, those at nodes of one kind together."""
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in active:
        node = run.node
        groups[node.type.slug, node.label].append(run)
    for group in groups.values():
        _take(group)
    for run in active:
        if run.moves > _MAX_MOVES:
            # A tried run skips its pauses, so that a circle with a wait in it would never end.
            pauses = "without a pause" if run.trial is None else "in a trial, where no wait takes time"
            steps.end(run, ExecutionState.FAILED, f"more than {_MAX_MOVES} steps {pauses}")


def _take(group: Sequence[Run]) -> None:
    """A node type that raises what it should not fails the execution that it raises it for, and holds up no other. Errors
    of the database undo the transaction: nothing can be written in it any more."""
    before = [(run, run.moves, len(run.children)) for run in group]
    try:
        group[0].node.type.run(group)
    except (DatabaseError, LeaseLostError, TrialTimeoutError):
        raise
    except Exception as exc:
        standing = [
            (run, children)
            for run, moves, children in before
            if run.moves == moves and run.execution.state == ExecutionState.RUNNING
        ]
        for run, children in standing:
            for child in run.children[children:]:
                steps.abandon(child)
            if len(group) > 1:
                _take([run])
            else:
                log.exception(
                    "node could not be run", type=run.node.type.slug, execution=str(run.execution.id)
                )
                steps.begin(run, run.node.label)
                steps.fail(run, BrokenNodeError(f"{type(exc).__name__}: {exc}"))


def family_of(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs and all that they spawned, parents first."""
    for run in runs:
        yield run
        if run.children:
            yield from family_of(run.children)


def _report(ended: Sequence[Run], *, late: bool) -> list[Run]:
    """Tell the parents of children that have ended; returns those who were told here and now.

    A parent in the same transaction hears of it at once, unless it is ``late``; one that waits in the database hears of it
    through the queue.
    """
    told: dict[int, Run] = {}
    for run in ended:
        if run.parent is None or late:
            report_to_parent(run.execution)
        elif run.parent.execution.state == ExecutionState.WAITING:
            told[id(run.parent)] = run.parent
            run.parent.node.type.child_ended(run.parent, run.execution)
    return list(told.values())


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

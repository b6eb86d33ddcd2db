"""Signals: an awaited event came, or had come; a child has ended."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from events.models import Event
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from workflow.engine import steps
from workflow.engine.exits import take_out
from workflow.engine.leaving import end_trees, endings
from workflow.engine.resume import runs_of
from workflow.engine.run import Run, spawned_by
from workflow.engine.runner import proceed
from workflow.engine.waking import WAKE, past_events, wake
from workflow.handlers.giving_up import give_up
from workflow.models import ActionExecution, ActionState, EventWait, ExecutionState, WorkflowExecution

_WAITING = frozenset({ActionState.WAITING})


def _go_on(run: Run, signal: Callable[[], bool]) -> bool:
    """Whether the waiting run was taken on by ``signal``; else it waits as before."""
    step = run.step
    if step is None or run.execution.state != ExecutionState.WAITING or not signal():
        return False
    run.changed_steps.append(step)
    return True


def _take_on(woken: Mapping[str, Run]) -> None:
    """Run on those that were woken, by the step that waited, unless their workflow's policy takes them out now."""
    EventWait.objects.filter(step_id__in=list(woken)).delete()
    runs = list(woken.values())
    gone = take_out(runs)
    proceed([run for run in runs if run.execution.id not in gone])


class WakeHandler(InternalHandler):
    """An event came that an execution waits for: ``ref`` is ``step:event``."""

    kind = WAKE

    def handle(self, items: Sequence[Claimed]) -> None:
        """Each wait takes the first event that fits it."""
        pairs = [item.ref.split(":", 1) for item in items]
        runs = runs_of([step_id for step_id, _ in pairs], states=_WAITING, lock=True)
        events = Event.objects.in_bulk([uuid.UUID(event_id) for _, event_id in pairs])
        woken: dict[str, Run] = {}
        for step_id, event_id in pairs:
            run, event = runs.get(step_id), events.get(uuid.UUID(event_id))
            if run is None or event is None or run.step is None or event.id == run.event.id:
                continue
            if _wake(run, event):
                woken[step_id] = run
        _take_on(woken)

    def on_dead(self, item: Claimed, error: str) -> None:
        """The execution fails with the reason."""
        give_up(item.ref.split(":", 1)[0], error, _WAITING)


def _wake(run: Run, event: Event) -> bool:
    return _go_on(run, lambda: wake(run, event))


class LookBackHandler(InternalHandler):
    """A wait for an event has begun: what came before it was written down may be what it waits for."""

    kind = steps.LOOK_BACK

    def handle(self, items: Sequence[Claimed]) -> None:
        """Look at each wait's window."""
        runs = runs_of([item.ref for item in items], states=_WAITING, lock=True)
        rows = list(EventWait.objects.filter(step_id__in=list(runs)).order_by("pk"))
        past = past_events(rows)
        woken: dict[str, Run] = {}
        for row in rows:
            run = runs[str(row.step_id)]
            if any(_wake(run, event) for event in past[row.pk] if event.id != run.event.id):
                woken[str(row.step_id)] = run
        _take_on(woken)

    def on_dead(self, item: Claimed, error: str) -> None:
        """The execution fails with the reason."""
        give_up(item.ref, error, _WAITING)


class ChildHandler(InternalHandler):
    """A child has ended: ``ref`` is its id."""

    kind = steps.CHILD

    def handle(self, items: Sequence[Claimed]) -> None:
        """Tell the node that each parent waits at. One that is ended by another that is told here stays so."""
        with endings():
            self._tell(items)

    def _tell(self, items: Sequence[Claimed]) -> None:
        children = WorkflowExecution.objects.filter(id__in=[item.ref for item in items])
        by_id = {str(child.id): child for child in children}
        steps_of = ActionExecution.objects.filter(
            execution_id__in={child.parent_id for child in by_id.values()}, state=ActionState.WAITING
        )
        step_ids: dict[uuid.UUID | None, str] = {
            row.execution_id: str(row.id) for row in steps_of.order_by("id")
        }
        runs = runs_of(list(step_ids.values()), states=_WAITING, lock=True)
        _read_children(runs.values())
        told: dict[str, Run] = {}
        for item in items:
            child = by_id.get(item.ref)
            run = runs.get(step_ids[child.parent_id]) if child and child.parent_id in step_ids else None
            if child is None or run is None or not _is_of(child, run):
                continue
            if run.execution.state == ExecutionState.WAITING:
                assert run.step is not None
                if run.step not in run.changed_steps:
                    run.changed_steps.append(run.step)
                run.node.type.child_ended(run, child)
                told[str(run.execution.id)] = run
        proceed(list(told.values()))

    def on_dead(self, item: Claimed, error: str) -> None:
        """Nobody else would tell the parent: it fails with the reason, and what it waited for ends."""
        child = WorkflowExecution.objects.filter(id=item.ref).first()
        step_id = spawned_by(child) if child is not None else ""
        if step_id and give_up(step_id, error, _WAITING):
            assert child is not None
            siblings = WorkflowExecution.objects.filter(parent_id=child.parent_id, scope__step=step_id)
            end_trees(
                siblings.values_list("id", flat=True), reason="not_needed", state=ExecutionState.CANCELLED
            )


def _read_children(runs: Collection[Run]) -> None:
    """All children of all parents, with one query. A child that ends after it has a signal of its own, behind this one."""
    by_parent: dict[uuid.UUID | None, list[WorkflowExecution]] = defaultdict(list)
    for child in WorkflowExecution.objects.filter(parent_id__in=[run.execution.id for run in runs]):
        by_parent[child.parent_id].append(child)
    for run in runs:
        run.stored_children = by_parent[run.execution.id]


def _is_of(child: WorkflowExecution, run: Run) -> bool:
    """Whether the step in hand spawned the child. The news of one that was not needed any more comes when its parent has
    gone on."""
    return run.step is not None and spawned_by(child) == str(run.step.id)


for _handler in (WakeHandler(), LookBackHandler(), ChildHandler()):
    HANDLERS.add(_handler.kind, _handler)

"""Retrying: failed executions taken on from where they failed, with the branches that failed in them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from core.errors import PermanentError
from events.models import Event
from events.queue.dead import forget
from workflow.engine.leaving import UNDER_WAY
from workflow.engine.plan import Plan, plans_by_version
from workflow.engine.run import Run, spawned_by
from workflow.engine.runner import proceed, report_to_parent
from workflow.engine.steps import CALL, CHILD, STEP
from workflow.models import ActionExecution, ActionState, ExecutionState, WorkflowExecution
from workflow.services.versions import revive

_BATCH = 100
#: How a branch ended that has not done its part: it is taken on with the execution that waited for it.
_UNDONE = frozenset({ExecutionState.FAILED, ExecutionState.CANCELLED})
_GIVEN_UP = (ActionState.FAILED, ActionState.CANCELLED)


class NotFailedError(PermanentError):
    """Only a failed execution can be retried."""


class NotRootError(PermanentError):
    """A branch, a turn or a called workflow is retried with the execution that it belongs to."""


class NotRetriableError(PermanentError):
    """The execution cannot go on from where it failed; retry it from another step."""


def retry_execution(execution_id: uuid.UUID) -> WorkflowExecution:
    """Take one failed execution on, with the branches, turns and called workflows that failed in it.

    Raises ``NotFailedError``, ``NotRootError`` (which names the execution to retry), ``NotRetriableError`` and
    ``WorkflowExecution.DoesNotExist``.
    """
    with transaction.atomic():
        found = WorkflowExecution.objects.select_for_update(of=("self",)).get(id=execution_id)
        refuse_child(found)
        if found.state != ExecutionState.FAILED:
            raise NotFailedError(f"The execution is {found.state}. {NotFailedError.__doc__}")
        (run,) = _Family([found]).runs(strict=True)
        _go([run])
    return run.execution


def retry_many(execution_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Take on those of these executions that are failed and can go on; returns their ids. In the caller's transaction."""
    rows = _retriable().filter(id__in=execution_ids).order_by("id")
    runs = list(_Family(list(rows.select_for_update(of=("self",)))).runs())
    _go(runs)
    return [run.execution.id for run in runs]


def retry_failed(*, within: timedelta = timedelta(days=1), limit: int = 1_000) -> int:
    """Take on the executions that failed within the last ``within``, oldest first; returns how many.

    A step keeps its id, so the effect key of what it does: what took effect before its answer was lost is not done
    twice by whoever heeds the key. It has its policy's attempts afresh, as a dead item that is put back has.
    """
    failed = _retriable().filter(ended_at__gte=Now() - within)
    ids = list(failed.order_by("id").values_list("id", flat=True)[:limit])
    count = 0
    for first in range(0, len(ids), _BATCH):
        with transaction.atomic():
            count += len(retry_many(ids[first : first + _BATCH]))
    return count


def _retriable() -> QuerySet[WorkflowExecution]:
    """Failed roots; not those that an exit node let fail, which would do so again."""
    failed = WorkflowExecution.objects.filter(state=ExecutionState.FAILED, parent__isnull=True)
    return failed.exclude(exit_reason="exit")


def refuse_child(execution: WorkflowExecution) -> None:
    """Raises ``NotRootError`` for an execution that is a part of another."""
    root = execution
    while root.parent is not None:
        root = root.parent
    if root is not execution:
        raise NotRootError(f"This execution is a part of {root.id}; retry that one.")


def _go(runs: Sequence[Run]) -> None:
    """Run them on, with all that they have below them."""
    family = [member for run in runs for member in _below(run)]
    revive({run.plan.version_id for run in family})
    # What was given up in the queue would keep its new item out.
    forget(
        *(key for run in family if run.step is not None for key in _keys(run.step)),
        *(f"{CHILD}:{run.execution.id}" for run in family),
    )
    for run in family:
        if run.step is not None:
            run.step.attempts = 1
    proceed(runs)


def _below(run: Run) -> Iterator[Run]:
    yield run
    for child in run.children:
        yield from _below(child)


def _keys(step: ActionExecution) -> list[str]:
    tries = [f"{kind}:{step.id}:{number}" for kind in (STEP, CALL) for number in range(1, step.attempts + 1)]
    return [f"{STEP}:{step.id}", *tries]


@dataclass(slots=True)
class _Family:
    """Failed executions and, level by level, what failed below them; the rows of the roots are locked."""

    roots: Sequence[WorkflowExecution]
    steps: dict[uuid.UUID, ActionExecution] = field(default_factory=dict)
    children: dict[uuid.UUID, list[WorkflowExecution]] = field(default_factory=lambda: defaultdict(list))
    plans: Mapping[uuid.UUID, Plan] = field(default_factory=dict)
    events: Mapping[uuid.UUID, Event] = field(default_factory=dict)

    def runs(self, *, strict: bool = False) -> Iterator[Run]:
        """Those that can go on; ``strict`` raises ``NotRetriableError`` for the others."""
        found = list(self._load())
        self.plans = plans_by_version({execution.version_id for execution in found})
        self.events = Event.objects.in_bulk({execution.event_id for execution in found})
        for root in self.roots:
            try:
                yield self._run(root)
            except NotRetriableError:
                if strict:
                    raise

    def _load(self) -> Iterator[WorkflowExecution]:
        level = list(self.roots)
        while level:
            yield from level
            self._load_steps(level)
            level = self._load_children(level)

    def _load_steps(self, level: Sequence[WorkflowExecution]) -> None:
        """The last step of each at the node where it stands; a condition that could not be decided has none."""
        by_id = {execution.id: execution for execution in level}
        rows = ActionExecution.objects.filter(execution_id__in=list(by_id), state__in=_GIVEN_UP)
        for step in rows.order_by("id").select_for_update(of=("self",)):
            execution = by_id[step.execution_id]
            if step.node == execution.node:
                step.execution = execution
                self.steps[execution.id] = step

    def _load_children(self, level: Sequence[WorkflowExecution]) -> list[WorkflowExecution]:
        """What the steps spawned; returns what is to be taken on of it."""
        rows = WorkflowExecution.objects.filter(parent_id__in=[execution.id for execution in level])
        undone: list[WorkflowExecution] = []
        for child in rows.order_by("id").select_for_update(of=("self",)):
            assert child.parent_id is not None
            step = self.steps.get(child.parent_id)
            if step is not None and spawned_by(child) == str(step.id):
                self.children[child.parent_id].append(child)
                if child.state in _UNDONE:
                    undone.append(child)
        return undone

    def _run(self, execution: WorkflowExecution) -> Run:
        plan, event = self.plans.get(execution.version_id), self.events.get(execution.event_id)
        if plan is None or event is None or execution.node not in plan.nodes:
            raise NotRetriableError
        if execution.exit_reason == "exit":
            raise NotRetriableError(
                f"Execution {execution.id} came to an exit, and would again. {NotRetriableError.__doc__}"
            )
        step, children = self.steps.get(execution.id), self.children.get(execution.id, [])
        below = [self._run(child) for child in children if child.state in _UNDONE]
        run = Run(plan, execution, event, step=step)
        execution.error, execution.exit_reason, execution.ended_at = "", "", None
        execution.outputs.pop(execution.node, None)
        if step is not None:
            step.ended_at = None
            step.state = ActionState.WAITING if children else ActionState.RUNNING
        if step is None or not children:
            execution.state = ExecutionState.RUNNING
            return run
        execution.state = ExecutionState.WAITING
        step.port = step.error = ""
        run.changed_steps.append(step)
        run.node.type.taken_on(run, [member.execution for member in below])
        for member in below:
            member.parent = run
        run.children.extend(below)
        if not below and not any(child.state in UNDER_WAY for child in children):
            # All came in after it had failed: nobody else would tell.
            forget(f"{CHILD}:{children[-1].id}")
            report_to_parent(children[-1])
        return run

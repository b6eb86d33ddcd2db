"""Carrying: waiting steps taken over to nodes of another version, with their timers and the events that they wait for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel

from core.bulk import insert_rows, update_rows
from core.errors import PermanentError, RetryableError
from events.models import Event
from events.queue.enqueue import NewItem, enqueue, withdraw
from workflow.actions.base import InternalAction, Park
from workflow.engine import steps
from workflow.engine.plan import Plan, PlanNode
from workflow.engine.rendering import configs_of
from workflow.engine.resume import afresh
from workflow.engine.run import Run
from workflow.models import ActionExecution, ActionState, EventWait


def wait_kind(node: PlanNode) -> Literal["", "time", "event"]:
    """What an execution waits for at a node: a time, an event; empty for nodes whose wait cannot be taken over."""
    if node.action is None or not node.action.pauses:
        return ""
    return "event" if node.action.awaits(node.config) else "time"


@dataclass(frozen=True, slots=True)
class Carried:
    """A waiting step, locked with its execution, and the node of the new version that takes it over."""

    step: ActionExecution
    node: str


@dataclass(frozen=True, slots=True)
class _Anew:
    """What the new node would have a step wait for."""

    config: BaseModel
    park: Park


@dataclass(slots=True)
class _Writes:
    """All that is to be written of a batch."""

    moved: list[ActionExecution] = field(default_factory=list)
    replaced: list[ActionExecution] = field(default_factory=list)
    begun: list[ActionExecution] = field(default_factory=list)
    waits: list[EventWait] = field(default_factory=list)
    begun_waits: list[EventWait] = field(default_factory=list)
    items: list[NewItem] = field(default_factory=list)

    def write(self) -> None:
        """Rows, then timers."""
        done = [*self.moved, *self.replaced]
        update_rows([step.execution for step in done], ["version", "node", "outputs"])
        update_rows(self.moved, ["node", "input", "port"])
        update_rows(self.replaced, ["state", "ended_at"])
        insert_rows(self.begun)
        EventWait.objects.filter(step__in=self.replaced).delete()
        update_rows(self.waits, ["event_type", "key", "since"])
        insert_rows(self.begun_waits)
        if self.replaced:
            withdraw(*(f"{steps.STEP}:{step.id}" for step in self.replaced))
        enqueue(*self.items)


def carry(
    batch: Sequence[Carried], plan: Plan, *, mapping: Mapping[str, str], retime: bool
) -> set[uuid.UUID]:
    """Take the steps over to ``plan``; returns the ids of those whose wait could not be worked out, which are left.

    A wait for a time keeps its timer, a wait for an event waits for what the new node says. ``retime`` computes both
    anew, counted from when the wait began, as a new step: a timer of the old one that rings just now finds nothing.
    """
    rows = EventWait.objects.filter(step__in=[carried.step for carried in batch])
    waits = {row.step_id: row for row in rows.select_for_update().order_by("pk")}
    asked = [carried for carried in batch if retime or carried.step.id in waits]
    found = _anew(asked, plan, mapping)
    writes, undecided = _Writes(), set[uuid.UUID]()
    for carried in batch:
        step, anew = carried.step, found.get(carried.step.id)
        if anew is None and (retime or step.id in waits):
            undecided.add(step.id)
            continue
        _place(step, plan, carried.node, mapping)
        if retime:
            assert anew is not None
            _replace(step, carried.node, anew, writes)
            continue
        step.node = carried.node
        writes.moved.append(step)
        if anew is not None:
            _await(step, waits[step.id], anew, writes)
    writes.write()
    return undecided


def _anew(asked: Sequence[Carried], plan: Plan, mapping: Mapping[str, str]) -> dict[uuid.UUID, _Anew]:
    """By step, what it would wait for at its new node; those where that cannot be told are left out."""
    events = Event.objects.in_bulk({carried.step.execution.event_id for carried in asked})
    runs: list[Run] = []
    for carried in asked:
        event = events.get(carried.step.execution.event_id)
        if event is not None:
            run = afresh(Run(plan, carried.step.execution, event, step=carried.step))
            _place(run.step, plan, carried.node, mapping)
            run.clock = carried.step.started_at
            runs.append(run)
    found: dict[uuid.UUID, _Anew] = {}
    for run, config in zip(runs, configs_of(runs) if runs else [], strict=True):
        assert run.step is not None
        park = _park(run, run.step, config)
        if park is not None and isinstance(config, BaseModel):
            found[run.step.id] = _Anew(config, park)
    return found


def _park(run: Run, step: ActionExecution, config: BaseModel | Exception) -> Park | None:
    action = run.node.action
    if isinstance(config, Exception) or not isinstance(action, InternalAction):
        return None
    try:
        answer = action.run(config, run.action_context(step))
    except (PermanentError, RetryableError):
        return None
    return answer if isinstance(answer, Park) else None


def _place(step: ActionExecution | None, plan: Plan, node: str, mapping: Mapping[str, str]) -> None:
    """The execution stands at the node of the new version, and knows what was found out by the new names."""
    assert step is not None
    execution = step.execution
    execution.version_id, execution.node = plan.version_id, node
    execution.outputs = _renamed(execution.outputs, mapping)


def _renamed(outputs: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    return {
        (mapping[node] if node in mapping and mapping[node] not in outputs else node): output
        for node, output in outputs.items()
    }


def _await(step: ActionExecution, row: EventWait, anew: _Anew, writes: _Writes) -> None:
    """The step waits on, for what the new node says; what came since it began to wait may have been that."""
    before = (step.input, row.event_type, row.key)
    event = anew.park.event
    assert event is not None, "the two nodes wait for an event"
    steps.keep_input(step, anew.config)
    step.port = anew.park.port
    row.event_type, row.key, row.since = event.event_type, event.key, event.since
    if (step.input, row.event_type, row.key) != before:
        writes.waits.append(row)
        writes.items.append(_look_back(step))


def _look_back(step: ActionExecution) -> NewItem:
    return NewItem(lane=steps.signal_lane(step.execution_id), kind=steps.LOOK_BACK, ref=str(step.id))


def _replace(step: ActionExecution, node: str, anew: _Anew, writes: _Writes) -> None:
    """A new step waits instead, as if it had begun when the old one did."""
    step.state, step.ended_at = ActionState.CANCELLED, datetime.now(UTC)
    writes.replaced.append(step)
    new = ActionExecution(
        execution=step.execution,
        node=node,
        action=step.action,
        state=ActionState.WAITING,
        port=anew.park.port,
        output=anew.park.output.model_dump(mode="json"),
        started_at=step.started_at,
    )
    steps.keep_input(new, anew.config)
    writes.begun.append(new)
    writes.items.append(
        NewItem(
            lane=steps.timer_lane(step.execution_id),
            kind=steps.STEP,
            ref=str(new.id),
            run_at=anew.park.until,
        )
    )
    event = anew.park.event
    if event is not None:
        writes.begun_waits.append(
            EventWait(
                step=new,
                execution=step.execution,
                event_type=event.event_type,
                key=event.key,
                since=event.since,
            )
        )
        writes.items.append(_look_back(new))

"""The timeline of an execution: its steps in their order, what they wait for, decisions, and branches below their steps."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from events.queue.models import Item, ItemState
from tenants.scope import require_tenant
from workflow.admin.bases import TONES, as_text
from workflow.engine.leaving import tree_of
from workflow.engine.steps import timer_lane
from workflow.graph import DocumentError
from workflow.graph.document import read
from workflow.models import ActionExecution, ActionState, Approval, EventWait, Version, WorkflowExecution
from workflow.selectors.decisions import Graph, decides
from workflow.selectors.tallies import OPEN

#: More than this is not shown: a loop may have thousands of turns.
MOST_EXECUTIONS, MOST_STEPS = 200, 1_000


@dataclass(slots=True)
class Decision:
    """A node that left no step, and the port that it was left by."""

    node: str
    name: str
    port: str


@dataclass(slots=True)
class StepLine:
    """A step on the timeline. ``wait`` says what it waits for; ``until`` is when that ends or when it is tried again."""

    node: str
    name: str
    action: str
    state: str
    state_label: str
    tone: str
    port: str
    attempts: int
    started_at: datetime
    duration: str
    given: str
    gave: str
    error: str
    wait: str = ""
    until: datetime | None = None
    branches: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """An execution with its steps; ``branch`` is its place in the one above."""

    id: uuid.UUID
    workflow: str
    branch: str
    state: str
    state_label: str
    tone: str
    reason: str
    error: str
    duration: str
    steps: list[StepLine]
    decisions: list[Decision]
    loose: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Timeline:
    """``cut`` tells that there is more than is shown."""

    line: Line
    cut: bool


def timeline_of(execution: WorkflowExecution) -> Timeline:
    """The execution with all below it, seven statements for however many there are."""
    ids = tree_of([execution.id])
    rows = WorkflowExecution.objects.filter(id__in=sorted(ids)[:MOST_EXECUTIONS]).order_by("id")
    executions = list(rows.select_related("workflow").defer("workflow__draft"))
    shown = {row.id: row for row in executions}
    found = ActionExecution.objects.filter(execution_id__in=shown).order_by("started_at", "id")
    steps = list(found.select_related("event_wait", "approval")[: MOST_STEPS + 1])
    timers = _timers([row.id for row in executions if any(s.execution_id == row.id for s in steps)], steps)
    graphs = _graphs({row.version_id for row in executions})
    of_execution: dict[uuid.UUID, list[ActionExecution]] = defaultdict(list)
    for step in steps[:MOST_STEPS]:
        of_execution[step.execution_id].append(step)
    lines: dict[uuid.UUID, Line] = {}
    step_lines: dict[uuid.UUID, list[tuple[ActionExecution, StepLine]]] = {}
    for row in executions:
        graph = graphs.get(row.version_id)
        step_lines[row.id] = [(s, _step_line(s, graph, timers)) for s in of_execution[row.id]]
        lines[row.id] = _line(
            row, graph, [line for _, line in step_lines[row.id]], parent=row.id == execution.id
        )
    for row in executions:
        if row.id != execution.id and row.parent_id in lines:
            _hang(lines[row.id], row, lines[row.parent_id], step_lines[row.parent_id])
    return Timeline(lines[execution.id], cut=len(ids) > len(executions) or len(steps) > MOST_STEPS)


def _hang(
    line: Line, row: WorkflowExecution, parent: Line, steps: Sequence[tuple[ActionExecution, StepLine]]
) -> None:
    """Below the last step that can have spawned it."""
    node = row.branch.split(":", 1)[0]
    spawning = [shown for step, shown in steps if step.node == node and step.started_at <= row.started_at]
    (spawning[-1].branches if spawning else parent.loose).append(line)


def _timers(ids: Sequence[uuid.UUID], steps: Sequence[ActionExecution]) -> Mapping[str, datetime]:
    """When the timers of the steps ring, by step."""
    if not any(step.state in OPEN for step in steps):
        return {}
    items = Item.objects.filter(
        tenant_id=require_tenant().id,
        lane_key__in=[timer_lane(execution_id) for execution_id in ids],
        state=ItemState.PENDING,
    )
    return dict(items.values_list("ref", "run_at"))


def _graphs(version_ids: set[uuid.UUID]) -> dict[uuid.UUID, Graph]:
    graphs: dict[uuid.UUID, Graph] = {}
    for version in Version.objects.filter(id__in=version_ids):
        try:
            graphs[version.id] = Graph(read(version.document))
        except DocumentError:
            continue
    return graphs


def _line(row: WorkflowExecution, graph: Graph | None, steps: list[StepLine], *, parent: bool) -> Line:
    return Line(
        id=row.id,
        workflow=row.workflow.name,
        branch="" if parent else row.branch.rstrip(":"),
        state=row.state,
        state_label=row.get_state_display(),
        tone=TONES.get(row.state, "default"),
        reason=row.exit_reason.replace("_", " "),
        error=row.error,
        duration=spoken(row.started_at, row.ended_at),
        steps=steps,
        decisions=_decisions(row, graph) if graph is not None else [],
    )


def _decisions(row: WorkflowExecution, graph: Graph) -> list[Decision]:
    own = row.parent_id is None or row.branch.endswith(":")
    container = row.branch.split(":", 1)[0]
    name = "" if own else f"{container}:each" if container in graph.ids("loop") else row.branch
    level = graph.level(name)
    results = {
        node: str(output["result"])
        for node, output in row.outputs.items()
        if isinstance(output, dict) and "result" in output
    }
    if level is None:
        return []
    return [
        Decision(node, graph.nodes[node].name or node, results[node])
        for node in graph.walk(level, results)
        if node in results and decides(graph.nodes[node].type)
    ]


def _step_line(step: ActionExecution, graph: Graph | None, timers: Mapping[str, datetime]) -> StepLine:
    node = graph.nodes.get(step.node) if graph is not None else None
    is_open = step.state in OPEN
    return StepLine(
        node=step.node,
        name=(node.name if node is not None else "") or step.node,
        action=step.action,
        state=step.state,
        state_label=step.get_state_display(),
        tone=TONES.get(step.state, "default"),
        port=step.port if not is_open else "",
        attempts=step.attempts,
        started_at=step.started_at,
        duration=spoken(step.started_at, step.ended_at),
        given=as_text(step.input) if step.input else "",
        gave=as_text(step.output) if step.output else "",
        error=step.error,
        wait=_wait(step) if is_open else "",
        until=timers.get(str(step.id)) if is_open else None,
    )


def _wait(step: ActionExecution) -> str:
    """What an open step waits for, in words."""
    if step.state == ActionState.RETRYING:
        return "Will be tried again"
    event: EventWait | None = _reverse(step, "event_wait")
    if event is not None:
        return f"Waits for {event.event_type} of {event.key}"
    approval: Approval | None = _reverse(step, "approval")
    if approval is not None:
        return f"Waits for approval: {approval.title}"
    return "Waits"


def _reverse(step: ActionExecution, name: str) -> Any:
    try:
        return getattr(step, name)
    except ObjectDoesNotExist:
        return None


_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def spoken(begin: datetime, end: datetime | None) -> str:
    """How long it took, in its two largest units: ``3 d 4 h``, ``2.5 s``, ``40 ms``."""
    seconds = ((end or datetime.now(UTC)) - begin).total_seconds()
    return spoken_seconds(max(seconds, 0.0))


def spoken_seconds(seconds: float | None) -> str:
    """See :func:`spoken`; ``–`` when it is not known."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{seconds * 1_000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.3g} s"
    parts: list[str] = []
    left = round(seconds)
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {unit}")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if not part.startswith("0 "))

"""Replaying: the way that an execution took through its graph, node by node, with what each was given and gave back."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count

from workflow.engine.leaving import OPEN_STEPS
from workflow.graph import Document, DocumentError, read
from workflow.graph.structure import joins_of, nexts_of
from workflow.models import ActionExecution, ActionState, ExecutionState, Version, WorkflowExecution
from workflow.services.diffing import node_label

#: How deep children are shown: branches in turns in called workflows.
MAX_DEPTH = 4
#: How many steps are shown of a whole replay, and how many children of one level.
MOST_STEPS, MOST_CHILDREN = 1_000, 300

#: Nodes that leave a step behind when they are come by; the others only decide.
_STEPPING = frozenset({"action", "parallel", "loop", "sub_workflow", "approval"})
_LOOP, _JOIN = "loop", "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A node that was come by. ``step`` is its row, ``None`` for a node that only decides: what it found out is
    reconstructed from the execution's outputs (its last result, if it was come by more than once) and from where it went on
    then. ``port`` is empty while it stands there, and where it ended. ``jumped`` tells that no edge leads here from the node
    before: the execution was moved to this version, or begun again from here. ``known`` is false for a node that this
    version does not have."""

    node: str
    label: str
    type: str
    step: uuid.UUID | None
    action: str
    state: str
    port: str
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    input: Any
    output: Any
    error: str
    jumped: bool
    known: bool
    children: Sequence[Replay] = ()

    @property
    def duration_s(self) -> float | None:
        """How long it took, waits included."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """An execution and its way. ``graph`` names the version in the replay's ``graphs``. ``truncated`` tells that steps or
    children of it are not shown, as there are too many."""

    execution: WorkflowExecution
    graph: uuid.UUID
    visits: Sequence[Visit]
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A version's nodes and edges, as its document has them; both empty when this release cannot read it."""

    version: uuid.UUID
    workflow: uuid.UUID
    workflow_name: str
    number: int
    start: str
    nodes: Sequence[Mapping[str, Any]]
    edges: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Map:
    """What is asked of a version's graph."""

    labels: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    nexts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    joins: Mapping[str, str] = field(default_factory=dict)
    first: str = ""

    def leads(self, node: str) -> Mapping[str, str]:
        """Where an execution goes from a node, by port; from a parallel node by ``next`` to its join."""
        ports = self.nexts.get(node, {})
        return {**ports, "next": self.joins[node]} if node in self.joins else ports


def replay(execution: WorkflowExecution) -> tuple[Replay, list[Graph]]:
    """The way of an execution with those of its children, and the graphs that they went through."""
    loaded = _Load()
    loaded.load([execution], depth=0, room=MOST_STEPS)
    return loaded.replay_of(execution), [graph for graph, _ in loaded.maps.values()]


class _Load:
    """All rows of a replay, read level by level."""

    def __init__(self) -> None:
        self.steps: dict[uuid.UUID, list[ActionExecution]] = defaultdict(list)
        self.children: dict[uuid.UUID, list[WorkflowExecution]] = defaultdict(list)
        self.maps: dict[uuid.UUID, tuple[Graph, _Map]] = {}
        self.cut: set[uuid.UUID] = set()

    def load(self, level: Sequence[WorkflowExecution], *, depth: int, room: int) -> None:
        """Read a level and those below it, as far as there is room."""
        ids = [execution.id for execution in level]
        self._load_maps({execution.version_id for execution in level} - self.maps.keys())
        steps = list(
            ActionExecution.objects.filter(execution_id__in=ids).order_by("started_at", "id")[: room + 1]
        )
        if len(steps) > room:
            # They are read across all, so that any of them may lack some.
            self.cut.update(ids)
        for step in steps[:room]:
            self.steps[step.execution_id].append(step)
        room -= len(steps)
        below = self._children_of(ids, most=MOST_CHILDREN if room > 0 and depth < MAX_DEPTH else 0)
        if below:
            self.load(below, depth=depth + 1, room=room)

    def _children_of(self, ids: Sequence[uuid.UUID], *, most: int) -> list[WorkflowExecution]:
        rows = WorkflowExecution.objects.filter(parent_id__in=ids)
        counts: dict[Any, int] = dict(rows.order_by().values_list("parent_id").annotate(spawned=Count("id")))
        shown = rows.select_related("workflow", "version").defer("workflow__draft", "version__document")
        found = list(shown.order_by("started_at", "id")[:most])
        for child in found:
            assert child.parent_id is not None
            self.children[child.parent_id].append(child)
        self.cut |= {parent for parent, count in counts.items() if count > len(self.children[parent])}
        return found

    def _load_maps(self, version_ids: set[uuid.UUID]) -> None:
        for version in Version.objects.filter(id__in=version_ids).select_related("workflow"):
            self.maps[version.id] = _mapped(version)

    def replay_of(self, execution: WorkflowExecution) -> Replay:
        """One execution's way."""
        _, graph = self.maps[execution.version_id]
        truncated = execution.id in self.cut
        visits = _Way(execution, graph).visits(self.steps[execution.id], to_its_end=not truncated)
        return Replay(
            execution=execution,
            graph=execution.version_id,
            visits=[self._with_children(execution, visit) for visit in visits],
            truncated=truncated,
        )

    def _with_children(self, execution: WorkflowExecution, visit: Visit) -> Visit:
        found = [child for child in self.children[execution.id] if _is_of(child, visit)]
        return replace(visit, children=[self.replay_of(child) for child in found]) if found else visit


def _is_of(child: WorkflowExecution, visit: Visit) -> bool:
    """Whether it was spawned by this visit: a node may be come by several times."""
    return (
        visit.step is not None
        and visit.started_at is not None
        and child.branch.startswith(f"{visit.node}:")
        and child.started_at >= visit.started_at
        and (visit.ended_at is None or child.started_at <= visit.ended_at)
    )


def _mapped(version: Version) -> tuple[Graph, _Map]:
    try:
        document = read(version.document)
    except DocumentError:
        document = Document()
    nodes = {node.id: node for node in document.nodes}
    nexts = nexts_of(document)
    graph = Graph(
        version=version.id,
        workflow=version.workflow_id,
        workflow_name=version.workflow.name,
        number=version.number,
        start=document.first,
        nodes=[
            {
                "id": node.id,
                "type": node.type,
                "action": node.action,
                "label": node_label(node),
                "ui": node.ui,
            }
            for node in document.nodes
        ],
        edges=[edge.model_dump(mode="json") for edge in document.edges],
    )
    return graph, _Map(
        labels={node.id: node_label(node) for node in document.nodes},
        types={node.id: node.type for node in document.nodes},
        nexts=dict(nexts),
        joins={parallel: min(joins) for parallel, joins in joins_of(nodes, nexts).items() if joins},
        first=document.first,
    )


class _Way:
    """Walks one execution's graph along its steps."""

    def __init__(self, execution: WorkflowExecution, graph: _Map) -> None:
        self._execution, self._graph = execution, graph
        self._at = self._first()
        self._when = execution.started_at

    def _first(self) -> str:
        """Where it began: a branch or a turn behind the port that its ``branch`` names."""
        node, _, port = self._execution.branch.partition(":")
        if self._execution.parent_id is None or not port:
            return self._graph.first
        ports = self._graph.nexts.get(node, {})
        return ports.get("each" if self._graph.types.get(node) == _LOOP else port, "")

    def visits(self, steps: Sequence[ActionExecution], *, to_its_end: bool) -> Iterator[Visit]:
        """Its visits in order; what only was decided after the last step is left out unless ``to_its_end``."""
        for step in steps:
            way = self._way_to(step.node)
            for node, port in way or ():
                yield self._decision(node, port)
            yield self._step(step, jumped=way is None)
        if to_its_end:
            yield from self._end()

    def _way_to(self, target: str) -> list[tuple[str, str]] | None:
        """The nodes that decided on the way to the next step, each with its port; ``None`` when no way leads there."""
        return self._by_results(target) if self._by_results(target) is not None else self._by_edges(target)

    def _by_results(self, target: str) -> list[tuple[str, str]] | None:
        node, way = self._at, list[tuple[str, str]]()
        while node != target:
            port = self._result(node)
            if not node or not port or self._graph.types.get(node) in _STEPPING or (node, port) in way:
                return None
            way.append((node, port))
            node = self._graph.nexts.get(node, {}).get(port, "")
        return way

    def _by_edges(self, target: str) -> list[tuple[str, str]] | None:
        """The shortest: where a node was come by again, its last result says nothing of the times before."""
        ways: dict[str, list[tuple[str, str]]] = {self._at: []}
        todo = [self._at] if self._at else []
        for node in todo:
            if node == target:
                return ways[node]
            if self._graph.types.get(node) in _STEPPING:
                continue
            for port, following in self._graph.nexts.get(node, {}).items():
                if following not in ways:
                    ways[following] = [*ways[node], (node, port)]
                    todo.append(following)
        return None

    def _result(self, node: str) -> str:
        output = self._execution.outputs.get(node)
        result = output.get("result") if isinstance(output, dict) else None
        return result if isinstance(result, str) else ""

    def _decision(
        self, node: str, port: str, *, state: str = ActionState.COMPLETED, error: str = ""
    ) -> Visit:
        output = self._execution.outputs.get(node)
        if not isinstance(output, dict) or (port and output.get("result") != port):
            output = {"result": port} if port else {}
        return Visit(
            node=node,
            label=self._graph.labels.get(node, node),
            type=self._graph.types.get(node, ""),
            step=None,
            action="",
            state=state,
            port=port,
            started_at=self._when,
            ended_at=self._when,
            attempts=1,
            input={},
            output=output,
            error=error or str(output.get("error", "")),
            jumped=False,
            known=True,
        )

    def _step(self, step: ActionExecution, *, jumped: bool) -> Visit:
        port = "" if step.state in OPEN_STEPS or step.state == ActionState.CANCELLED else step.port or "next"
        leads = self._graph.leads(step.node)
        self._when = step.ended_at or self._when
        # One that was cancelled while its execution went on was begun anew at the same node.
        self._at = step.node if step.state == ActionState.CANCELLED else leads.get(port, "")
        if step.state == ActionState.FAILED and port not in leads:
            port = ""
        return Visit(
            node=step.node,
            label=self._graph.labels.get(step.node, step.node),
            type=self._graph.types.get(step.node, ""),
            step=step.id,
            action=step.action,
            state=step.state,
            port=port,
            started_at=step.started_at,
            ended_at=step.ended_at,
            attempts=step.attempts,
            input=step.input,
            output=step.output,
            error=step.error,
            jumped=jumped,
            known=step.node in self._graph.types,
        )

    def _end(self) -> Iterator[Visit]:
        """What was decided after the last step."""
        seen = set[str]()
        while self._at and self._at not in seen and self._graph.types.get(self._at) not in _STEPPING:
            node = self._at
            seen.add(node)
            ports, result = self._graph.nexts.get(node, {}), self._result(node)
            if not result or result not in ports:
                if result or self._stands_at(node):
                    yield self._last(node, result)
                return
            yield self._decision(node, result)
            self._at = ports[result]

    def _stands_at(self, node: str) -> bool:
        """It failed here, or it is a branch that came to its join."""
        return self._execution.node == node or (
            self._graph.types.get(node) == _JOIN and self._execution.state == ExecutionState.COMPLETED
        )

    def _last(self, node: str, result: str) -> Visit:
        failed = self._execution.state == ExecutionState.FAILED and self._execution.node == node
        # An exit's result is its outcome, not a port.
        port = "" if self._graph.types.get(node) == "exit" else result
        visit = self._decision(node, port, state=ActionState.FAILED if failed else ActionState.COMPLETED)
        if failed:
            visit = replace(visit, error=visit.error or self._execution.error)
        return visit

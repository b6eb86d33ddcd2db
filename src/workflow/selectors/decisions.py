"""Counts of the nodes that only decide: they leave no step, their results stand in the executions' outputs.

A branch knows what its parent had found out when it began, and a parent takes over what its branches found out, so that
a result in the outputs does not tell by itself whether that execution came by the node. The executions are therefore
summed up by their results, and each sort is walked through the graph of its version.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from workflow.graph import NODE_TYPES, Document
from workflow.graph.structure import EACH, ERROR, LOOP, PARALLEL, joins_of, nexts_of
from workflow.models import ExecutionState, Version
from workflow.selectors.tallies import Tally
from workflow.selectors.window import Window

SPLIT = "split"

#: Levels: an execution itself, a called one, a branch ``node:port``, a turn of a loop ``node:each``.
_ROOT, _CALLED = "", ":"
_SORTS = """
SELECT e.version_id,
       CASE WHEN e.parent_id IS NULL THEN '' WHEN right(e.branch, 1) = ':' THEN ':'
            WHEN split_part(e.branch, ':', 1) = ANY(%s) THEN split_part(e.branch, ':', 1) || ':each'
            ELSE e.branch END,
       CASE WHEN e.state = %s THEN e.node ELSE '' END,
       ARRAY[{results}], count(*), count(e.converted_at)
FROM workflow_workflowexecution e, jsonb_to_record(e.outputs) AS o({columns})
WHERE {where}
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Level:
    """A part of a graph that one execution runs through: from where, and where it is over."""

    start: str
    stop: str = ""


class Graph:
    """A version's document, to be walked through."""

    def __init__(self, document: Document) -> None:
        self.nodes = {node.id: node for node in document.nodes}
        self.nexts = nexts_of(document)
        self._first = document.first
        self._joins = {
            parallel: min(joins) for parallel, joins in joins_of(self.nodes, self.nexts).items() if joins
        }

    def ids(self, *types: str) -> list[str]:
        """The nodes of these types."""
        return [node.id for node in self.nodes.values() if node.type in types]

    def level(self, name: str) -> Level | None:
        """See ``_SORTS``; ``None`` when this version has no such branch."""
        if name in (_ROOT, _CALLED):
            return Level(self._first)
        container, port = name.split(":", 1)
        start = self.nexts[container].get(port) if container in self.nodes else None
        if start is None:
            return None
        return Level(start, container if port == EACH else self._joins.get(container, ""))

    def walk(self, level: Level, results: Mapping[str, str]) -> Iterator[str]:
        """The deciding nodes that an execution with these results came by. Where a step was it may have left by any port."""
        seen, todo = {level.stop}, [level.start]
        while todo:
            node_id = todo.pop()
            if node_id in seen or node_id not in self.nodes:
                continue
            seen.add(node_id)
            kind = self.nodes[node_id].type
            if decides(kind):
                yield node_id
            todo.extend(self._onwards(node_id, kind, results))

    def _onwards(self, node_id: str, kind: str, results: Mapping[str, str]) -> list[str]:
        nexts = self.nexts[node_id]
        if decides(kind):
            port = results.get(node_id, "")
            return [nexts[port]] if port in nexts else []
        if kind == PARALLEL:
            return [target for target in (self._joins.get(node_id), nexts.get(ERROR)) if target]
        return [target for port, target in nexts.items() if kind != LOOP or port != EACH]


def decides(node_type: str) -> bool:
    """Whether nodes of this type leave no step behind."""
    known = NODE_TYPES.find(node_type)
    return known is not None and not known.leaves_step


def decision_tallies(window: Window, versions: Sequence[Version]) -> dict[str, Tally]:
    """By node, for executions of these versions. A split's arms count executions, not their branches; what is dealt within
    a branch counts for its execution when the branch has come back."""
    graphs = {version.id: Graph(Document.model_validate(version.document)) for version in versions}
    deciding = [node_type.slug for node_type in NODE_TYPES.values() if not node_type.leaves_step]
    nodes = sorted({node for graph in graphs.values() for node in graph.ids(*deciding)})
    found: dict[str, Tally] = defaultdict(lambda: Tally(decides=True))
    if not nodes:
        return found
    for sort in _sorts(window, graphs, nodes):
        graph = graphs.get(sort.version_id)
        level = graph.level(sort.level) if graph is not None else None
        if graph is None or level is None:
            continue
        for node in graph.walk(level, sort.results):
            _count(found[node], sort, node)
        if sort.level == _ROOT:
            for split in graph.ids(SPLIT):
                if split in sort.results:
                    arm = found[split].arms.setdefault(sort.results[split], Counter())
                    arm["entered"] += sort.count
                    arm["converted"] += sort.converted
    return found


@dataclass(frozen=True, slots=True)
class _Sort:
    """Executions of one version and level that decided alike; ``failed_at`` is empty for those that did not fail."""

    version_id: uuid.UUID
    level: str
    failed_at: str
    results: Mapping[str, str]
    count: int
    converted: int


def _sorts(window: Window, graphs: Mapping[uuid.UUID, Graph], nodes: Sequence[str]) -> Iterator[_Sort]:
    loops = sorted({loop for graph in graphs.values() for loop in graph.ids(LOOP)})
    quoted = [connection.ops.quote_name(node) for node in nodes]
    statement = _SORTS.format(
        # One record a row: each "->" would unpack a long document anew.
        columns=", ".join(f"{name} jsonb" for name in quoted),
        results=", ".join(f"o.{name} ->> 'result'" for name in quoted),
        where=window.condition,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [loops, ExecutionState.FAILED, *window.values])
        for version_id, level, failed_at, results, count, converted in cursor.fetchall():
            known = {node: result for node, result in zip(nodes, results, strict=True) if result is not None}
            yield _Sort(version_id, level, failed_at, known, count, converted)


def _count(tally: Tally, sort: _Sort, node: str) -> None:
    """One that has no result yet stands there, and counts only if it failed there."""
    result = sort.results.get(node)
    if result is not None:
        tally.counts[result] += sort.count
        tally.ports[result] += sort.count
    elif sort.failed_at == node:
        tally.failed += sort.count
    else:
        return
    if sort.level == _ROOT:
        tally.own += sort.count
        tally.converted += sort.converted

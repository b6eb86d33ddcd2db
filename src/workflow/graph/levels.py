"""Levels: the nodes that an execution itself can stand at, beside those that only its branches and turns come to."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.graph.document import Document
from workflow.graph.structure import EACH, ERROR, LOOP, PARALLEL, joins_of, nexts_of, reach


def top_level(document: Document) -> frozenset[str]:
    """The ids of the nodes of a publishable document that are not inside a parallel's branches or a loop's body."""
    nexts = nexts_of(document)
    nodes = {node.id: node for node in document.nodes}
    joins = joins_of(nodes, nexts)

    def onwards(node_id: str) -> Iterable[str]:
        ports = nexts.get(node_id, {})
        kind = nodes[node_id].type
        if kind == PARALLEL:
            return [*joins.get(node_id, ()), *(target for port, target in ports.items() if port == ERROR)]
        if kind == LOOP:
            return [target for port, target in ports.items() if port != EACH]
        return ports.values()

    return frozenset(reach(document.first, onwards)) if document.first in nodes else frozenset()


def after(document: Document, node_id: str) -> frozenset[str]:
    """The ids of all nodes that may be come to from ``node_id``, itself included."""
    nexts = nexts_of(document)
    return frozenset(reach(node_id, lambda current: nexts.get(current, {}).values()))

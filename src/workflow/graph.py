"""The workflow document: triggers, nodes and edges in one validated JSON; a linear list of actions is a short form of it."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import PermanentError

NODE_ID = r"^[a-z][a-z0-9_-]{0,58}$"
MAX_NODES = 200


class DocumentError(PermanentError):
    """The workflow document is not valid. ``problems`` lists each with its place and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.place}: {p.message}" for p in problems))
        self.problems = problems


class Problem(BaseModel):
    """One thing to mend: ``place`` is a JSON pointer or a node's id."""

    model_config = ConfigDict(frozen=True)

    place: str
    message: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TriggerSpec(_Strict):
    """What starts the workflow: in line, or by the id of a named trigger."""

    event_type: str = ""
    predicate: dict[str, Any] = Field(default_factory=dict)
    trigger_id: uuid.UUID | None = None


class Node(_Strict):
    """A step. An ``action`` names its slug and config, or a named action; a ``condition`` has ports ``true``, ``false`` and
    ``error``, an action ``next`` and ``error``."""

    id: str = Field(pattern=NODE_ID)
    type: Literal["action", "condition"] = "action"
    name: str = ""
    action: str = ""
    action_id: uuid.UUID | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    retry: dict[str, Any] = Field(default_factory=dict)
    predicate: dict[str, Any] = Field(default_factory=dict)
    condition_id: uuid.UUID | None = None


class Edge(_Strict):
    """From a node's port to the next node."""

    source: str
    target: str
    port: str = "next"


PORTS: dict[str, frozenset[str]] = {
    "action": frozenset({"next", "error"}),
    "condition": frozenset({"true", "false", "error"}),
}


class Document(_Strict):
    """A whole workflow. ``actions`` is the linear short form: nodes joined in their order."""

    triggers: list[TriggerSpec] = Field(default_factory=list, max_length=50)
    start: str = ""
    nodes: list[Node] = Field(default_factory=list, max_length=MAX_NODES)
    edges: list[Edge] = Field(default_factory=list, max_length=4 * MAX_NODES)

    @model_validator(mode="before")
    @classmethod
    def _expand_linear(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "actions" not in value:
            return value
        if value.get("nodes") or value.get("edges"):
            raise ValueError("give either 'actions' (a linear list) or 'nodes' and 'edges', not both")
        steps = value["actions"]
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise ValueError('\'actions\' is a list of objects such as {"action": "add_tag", "config": {…}}')
        nodes = [{"id": f"step_{number}", **step} for number, step in enumerate(steps, 1)]
        ids = [node["id"] for node in nodes]
        edges = [{"source": a, "target": b} for a, b in pairwise(ids)]
        rest = {key: item for key, item in value.items() if key not in ("actions", "nodes", "edges")}
        return {**rest, "start": ids[0] if ids else "", "nodes": nodes, "edges": edges}

    @property
    def first(self) -> str:
        """The id of the node to begin with: ``start``, else the first node."""
        return self.start or (self.nodes[0].id if self.nodes else "")


def read(document: Any) -> Document:
    """Parse a document's shape; a draft may be incomplete. Raises ``DocumentError``."""
    try:
        return Document.model_validate(document)
    except ValidationError as exc:
        raise DocumentError(
            [Problem(place="/" + "/".join(str(p) for p in e["loc"]), message=e["msg"]) for e in exc.errors()]
        ) from exc


def structure_problems(document: Document) -> list[Problem]:
    """What is wrong with the graph itself: names, edges, reachability, cycles."""
    problems: list[Problem] = []
    nodes = {node.id: node for node in document.nodes}
    if not nodes:
        return [Problem(place="/nodes", message="a workflow needs at least one node; add an action")]
    if len(nodes) != len(document.nodes):
        problems.append(Problem(place="/nodes", message="two nodes have the same id; rename one"))
    if document.first not in nodes:
        problems.append(
            Problem(place="/start", message=f"there is no node {document.first!r}; name an existing one")
        )
    problems += _edge_problems(document, nodes)
    if not problems:
        problems += _path_problems(document, nodes)
    return problems


def _edge_problems(document: Document, nodes: dict[str, Node]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for number, edge in enumerate(document.edges):
        place = f"/edges/{number}"
        problems += [
            Problem(place=place, message=f"there is no node {end!r}; connect it to an existing one")
            for end in (edge.source, edge.target)
            if end not in nodes
        ]
        if edge.source in nodes and edge.port not in PORTS[nodes[edge.source].type]:
            known = ", ".join(sorted(PORTS[nodes[edge.source].type]))
            problems.append(
                Problem(
                    place=place, message=f"node {edge.source!r} has no port {edge.port!r}; it has {known}"
                )
            )
        if (edge.source, edge.port) in seen:
            problems.append(
                Problem(
                    place=place,
                    message=f"port {edge.port!r} of {edge.source!r} is connected twice; keep one edge",
                )
            )
        seen.add((edge.source, edge.port))
    return problems


def _path_problems(document: Document, nodes: dict[str, Node]) -> list[Problem]:
    nexts: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    for edge in document.edges:
        nexts[edge.source].append(edge.target)
    reached, todo = set[str](), [document.first]
    while todo:
        node_id = todo.pop()
        if node_id not in reached:
            reached.add(node_id)
            todo.extend(nexts[node_id])
    problems = [
        Problem(
            place=node_id,
            message=f"node {node_id!r} cannot be reached from {document.first!r}; connect or delete it",
        )
        for node_id in nodes
        if node_id not in reached
    ]
    problems += [
        Problem(place=node_id, message=f"condition {node_id!r} leads nowhere; connect its true or false port")
        for node_id, node in nodes.items()
        if node.type == "condition" and not nexts[node_id]
    ]
    looped = _node_on_busy_cycle(nodes, nexts)
    if looped:
        problems.append(
            Problem(place=looped, message=f"node {looped!r} is on a cycle without a wait; put a wait into it")
        )
    return problems


def _node_on_busy_cycle(nodes: dict[str, Node], nexts: dict[str, list[str]]) -> str:
    """A node on a cycle that no wait interrupts, or an empty string."""
    visiting, done = set[str](), set[str]()

    def visit(node_id: str) -> str:
        if node_id in done or (nodes[node_id].type == "action" and nodes[node_id].action == "wait"):
            return ""
        if node_id in visiting:
            return node_id
        visiting.add(node_id)
        for target in nexts[node_id]:
            found = visit(target)
            if found:
                return found
        visiting.discard(node_id)
        done.add(node_id)
        return ""

    return next((found for node_id in nodes if (found := visit(node_id))), "")

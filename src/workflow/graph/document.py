"""The workflow document: triggers, nodes, edges and policy in one validated JSON; a linear list of actions is a short form."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import PermanentError
from workflow.graph.policy import Policy, Strict

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


class TriggerSpec(Strict):
    """What starts the workflow. ``type`` is the slug of a registered trigger type, ``config`` is that type's; an ``event``
    trigger names its event type here, or a named trigger by its id. ``predicate`` must hold for the event, whatever the
    type. Of several workflows that match one event those of a higher ``priority`` come first, then those with the more
    specific predicate; ``stop_others`` keeps those that come later from starting."""

    id: str = Field(default="", pattern=r"^$|" + NODE_ID)
    type: str = "event"
    name: str = Field(default="", max_length=120)
    event_type: str = ""
    predicate: dict[str, Any] = Field(default_factory=dict)
    trigger_id: uuid.UUID | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    priority: int = Field(default=0, ge=-1_000, le=1_000)
    stop_others: bool = False


class Node(Strict):
    """A step. ``type`` is the slug of a registered node type, and ``config`` is that type's (for an ``action``, the
    action's). ``ui`` belongs to the builder: its place on the canvas."""

    id: str = Field(pattern=NODE_ID)
    type: str = "action"
    name: str = Field(default="", max_length=120)
    action: str = ""
    action_id: uuid.UUID | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    retry: dict[str, Any] = Field(default_factory=dict)
    predicate: dict[str, Any] = Field(default_factory=dict)
    condition_id: uuid.UUID | None = None
    ui: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _wait_is_an_action(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("type") == "wait":
            return {**value, "type": "action", "action": "wait"}
        return value


class Edge(Strict):
    """From a node's port to the next node."""

    source: str
    target: str
    port: str = "next"


class Document(Strict):
    """A whole workflow. ``actions`` is the linear short form: nodes joined in their order. ``ui`` belongs to the builder."""

    triggers: list[TriggerSpec] = Field(default_factory=list, max_length=50)
    start: str = ""
    nodes: list[Node] = Field(default_factory=list, max_length=MAX_NODES)
    edges: list[Edge] = Field(default_factory=list, max_length=4 * MAX_NODES)
    policy: Policy = Field(default_factory=Policy)
    ui: dict[str, Any] = Field(default_factory=dict)

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

    @model_validator(mode="after")
    def _name_triggers(self) -> Document:
        taken = {trigger.id for trigger in self.triggers}
        for number, trigger in enumerate(self.triggers, 1):
            if not trigger.id:
                trigger.id = next(
                    key for n in range(number, number + 51) if (key := f"trigger_{n}") not in taken
                )
                taken.add(trigger.id)
        return self

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

"""Diffing: what changed between two documents of a workflow, by the ids of their parts, in words that people know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflow.actions.base import ACTIONS
from workflow.graph import NODE_TYPES, TRIGGER_TYPES, Document, Edge, Node, TriggerSpec

Change = Literal["added", "removed", "changed"]

#: Values that are told as a whole: half a predicate says nothing.
_WHOLE = frozenset({"predicate", "unless", "matching"})
#: What a part's own fields are called, where the name itself is not plain enough.
_LABELS = {
    "action_id": "named action",
    "condition_id": "named condition",
    "trigger_id": "named trigger",
    "config": "",
    "exits": "",
    "limits": "",
    "predicate": "condition",
    "reentry": "re-entry",
    "retry": "trying again",
    "signals": "leave on",
    "unless": "leave when no longer true",
    "per_contact_per_hour": "starts an hour for one contact",
    "per_hour": "starts an hour",
    "pause_when_failing": "pause when failing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One value: ``field`` is its path in the part (``config/tag``), ``label`` the same for people; ``None`` where it was
    or is not there."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A trigger, node or edge: its id (an edge's is ``source:port``), its label, and the fields that changed."""

    id: str
    label: str
    change: Change
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """All that changed. Where things stand on the canvas, and in which order in the document, does not count."""

    triggers: tuple[PartChange, ...]
    nodes: tuple[PartChange, ...]
    edges: tuple[PartChange, ...]
    policy: tuple[FieldChange, ...]
    start: FieldChange | None

    @property
    def is_same(self) -> bool:
        """Whether the two documents do the same."""
        return not (self.triggers or self.nodes or self.edges or self.policy or self.start)


def diff(before: Document, after: Document) -> Diff:
    """What one would have to do to make ``after`` of ``before``; of two nodes with one id the last counts."""
    labels = {node.id: node_label(node) for node in (*before.nodes, *after.nodes)}
    start = None
    if before.first != after.first:
        start = FieldChange(field="start", label="Begins at", before=before.first, after=after.first)
    return Diff(
        triggers=_parts(_triggers(before), _triggers(after)),
        nodes=_parts(_nodes(before), _nodes(after)),
        edges=_parts(_edges(before, labels), _edges(after, labels)),
        policy=tuple(_changes(_plain(before.policy), _plain(after.policy), ())),
        start=start,
    )


def node_label(node: Node) -> str:
    """The node's name; for one without, what it does and its id: ``Add tag (step_2)``."""
    if node.name:
        return node.name
    node_type, action = NODE_TYPES.find(node.type), ACTIONS.find(node.action)
    what = action.label if action is not None else node_type.label if node_type is not None else node.type
    return f"{what} ({node.id})"


def trigger_label(trigger: TriggerSpec) -> str:
    """The trigger's name; for one without, its sort and what it waits for."""
    if trigger.name:
        return trigger.name
    trigger_type = TRIGGER_TYPES.find(trigger.type)
    what = trigger_type.label if trigger_type is not None else trigger.type
    return f"{what} ({trigger.event_type or trigger.id})"


_Part = tuple[str, Mapping[str, Any]]


def _plain(model: Any) -> dict[str, Any]:
    plain: dict[str, Any] = model.model_dump(mode="json", exclude={"id", "ui"})
    return plain


def _triggers(document: Document) -> dict[str, _Part]:
    return {trigger.id: (trigger_label(trigger), _plain(trigger)) for trigger in document.triggers}


def _nodes(document: Document) -> dict[str, _Part]:
    return {node.id: (node_label(node), _plain(node)) for node in document.nodes}


def _edges(document: Document, labels: Mapping[str, str]) -> dict[str, _Part]:
    return {f"{edge.source}:{edge.port}": _edge(edge, labels) for edge in document.edges}


def _edge(edge: Edge, labels: Mapping[str, str]) -> _Part:
    return f"{labels.get(edge.source, edge.source)} · {edge.port}", {"target": edge.target}


def _parts(before: Mapping[str, _Part], after: Mapping[str, _Part]) -> tuple[PartChange, ...]:
    """Those that are new, those that changed, those that are gone."""
    return (*_new_and_changed(before, after), *_gone(before, after))


def _new_and_changed(before: Mapping[str, _Part], after: Mapping[str, _Part]) -> Iterator[PartChange]:
    for key, (label, now) in after.items():
        if key not in before:
            yield PartChange(id=key, label=label, change="added", fields=_all_of({}, now))
        elif fields := tuple(_changes(before[key][1], now, ())):
            yield PartChange(id=key, label=label, change="changed", fields=fields)


def _gone(before: Mapping[str, _Part], after: Mapping[str, _Part]) -> Iterator[PartChange]:
    for key, (label, then) in before.items():
        if key not in after:
            yield PartChange(id=key, label=label, change="removed", fields=_all_of(then, {}))


def _all_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Of a part that came or went, what it says: not the fields that are empty."""
    found = _changes(before, after, ())
    return tuple(change for change in found if change.before or change.after)


def _changes(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[FieldChange]:
    whole = bool(path) and path[-1] in _WHOLE
    if not whole and _is_group(before, after):
        for key in {**(before or {}), **(after or {})}:
            yield from _changes((before or {}).get(key), (after or {}).get(key), (*path, key))
    elif before != after or type(before) is not type(after):
        yield FieldChange(field="/".join(path), label=label_of(path), before=before, after=after)


def _is_group(before: Any, after: Any) -> bool:
    """Whether the two are told field by field: objects, or one that came or went."""
    given = [value for value in (before, after) if value is not None]
    return bool(given) and all(isinstance(value, Mapping) for value in given)


def label_of(path: Iterable[str]) -> str:
    """A field's path for people: ``config/max_items`` is ``Max items``."""
    words = [_LABELS.get(step, step.replace("_", " ")) for step in path]
    text = " › ".join(word for word in words if word)
    return text[:1].upper() + text[1:]

"""The nodes of a parsed predicate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class AllOf:
    """``{"all": [...]}``: true when every child is; true when there are none."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``{"any": [...]}``: true when one child is; false when there are none."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``{"not": {...}}``: the opposite of its child; an error stays an error."""

    child: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """``{"field": ..., "op": ..., "value": ...}``: one line of the predicate.

    ``op`` is the slug of a registered operator and ``value`` is as that operator's shape normalised it
    (lists became tuples); ``None`` for operators without a value.
    """

    field: str
    op: str
    value: Any = None


Node: TypeAlias = AllOf | AnyOf | Not | Comparison


def comparisons(node: Node, pointer: str = "") -> Iterator[tuple[str, Comparison]]:
    """Every comparison below ``node`` with its JSON pointer, in document order."""
    match node:
        case Comparison():
            yield pointer, node
        case Not(child):
            yield from comparisons(child, f"{pointer}/not")
        case AllOf(children) | AnyOf(children):
            key = "all" if isinstance(node, AllOf) else "any"
            for index, child in enumerate(children):
                yield from comparisons(child, f"{pointer}/{key}/{index}")


def fields_used(node: Node) -> set[str]:
    """The paths of all fields that the predicate reads."""
    return {line.field for _, line in comparisons(node)}

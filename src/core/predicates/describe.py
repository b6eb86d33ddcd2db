"""A predicate as a readable sentence."""

from __future__ import annotations

from core.predicates.nodes import AllOf, AnyOf, Comparison, Node, Not
from core.predicates.operators import OPERATORS


def describe_comparison(line: Comparison) -> str:
    """One line, e.g. ``event.data.total is more than 100``."""
    operator = OPERATORS.get(line.op)
    return f"{line.field} {operator.phrase} {operator.shape.show(line.value)}".rstrip()


def _joined(children: tuple[Node, ...], word: str, *, empty: str) -> str:
    if not children:
        return empty
    parts = (
        f"({describe(child)})"
        if isinstance(child, (AllOf, AnyOf)) and len(child.children) > 1
        else describe(child)
        for child in children
    )
    return f" {word} ".join(parts)


def describe(node: Node) -> str:
    """The predicate in English, groups in parentheses: ``a is set and (b equals 1 or not (c is empty))``."""
    match node:
        case AllOf(children):
            return _joined(children, "and", empty="always")
        case AnyOf(children):
            return _joined(children, "or", empty="never")
        case Not(child):
            return f"not ({describe(child)})"
        case Comparison():
            return describe_comparison(node)

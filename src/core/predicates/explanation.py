"""The explanation of one evaluation: the predicate's tree with what each line found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from core.predicates.results import Result

Kind: TypeAlias = Literal["all", "any", "not", "comparison"]

_SIGNS = {Result.TRUE: "✓", Result.FALSE: "✗", Result.ERROR: "!"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One node of the tree.

    ``pointer`` is the JSON pointer of the node in the document. ``field``, ``op``, ``expected``, ``actual`` are
    set for comparisons: short text, cut to 200 characters, secrets hidden; ``expected`` is ``None`` for operators
    without a value. ``reason`` is set for a comparison that ended in an error.
    """

    kind: Kind
    pointer: str
    result: Result
    field: str | None = None
    op: str | None = None
    expected: str | None = None
    actual: str | None = None
    reason: str | None = None
    children: tuple[Explanation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: groups carry ``children``; comparisons ``field``, ``op``, ``expected``, ``actual``, ``reason``."""
        head: dict[str, Any] = {"kind": self.kind, "pointer": self.pointer, "result": self.result.value}
        if self.kind != "comparison":
            return {**head, "children": [child.as_dict() for child in self.children]}
        return {
            **head,
            "field": self.field,
            "op": self.op,
            "expected": self.expected,
            "actual": self.actual,
            "reason": self.reason,
        }

    def as_text(self) -> str:
        """The tree as indented lines, each beginning with ✓ (true), ✗ (false) or ! (error)."""
        return "\n".join(self._lines(0))

    def errors(self) -> list[str]:
        """The reasons of all comparisons that ended in an error, in document order."""
        own = [self.reason] if self.reason else []
        return own + [reason for child in self.children for reason in child.errors()]

    def _lines(self, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}{_SIGNS[self.result]} {self._headline()}"
        for child in self.children:
            yield from child._lines(depth + 1)

    def _headline(self) -> str:
        if self.kind != "comparison":
            return self.kind
        asked = " ".join(part for part in (self.field, self.op, self.expected) if part is not None)
        return f"{asked}: {self.reason or f'is {self.actual}'}"

"""Nearness: how far a predicate is from holding, and which of its lines stand in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.predicates import Explanation, Result


@dataclass(frozen=True, slots=True)
class Line:
    """A line that would have to change: ``negated`` when it holds and should not."""

    explanation: Explanation
    negated: bool


@dataclass(frozen=True, slots=True)
class Nearness:
    """``lines`` is how many lines the predicate has; ``missing`` are the fewest that would have to change."""

    lines: int
    missing: tuple[Line, ...]

    @property
    def is_near(self) -> bool:
        """A single line of several stands in the way."""
        return len(self.missing) == 1 and self.lines > 1


def nearness(explanation: Explanation) -> Nearness:
    """Measure an explanation: pure arithmetic on its tree."""
    return Nearness(_count(explanation), tuple(_gap(explanation, wanted=True)))


def _count(node: Explanation) -> int:
    return 1 if node.kind == "comparison" else sum(_count(child) for child in node.children)


def _gap(node: Explanation, *, wanted: bool) -> list[Line]:
    """The fewest lines that must change for ``node`` to be ``wanted``. One that cannot be decided must change either way."""
    return _GAPS[node.kind](node, wanted)


def _of_line(node: Explanation, wanted: bool) -> list[Line]:
    fits = node.result is (Result.TRUE if wanted else Result.FALSE)
    return [] if fits else [Line(node, negated=not wanted)]


def _every(node: Explanation, wanted: bool) -> list[Line]:
    return [line for child in node.children for line in _gap(child, wanted=wanted)]


def _cheapest(node: Explanation, wanted: bool) -> list[Line]:
    gaps: Sequence[list[Line]] = [_gap(child, wanted=wanted) for child in node.children]
    return min(gaps, key=len, default=[])


_GAPS: dict[str, Callable[[Explanation, bool], list[Line]]] = {
    "comparison": _of_line,
    "all": lambda node, wanted: _every(node, wanted) if wanted else _cheapest(node, wanted),
    "any": lambda node, wanted: _cheapest(node, wanted) if wanted else _every(node, wanted),
    "not": lambda node, wanted: _gap(node.children[0], wanted=not wanted),
}

"""What a segment may ask for: its predicate checked, and what follows from it for when it is asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.predicates import Comparison, comparisons, parse
from crm.events import SEGMENTED
from workflow.services.checking import predicate_problems
from workflow.services.event_types import is_known

_PERFORMED = "performed"
#: What these say of a contact changes as time passes, though nothing happens.
_TIMED = frozenset({_PERFORMED, "within_last"})
_ROOTS = ("user", "now")
_OWN = "user.segments"


@dataclass(frozen=True, slots=True)
class Rule:
    """``watches``: the event types whose number it asks for; ``timed``: whether it changes its mind with time."""

    watches: tuple[str, ...]
    timed: bool


def rule_of(predicate: dict[str, Any]) -> Rule:
    """What follows from a predicate without problems."""
    lines = [line for _, line in comparisons(parse(predicate))]
    return Rule(
        watches=tuple(sorted({line.value.event_type for line in lines if line.op == _PERFORMED})),
        timed=any(line.op in _TIMED or line.field == "now" for line in lines),
    )


def fields_asked(predicate: dict[str, Any]) -> set[str]:
    """The fields that a stored predicate reads; none where it cannot be read any more."""
    return {line.field for _, line in comparisons(parse(predicate))} if predicate else set()


def segment_problems(predicate: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong with a segment's predicate, by field as ``predicate.all.0.op``; empty when nothing is."""
    return _problems(predicate, (_line_problems, _circle_problems))


def filter_problems(predicate: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong with a predicate by which contacts are looked for: it may ask for segments too."""
    return _problems(predicate, (_line_problems,))


def _problems(
    predicate: dict[str, Any], checks: Sequence[Callable[[Comparison], Iterator[tuple[str, str]]]]
) -> dict[str, list[str]]:
    found = [
        (problem.place, problem.message)
        for problem in predicate_problems(predicate, "/predicate", needed=True)
    ]
    if not found:
        found = [
            (f"/predicate{pointer}/{part}", message)
            for pointer, line in comparisons(parse(predicate))
            for check in checks
            for part, message in check(line)
        ]
    problems: dict[str, list[str]] = {}
    for place, message in found:
        problems.setdefault(".".join(step for step in place.split("/") if step), []).append(message)
    return problems


def _line_problems(line: Comparison) -> Iterator[tuple[str, str]]:
    if line.field.split(".", 1)[0] not in _ROOTS:
        yield (
            "field",
            f"{line.field!r} is known only while something happens; a segment asks for user.…, "
            "and for what happened with user performed",
        )
    if line.op == "changed_to":
        yield "op", "nothing changes while a segment looks at a contact; use equals"
    if line.op == _PERFORMED and not is_known(line.value.event_type):
        yield "value.event_type", f"there is no event type {line.value.event_type!r}; choose a known one"


def _circle_problems(line: Comparison) -> Iterator[tuple[str, str]]:
    """Segments that rest on segments could move one another for ever."""
    if line.field == _OWN or line.field.startswith(f"{_OWN}."):
        yield (
            "field",
            "a segment cannot ask for segments, since they could ask for one another; "
            "repeat the other segment's condition here",
        )
    if line.op == _PERFORMED and line.value.event_type in SEGMENTED:
        yield (
            "value.event_type",
            f"a segment cannot count {' and '.join(SEGMENTED)}, which segments cause; choose another event type",
        )

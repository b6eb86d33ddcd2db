"""Counts of a migration: how many executions were, or would be, moved, left and ended, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Outcome = Literal["moved", "left", "exited", "failed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

#: Why an execution is left where it is. A node that holds its executions by its sort goes by its type's slug.
GONE, OTHER_WAIT, INSIDE = "gone", "other_wait", "inside"
CALLING, RETRYING, CALLED = "calling", "retrying", "called"
BROKEN, UNDECIDED, MOVED_ON = "broken", "undecided", "moved_on"
REASONS: Mapping[str, str] = {
    GONE: "its node is not in the new version",
    OTHER_WAIT: "the node of the new version waits for something else, or does not wait",
    INSIDE: "the node of the new version stands inside a branch or a loop",
    CALLING: "it is in the middle of a call to the outside",
    RETRYING: "its step is about to be tried again",
    CALLED: "it was called by another workflow",
    BROKEN: "its version cannot be read any more",
    UNDECIDED: "what it should wait for could not be worked out",
    MOVED_ON: "it moved on meanwhile",
    "parallel": "its branches are under way",
    "loop": "a turn of its loop is under way",
    "sub_workflow": "the workflow that it called is under way",
    "approval": "people are being asked",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of those at a node: they go to the node ``to``, or why not (a key of ``REASONS``, if any)."""

    outcome: Outcome
    to: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """So many executions on one version (by its number), at one node, with one fate."""

    version: int
    node: str
    to: str
    outcome: Outcome
    reason: str
    executions: int

    @property
    def why(self) -> str:
        """The reason in words."""
        return REASONS.get(self.reason, self.reason)


class Tally:
    """Executions counted by what becomes of them."""

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        """From the rows that ``as_json`` gave."""
        self._counts: Counter[tuple[int, str, Fate]] = Counter()
        for row in rows:
            fate = Fate(row["outcome"], row["to"], row["reason"])
            self.add(row["version"], row["node"], fate, row["executions"])

    def add(self, version: int, node: str, fate: Fate, executions: int = 1) -> None:
        """Count some more."""
        self._counts[version, node, fate] += executions

    def merge(self, other: Tally) -> None:
        """Count all that another has counted."""
        self._counts.update(other._counts)

    @property
    def rows(self) -> list[Row]:
        """In order of version and node."""
        ordered = sorted(self._counts.items(), key=lambda item: (item[0][:2], item[0][2].reason))
        return [
            Row(
                version=version,
                node=node,
                to=fate.to,
                outcome=fate.outcome,
                reason=fate.reason,
                executions=executions,
            )
            for (version, node, fate), executions in ordered
        ]

    def total(self, outcome: Outcome) -> int:
        """How many have this outcome."""
        return sum(executions for (_, _, fate), executions in self._counts.items() if fate.outcome == outcome)

    def as_json(self) -> dict[str, Any]:
        """The totals and the rows, as answers show them and jobs keep them."""
        totals: dict[str, Any] = {outcome: self.total(outcome) for outcome in OUTCOMES}
        return {**totals, "rows": [{**asdict(row), "why": row.why} for row in self.rows]}

"""What is told of one node, and how counts are put together into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.models import ActionState

#: A step that has begun and is not over.
OPEN = (ActionState.RUNNING, ActionState.WAITING, ActionState.RETRYING)


def rate(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` from 0 to 1; ``None`` of nothing."""
    return round(part / whole, 4) if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmStatistics:
    """An arm of a split: how many executions were dealt to it, and how many of them reached the goal."""

    port: str
    hold_out: bool
    entered: int
    converted: int
    conversion_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatistics:
    """One node. ``total`` is how often it was entered, in branches, turns of loops and calls too. ``counts`` are by state,
    for a node that only decides by port. ``left`` counts steps that were cancelled because the execution was left.
    ``converted`` counts those whose execution reached the goal, ``None`` where only branches come by. Seconds are of
    completed steps, waits included."""

    node: str
    type: str
    name: str
    action: str
    total: int
    counts: Mapping[str, int]
    completed: int
    failed: int
    waiting: int
    left: int
    converted: int | None
    attempts: float
    median_s: float | None
    p95_s: float | None
    ports: Mapping[str, int]
    arms: Sequence[ArmStatistics]


@dataclass(slots=True)
class Tally:
    """What was counted of one node so far. ``own`` is how many of the entries were not in a branch or a called workflow."""

    counts: Counter[str] = field(default_factory=Counter)
    ports: Counter[str] = field(default_factory=Counter)
    arms: dict[str, Counter[str]] = field(default_factory=dict)
    decides: bool = False
    failed: int = 0
    own: int = 0
    converted: int = 0
    attempts: int = 0
    median_s: float | None = None
    p95_s: float | None = None

    @property
    def total(self) -> int:
        """How often it was entered."""
        return sum(self.counts.values()) + self.failed

    def shown(
        self, *, node: str, type_slug: str, name: str, action: str, held_out: frozenset[str]
    ) -> NodeStatistics:
        """What is told of it."""
        total = self.total
        states = Counter() if self.decides else self.counts
        return NodeStatistics(
            node=node,
            type=type_slug,
            name=name,
            action=action,
            total=total,
            counts=dict(self.counts),
            completed=sum(self.counts.values()) if self.decides else states[ActionState.COMPLETED],
            failed=self.failed if self.decides else states[ActionState.FAILED],
            waiting=sum(states[state] for state in OPEN),
            left=states[ActionState.CANCELLED],
            converted=self.converted if self.own or not total else None,
            attempts=round(self.attempts / total, 2) if self.attempts else 1.0,
            median_s=self.median_s,
            p95_s=self.p95_s,
            ports=dict(self.ports),
            arms=[
                ArmStatistics(
                    port=port,
                    hold_out=port in held_out,
                    entered=arm["entered"],
                    converted=arm["converted"],
                    conversion_rate=rate(arm["converted"], arm["entered"]),
                )
                for port, arm in self.arms.items()
            ],
        )

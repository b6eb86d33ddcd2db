"""What is found of one figure, whether it was counted or measured, and by what it is told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """``value`` is a count, or the median in seconds (``None``: nothing to measure) with the ``p90`` within which nine in
    ten were done; ``count`` is how many rows there are."""

    value: float | None
    p90: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One figure's cells. Buckets are numbered from 0, those without rows left out; ``previous`` is of the time before the
    period. Channels and members are ids as text. ``sampled``: only the newest rows were measured."""

    total: Cell
    previous: Cell
    buckets: Mapping[int, Cell] = field(default_factory=dict)
    channels: Mapping[str, Cell] = field(default_factory=dict)
    members: Mapping[str, Cell] = field(default_factory=dict)
    reasons: Mapping[str, Cell] = field(default_factory=dict)
    sampled: bool = False

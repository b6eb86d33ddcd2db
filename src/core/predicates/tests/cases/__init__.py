"""The conformance table of the operators: one module per family, all cases in ``CASES``."""

from __future__ import annotations

from core.predicates.tests.cases import (
    equality,
    history,
    membership,
    moments,
    numbers,
    patterns,
    presence,
    text,
    zones,
)
from core.predicates.tests.cases.base import ABSENT, Case

CASES: list[Case] = [
    *equality.CASES,
    *membership.CASES,
    *text.CASES,
    *patterns.CASES,
    *presence.CASES,
    *numbers.CASES,
    *moments.CASES,
    *zones.CASES,
    *history.CASES,
]

__all__ = ["ABSENT", "CASES", "Case"]

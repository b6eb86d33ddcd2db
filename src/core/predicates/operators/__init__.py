"""The operators of the grammar: importing this package registers them all."""

from __future__ import annotations

from core.predicates.operators import equality, history, ordering, presence, text, times
from core.predicates.operators.base import OPERATORS, FieldType, Operator, catalogue, operators_for

__all__ = [
    "OPERATORS",
    "FieldType",
    "Operator",
    "catalogue",
    "equality",
    "history",
    "operators_for",
    "ordering",
    "presence",
    "text",
    "times",
]

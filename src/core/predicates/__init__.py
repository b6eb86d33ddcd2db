"""One predicate grammar for triggers, conditions, segments, waits and filters (see README.md)."""

from __future__ import annotations

from core.predicates.compiler import Predicate, compile  # noqa: A004
from core.predicates.describe import describe
from core.predicates.errors import PredicateError
from core.predicates.explanation import Explanation
from core.predicates.fields import FieldProblem, FieldRegistry, FieldSpec, check_fields
from core.predicates.nodes import AllOf, AnyOf, Comparison, Node, Not, comparisons, fields_used
from core.predicates.operators import OPERATORS, FieldType, Operator, catalogue, operators_for
from core.predicates.operators.history import History, HistoryQuery
from core.predicates.parse import parse
from core.predicates.results import Context, Result
from core.predicates.schema import json_schema

__all__ = [
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Context",
    "Explanation",
    "FieldProblem",
    "FieldRegistry",
    "FieldSpec",
    "FieldType",
    "History",
    "HistoryQuery",
    "Node",
    "Not",
    "Operator",
    "Predicate",
    "PredicateError",
    "Result",
    "catalogue",
    "check_fields",
    "comparisons",
    "compile",
    "describe",
    "fields_used",
    "json_schema",
    "operators_for",
    "parse",
]

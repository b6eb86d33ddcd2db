"""The grammar as JSON Schema, for forms and API documentation."""

from __future__ import annotations

from typing import Any

from core.predicates.operators import OPERATORS, Operator
from core.predicates.parse import MAX_NODES
from core.predicates.paths import MAX_PATH_CHARS

_NODE = {"$ref": "#/$defs/node"}
_FIELD = {
    "type": "string",
    "title": "Field",
    "minLength": 1,
    "maxLength": MAX_PATH_CHARS,
    "examples": ["event.data.content"],
}


def _group(key: str, title: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "properties": {key: content},
        "required": [key],
        "additionalProperties": False,
    }


def _comparison(operators: list[Operator]) -> dict[str, Any]:
    """The comparisons of all operators that share one value shape."""
    shape = operators[0].shape
    choices = [
        {"const": found.slug, "title": found.label, "description": found.description} for found in operators
    ]
    value = {"type": "null"} if shape.schema is None else shape.schema
    return {
        "type": "object",
        "title": " / ".join(found.label for found in operators),
        "properties": {"field": _FIELD, "op": {"type": "string", "oneOf": choices}, "value": value},
        "required": ["field", "op"] if shape.schema is None else ["field", "op", "value"],
        "additionalProperties": False,
        "examples": [found.example for found in operators],
    }


def json_schema() -> dict[str, Any]:
    """The grammar in JSON Schema 2020-12, recursive by ``$defs``.

    Every document that ``parse`` takes is valid. The reverse holds but for what a schema cannot say: depth and
    number of nodes, patterns that RE2 refuses, dates, ends in the wrong order, text that folds to nothing.
    """
    by_shape: dict[str, list[Operator]] = {}
    for found in OPERATORS.values():
        by_shape.setdefault(found.shape.slug, []).append(found)
    children = {"type": "array", "items": _NODE, "maxItems": MAX_NODES - 1}
    definitions: dict[str, Any] = {
        "all": _group("all", "All of", children),
        "any": _group("any", "Any of", children),
        "not": _group("not", "Not", _NODE),
        **{f"comparison_{slug}": _comparison(operators) for slug, operators in sorted(by_shape.items())},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Predicate",
        **_NODE,
        "$defs": {"node": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in definitions]}, **definitions},
    }

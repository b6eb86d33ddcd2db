"""JSON Schema as Pydantic writes it (2020-12) in the older words of OpenAPI 3.0, which our document is in."""

from __future__ import annotations

from typing import Any

#: What follows these is data, however much it looks like a schema.
_DATA = frozenset({"example", "examples", "default", "enum", "const"})


def translate(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A postprocessing hook: every schema of the document."""
    result["components"]["schemas"] = {
        name: translated(schema) for name, schema in result["components"]["schemas"].items()
    }
    return result


def translated(schema: Any) -> Any:
    """``schema`` with ``nullable`` for the type ``null``, ``items`` for ``prefixItems``, the first of ``examples`` as the
    ``example``, and without ``propertyNames``, for which OpenAPI 3.0 has no word."""
    if isinstance(schema, list):
        return [translated(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _member(key, value) for key, value in schema.items()}
    for step in (_null_as_nullable, _tuple_as_list, _one_example, _without_names_of_properties):
        plain = step(plain)
    return plain


def _member(key: str, value: Any) -> Any:
    if key in _DATA:
        return value
    if key == "properties":
        # Its keys are names, which may be words of JSON Schema too.
        return {name: translated(schema) for name, schema in value.items()}
    return translated(value)


def _null_as_nullable(schema: dict[str, Any]) -> dict[str, Any]:
    choices = schema.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return schema
    others = [choice for choice in choices if choice != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(others) == 1 and "$ref" not in others[0]:
        return {**others[0], **rest, "nullable": True}
    # Beside a $ref nothing else counts, so that one is wrapped.
    return {**rest, "allOf" if len(others) == 1 else "anyOf": others, "nullable": True}


def _tuple_as_list(schema: dict[str, Any]) -> dict[str, Any]:
    members = schema.get("prefixItems")
    if not isinstance(members, list):
        return schema
    rest = {key: value for key, value in schema.items() if key != "prefixItems"}
    kinds = [member for number, member in enumerate(members) if member not in members[:number]]
    return {**rest, "items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}}


def _one_example(schema: dict[str, Any]) -> dict[str, Any]:
    examples = schema.get("examples")
    if not isinstance(examples, list) or not examples:
        return schema
    rest = {key: value for key, value in schema.items() if key != "examples"}
    return {"example": examples[0], **rest}


def _without_names_of_properties(schema: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(schema.get("propertyNames"), dict) or schema.get("type") != "object":
        return schema
    return {key: value for key, value in schema.items() if key != "propertyNames"}

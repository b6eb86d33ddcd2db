"""JSON Schemas of tenants: what they say, and that matching them is bounded."""

from __future__ import annotations

import time

import pytest
from pytest_httpserver import HTTPServer

from core.sandbox.schemas import InvalidSchemaError, SchemaMismatchError, check_schema, match_schema

ORDER = {
    "type": "object",
    "properties": {"نام": {"type": "string", "minLength": 2}, "items": {"type": "array", "items": {"$ref": "#/$defs/item"}}},
    "required": ["نام"],
    "additionalProperties": False,
    "$defs": {"item": {"type": "object", "properties": {"price": {"type": "number", "minimum": 0}}}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        (ORDER, {"نام": "علی", "items": [{"price": 5}]}, None),
        (ORDER, {"items": []}, "v: 'نام' is a required property"),
        (ORDER, {"نام": "ع"}, "v.نام: 'ع' is too short"),
        (ORDER, {"نام": "علی", "items": [{"price": 5}, {"price": -1}]}, "v.items.1.price: -1 is less than"),
        (ORDER, {"نام": "علی", "x": 1}, "v: 'x' is not one of its properties"),
        ({"additionalProperties": {"type": "integer"}}, {"a": "x"}, "v.a: 'x' is not of type 'integer'"),
        (
            {"patternProperties": {r"^\p{Arabic}+$": {"type": "integer"}}},
            {"سلام": "x", "y": "x"},
            "v.سلام: 'x'",
        ),
        ({"patternProperties": {"^a": {}}, "additionalProperties": False}, {"ab": 1}, None),
        ({"pattern": r"^\p{Arabic}+$"}, "سلام", None),
        ({"pattern": r"^\p{Arabic}+$"}, "hello", "v: 'hello' does not match"),
        ({"uniqueItems": True}, [{"a": 1}, {"b": 1}], None),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1}], "not all different"),
        ({"enum": ["بله", "خیر"]}, "شاید", "v: 'شاید' is not one of"),
        ({"properties": {"$id": {"type": "integer"}}}, {"$id": "x"}, "v.$id: 'x' is not of type"),
        ({}, None, None),
    ],
)
def test_matching(schema, value, says):
    check_schema(schema)

    if says is None:
        match_schema(value, schema, "v")
    else:
        with pytest.raises(SchemaMismatchError) as caught:
            match_schema(value, schema, "v")
        assert says in str(caught.value)


def _nested(depth: int) -> dict:
    schema: dict = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "text"}, "schema.type: 'text'"),
        ({"properties": {"a": {"minimum": "x"}}}, "schema.properties.a.minimum: 'x'"),
        ({"pattern": "(?=a)"}, "lookahead is not supported"),
        ({"items": [{"anyOf": [{"pattern": "("}]}]}, "schema.items"),
        ({"anyOf": [{"pattern": "("}]}, "The pattern '('"),
        ({"patternProperties": {"(": {}}}, "The pattern '('"),
        ({"$ref": "https://example.com/schema"}, "its own parts only"),
        ({"$id": "https://example.com/schema"}, "$id is not supported"),
        ({"unevaluatedProperties": False}, "unevaluatedProperties is not supported"),
        ({"properties": {"a": {"$dynamicRef": "#x"}}}, "$dynamicRef is not supported"),
        ({"description": "x" * 20_000}, "larger than 16 KB"),
        ({"default": {1, 2}}, "not JSON"),
        (_nested(200), "nested too deeply"),
        (_nested(2_000), "nested too deeply"),
    ],
)
def test_what_is_refused(schema, says):
    with pytest.raises(InvalidSchemaError) as caught:
        check_schema(schema)

    assert says in str(caught.value)


def test_data_is_not_read_as_keywords():
    check_schema(
        {"default": {"$ref": "https://example.com"}, "const": {"pattern": "("}, "enum": [{"$id": "x"}]}
    )


DOUBLING = {
    "$defs": {
        **{f"d{at}": {"allOf": [{"$ref": f"#/$defs/d{at + 1}"}] * 2} for at in range(40)},
        "d40": {"type": "string"},
    },
    "$ref": "#/$defs/d0",
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (DOUBLING, "x"),
        ({"$ref": "#"}, 1),
        ({"items": {"type": "integer"}}, list(range(100_000))),
        ({"enum": list(range(3_000))}, list(range(100_000))),
        ({"contains": {"const": -1}}, list(range(100_000))),
    ],
)
def test_work_is_bounded(schema, value):
    check_schema(schema)
    started = time.monotonic()

    with pytest.raises(SchemaMismatchError, match="too much work"):
        match_schema(value, schema, "v")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("text", ["a" * 50_000 + "b", "a" * 200_000])
def test_patterns_take_their_time_by_length(text):
    for schema in (
        {"pattern": "(a+)+$"},
        {"patternProperties": {"(a+)+$": False}, "additionalProperties": False},
    ):
        started = time.monotonic()
        with pytest.raises(SchemaMismatchError):
            match_schema({text: 1} if "additionalProperties" in schema else text, schema, "v")
        assert time.monotonic() - started < 0.5


def test_an_unknown_reference_is_named_and_nothing_is_fetched(httpserver: HTTPServer):
    with pytest.raises(InvalidSchemaError, match="nowhere"):
        match_schema(1, {"$ref": "#/$defs/nowhere"}, "v")
    with pytest.raises(InvalidSchemaError):
        match_schema(1, {"$ref": httpserver.url_for("/schema")}, "v")
    assert httpserver.log == []

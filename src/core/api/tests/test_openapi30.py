"""What Pydantic writes, in the words of OpenAPI 3.0."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from core.api.openapi30 import translate, translated


class Inner(BaseModel):
    """Someone."""

    name: str = Field(examples=["أمينة", "بدر"])


class Outer(BaseModel):
    """Everything that OpenAPI 3.0 has other words for; ``examples`` and ``default`` are names here."""

    examples: str | None = None
    default: Inner | None
    both: int | str | None
    pair: tuple[int, int]
    mixed: tuple[int, str]
    named: dict[Literal["fri", "sat"], int]
    data: dict[str, str] = {"anyOf": "نص", "prefixItems": "متن"}


@pytest.fixture(scope="module")
def properties():
    ref = "#/components/schemas/{model}"
    document = {
        "components": {"schemas": {"Outer": Outer.model_json_schema(ref_template=ref, mode="serialization")}}
    }
    return translate(document)["components"]["schemas"]["Outer"]["properties"]


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("examples", {"type": "string", "nullable": True, "default": None, "title": "Examples"}),
        ("default", {"allOf": [{"$ref": "#/components/schemas/Inner"}], "nullable": True}),
        ("both", {"anyOf": [{"type": "integer"}, {"type": "string"}], "nullable": True, "title": "Both"}),
        (
            "pair",
            {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2, "title": "Pair"},
        ),
        (
            "mixed",
            {
                "type": "array",
                "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
                "minItems": 2,
                "maxItems": 2,
                "title": "Mixed",
            },
        ),
        ("named", {"type": "object", "additionalProperties": {"type": "integer"}, "title": "Named"}),
        (
            "data",
            {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "default": {"anyOf": "نص", "prefixItems": "متن"},
                "title": "Data",
            },
        ),
    ],
)
def test_each_word(properties, name, schema):
    assert properties[name] == schema


def test_the_first_example_stands_for_all():
    assert translated(Inner.model_json_schema())["properties"]["name"] == {
        "type": "string",
        "title": "Name",
        "example": "أمينة",
    }


def test_what_is_in_those_words_already_stays():
    schema = {"type": "string", "nullable": True, "example": {"anyOf": [{"type": "null"}]}, "enum": [None]}
    assert translated(schema) == schema

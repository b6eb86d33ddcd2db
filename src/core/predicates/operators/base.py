"""The registry of operators, with the decorator that adds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from core.predicates.nodes import Comparison
from core.predicates.paths import path_reader
from core.predicates.results import Reader, Test
from core.predicates.shapes import ValueShape
from core.registry import Registry


class FieldType(StrEnum):
    """What a field holds; decides which operators it offers."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    LIST = "list"
    OBJECT = "object"
    ANY = "any"


EVERY_TYPE = frozenset(FieldType)
Build: TypeAlias = Callable[[Comparison], Test]


def _read_field(line: Comparison) -> Reader:
    return path_reader(line.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator of the grammar.

    ``build`` makes the test of a line once, when its predicate is compiled; ``read`` makes the function that
    fetches the actual value, the field's own unless the operator looks elsewhere. ``phrase`` stands between
    field and value in readable text; ``example`` is a whole comparison.
    """

    slug: str
    label: str
    phrase: str
    description: str
    shape: ValueShape
    types: frozenset[FieldType]
    example: dict[str, Any]
    build: Build
    read: Callable[[Comparison], Reader] = _read_field

    def as_dict(self) -> dict[str, Any]:
        """For docs and forms: ``{"slug", "label", "description", "value": {"shape", "schema"}, "types", "example"}``."""
        return {
            "slug": self.slug,
            "label": self.label,
            "description": self.description,
            "value": {"shape": self.shape.slug, "schema": self.shape.schema},
            "types": sorted(self.types),
            "example": self.example,
        }


OPERATORS: Registry[Operator] = Registry("operator", base=Operator)


def operator(
    slug: str,
    *,
    label: str,
    description: str,
    shape: ValueShape,
    types: frozenset[FieldType],
    example: dict[str, Any],
    phrase: str | None = None,
    read: Callable[[Comparison], Reader] = _read_field,
) -> Callable[[Build], Build]:
    """Register the decorated ``(line) -> test`` function as the operator ``slug``; ``phrase`` defaults to the label."""

    def add(build: Build) -> Build:
        OPERATORS.add(
            slug,
            Operator(
                slug=slug,
                label=label,
                phrase=phrase or label,
                description=description,
                shape=shape,
                types=types,
                example={"field": example["field"], "op": slug, **example},
                build=build,
                read=read,
            ),
        )
        return build

    return add


def operators_for(field_type: FieldType) -> list[Operator]:
    """The operators that fit a field of that type, by slug."""
    return [found for found in OPERATORS.values() if field_type in found.types]


def catalogue() -> list[dict[str, Any]]:
    """Every operator as a dictionary, by slug: the source of docs and of the builder's menus."""
    return [found.as_dict() for found in OPERATORS.values()]

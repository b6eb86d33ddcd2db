"""The field registry: which fields a predicate may name, and how each may be compared."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.predicates.nodes import Comparison, Node, comparisons
from core.predicates.operators import OPERATORS, FieldType, Operator, operators_for
from core.predicates.times import read_moment
from core.predicates.values import read_number
from core.registry import Registry

_WILDCARD = ".*"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field that predicates may name.

    ``path`` is e.g. ``"user.language"``; one that ends in ``.*`` stands for everything below its prefix.
    ``operators`` are slugs; empty means all that fit the type. ``choices`` are the values it can have; empty
    means any. ``example`` is a value as a context holds it.
    """

    path: str
    label: str
    type: FieldType
    operators: tuple[str, ...] = ()
    choices: tuple[Any, ...] = ()
    example: Any = None

    def allowed(self) -> list[Operator]:
        """The operators that a predicate may use on this field."""
        if self.operators:
            return [OPERATORS.get(slug) for slug in self.operators]
        return operators_for(self.type)

    def as_dict(self) -> dict[str, Any]:
        """For forms: ``{"path", "label", "type", "operators": [slug], "choices", "example"}``."""
        return {
            "path": self.path,
            "label": self.label,
            "type": self.type.value,
            "operators": [operator.slug for operator in self.allowed()],
            "choices": list(self.choices),
            "example": self.example,
        }


class FieldRegistry:
    """The known fields, by path; each app adds those of its nouns."""

    def __init__(self) -> None:
        self._specs: Registry[FieldSpec] = Registry("field", base=FieldSpec)

    def add(self, spec: FieldSpec) -> FieldSpec:
        """Register ``spec``. Raises ``ValueError`` when its path is taken, ``UnknownKeyError`` for an unknown operator."""
        spec.allowed()
        return self._specs.add(spec.path, spec)

    def find(self, path: str) -> FieldSpec | None:
        """The spec of ``path``: its own, else that of the longest wildcard above it."""
        exact = None if path.endswith(_WILDCARD) else self._specs.find(path)
        steps = path.split(".")
        wildcards = (
            self._specs.find(".".join(steps[:end]) + _WILDCARD) for end in range(len(steps) - 1, 0, -1)
        )
        return exact or next((spec for spec in wildcards if spec), None)

    def nearest(self, path: str) -> str | None:
        """The known path most like ``path``, for "did you mean"."""
        found = difflib.get_close_matches(path, [spec.path for spec in self._specs.values()], n=1)
        return found[0] if found else None

    def specs(self) -> list[FieldSpec]:
        """All fields in the order of their paths."""
        return self._specs.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one comparison's use of its field; ``pointer`` is within the predicate's document."""

    pointer: str
    field: str
    message: str
    suggestion: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """``{"pointer", "field", "message", "suggestion"}``."""
        return {
            "pointer": self.pointer,
            "field": self.field,
            "message": self.message,
            "suggestion": self.suggestion,
        }


_FITS: dict[FieldType, tuple[str, Callable[[Any], bool]]] = {
    FieldType.NUMBER: (
        "a number",
        lambda value: not isinstance(value, str) and read_number(value) is not None,
    ),
    FieldType.BOOLEAN: ("true or false", lambda value: isinstance(value, bool)),
    FieldType.DATETIME: ("an ISO 8601 date or time", lambda value: read_moment(value) is not None),
    FieldType.TEXT: ("text", lambda value: isinstance(value, str)),
}
_ORDERING_FITS: dict[FieldType, tuple[str, Callable[[Any], bool]]] = {
    FieldType.NUMBER: ("a number", lambda value: read_number(value) is not None),
    FieldType.DATETIME: _FITS[FieldType.DATETIME],
}
_FRAGMENT_FITS = {FieldType.TEXT: _FITS[FieldType.TEXT]}
# By the slug of the operator's value shape: how its values have to fit the type of the field.
_FITS_OF_SHAPE = {
    "scalar": _FITS,
    "scalar_or_null": _FITS,
    "list": _FITS,
    "fragment": _FRAGMENT_FITS,
    "bound": _ORDERING_FITS,
    "range": _ORDERING_FITS,
}
_CHOICE_SHAPES = frozenset({"scalar", "scalar_or_null", "list"})


def _value_problems(line: Comparison, operator: Operator, spec: FieldSpec) -> list[str]:
    shape = operator.shape.slug
    given = line.value if isinstance(line.value, tuple) else (line.value,)
    values = [value for value in given if value is not None]
    problems = []
    if fit := _FITS_OF_SHAPE.get(shape, {}).get(spec.type):
        wanted, fits = fit
        problems += [f"{value!r} is not {wanted}, as {spec.label} is" for value in values if not fits(value)]
    if spec.choices and shape in _CHOICE_SHAPES:
        choices = ", ".join(str(choice) for choice in spec.choices)
        problems += [
            f"{value!r} is not a choice of {spec.label}; choices: {choices}"
            for value in values
            if value not in spec.choices
        ]
    return problems


def check_fields(node: Node, registry: FieldRegistry) -> list[FieldProblem]:
    """Everything in ``node`` that does not go with the registered fields, in document order.

    Unknown fields (with the nearest known one), operators that the field does not offer, values that it cannot
    have. An empty list means that all is well.
    """
    problems = []
    for pointer, line in comparisons(node):
        spec = registry.find(line.field)
        if spec is None:
            nearest = registry.nearest(line.field)
            message = f"unknown field {line.field!r}" + (f"; did you mean {nearest!r}?" if nearest else "")
            problems.append(
                FieldProblem(
                    pointer=f"{pointer}/field", field=line.field, message=message, suggestion=nearest
                )
            )
            continue
        allowed = {operator.slug: operator for operator in spec.allowed()}
        if line.op not in allowed:
            message = (
                f"{line.op!r} does not go with {spec.label} ({spec.type}); use: {', '.join(sorted(allowed))}"
            )
            problems.append(FieldProblem(pointer=f"{pointer}/op", field=line.field, message=message))
            continue
        problems += [
            FieldProblem(pointer=f"{pointer}/value", field=line.field, message=message)
            for message in _value_problems(line, allowed[line.op], spec)
        ]
    return problems

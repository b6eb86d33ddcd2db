"""From a JSON document to a checked predicate tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from core.predicates.errors import InvalidValueError, PredicateError, pointer_step
from core.predicates.nodes import AllOf, AnyOf, Comparison, Node, Not
from core.predicates.operators import OPERATORS
from core.predicates.paths import check_path

MAX_DEPTH = 20
MAX_NODES = 500

_GROUPS: dict[str, Callable[[tuple[Node, ...]], Node]] = {"all": AllOf, "any": AnyOf}
_COMPARISON_KEYS = ("field", "op", "value")
_FORMS = '{"all": […]}, {"any": […]}, {"not": {…}} or {"field": …, "op": …, "value": …}'


class _Parser:
    """One pass over one document; counts its nodes."""

    def __init__(self) -> None:
        self.nodes = 0

    def node(self, document: Any, pointer: str, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise PredicateError(pointer, f"more than {MAX_NODES} nodes", "use in with a list, or a segment")
        if depth > MAX_DEPTH:
            raise PredicateError(pointer, f"nested deeper than {MAX_DEPTH} levels", "flatten the groups")
        if not isinstance(document, dict):
            raise PredicateError(pointer, "a predicate is an object", f"write {_FORMS}")
        keys = [key for key in ("all", "any", "not") if key in document]
        if not keys:
            return self.comparison(document, pointer)
        key = keys[0]
        if len(document) > 1:
            others = ", ".join(repr(other) for other in document if other != key)
            raise PredicateError(
                pointer, f"{key!r} stands beside {others}", 'one key per group: wrap them in {"all": […]}'
            )
        if key == "not":
            return Not(self.node(document["not"], f"{pointer}/not", depth + 1))
        children = document[key]
        if not isinstance(children, (list, tuple)):
            raise PredicateError(f"{pointer}/{key}", f"{key!r} is not a list", "give a list of predicates")
        return _GROUPS[key](
            tuple(
                self.node(child, f"{pointer}/{key}/{index}", depth + 1)
                for index, child in enumerate(children)
            )
        )

    def comparison(self, document: dict[Any, Any], pointer: str) -> Comparison:
        for key in document:
            if key not in _COMPARISON_KEYS:
                raise PredicateError(
                    pointer + pointer_step(str(key)), f"unknown key {key!r}", f"write {_FORMS}"
                )
        for key in ("field", "op"):
            if key not in document:
                raise PredicateError(pointer, f"{key!r} is missing", f"write {_FORMS}")
        slug = document["op"]
        operator = OPERATORS.find(slug) if isinstance(slug, str) else None
        if operator is None:
            raise PredicateError(
                f"{pointer}/op", f"unknown operator {slug!r}", f"known: {', '.join(OPERATORS)}"
            )
        if operator.shape.schema is not None and "value" not in document:
            example = json.dumps(operator.example["value"], ensure_ascii=False)
            raise PredicateError(pointer, f"{slug!r} needs a value", f"add one, e.g. {example}")
        field = _checked(check_path, document["field"], f"{pointer}/field")
        value = _checked(operator.shape.check, document.get("value"), f"{pointer}/value")
        return Comparison(field, operator.slug, value)


def _checked(check: Callable[[Any], Any], value: Any, pointer: str) -> Any:
    try:
        return check(value)
    except InvalidValueError as error:
        raise PredicateError(pointer + error.within, error.problem, error.remedy) from None


def parse(document: Any) -> Node:
    """The predicate that ``document`` (decoded JSON) describes.

    Raises ``PredicateError`` with the JSON pointer of the first fault: an unknown key or operator, a value that
    the operator cannot use, more than 20 levels, 500 nodes or 1000 items in a list.
    """
    return _Parser().node(document, "", 1)

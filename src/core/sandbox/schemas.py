"""JSON Schemas written by tenants (draft 2020-12), checked and applied within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from core.errors import PermanentError
from core.predicates.errors import InvalidValueError
from core.predicates.patterns import Pattern, compile_pattern

MAX_BYTES = 16 * 1024
#: Keywords applied, members looked at. Some hundred milliseconds; nested ``allOf`` could ask for 2^40.
MAX_STEPS = 50_000

#: Their values are schemas by name, data, or keywords whose work cannot be counted.
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_DATA = frozenset({"enum", "const", "default", "examples"})
_UNSUPPORTED = frozenset({"unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$id"})

Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]
_left: ContextVar[list[int]] = ContextVar("steps left")


class InvalidSchemaError(PermanentError):
    """This is not a JSON Schema that can be applied here."""


class SchemaMismatchError(PermanentError):
    """The value does not fit its JSON Schema."""


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise ``InvalidSchemaError``, which names the place, for what :func:`match_schema` could not apply.

    Patterns are RE2, references stay inside the document (``#/$defs/…``), ``format`` is a remark without effect.
    """
    try:
        encoded = orjson.dumps(schema)
    except TypeError:
        raise InvalidSchemaError("The schema is not JSON, or is nested too deeply.") from None
    if len(encoded) > MAX_BYTES:
        raise InvalidSchemaError(f"The schema is larger than {MAX_BYTES // 1024} KB.")
    try:
        Draft202012Validator.check_schema(schema, format_checker=None)  # type: ignore[arg-type]
    except SchemaError as error:
        raise InvalidSchemaError(f"{_place('schema', error)}: {error.message[:300]}") from None
    except RecursionError:
        raise InvalidSchemaError("The schema is nested too deeply.") from None
    for keyword, value in _keywords(schema):
        _check_keyword(keyword, value)


def match_schema(value: Any, schema: Mapping[str, Any], name: str) -> None:
    """Raise ``SchemaMismatchError`` unless ``value``, plain JSON that errors call ``name``, fits a checked ``schema``."""
    steps = _left.set([MAX_STEPS])
    try:
        error = next(_validator(orjson.dumps(schema)).iter_errors(value), None)
    except Unresolvable as unresolvable:
        raise InvalidSchemaError(f"The schema refers to {unresolvable.ref!r}, which is not in it.") from None
    except (RecursionError, _TooMuchWorkError):
        raise SchemaMismatchError(
            f"{name}: matching it with its schema is too much work; make either simpler"
        ) from None
    finally:
        _left.reset(steps)
    if error is not None:
        raise SchemaMismatchError(f"{_place(name, error)}: {error.message[:300]}")


class _TooMuchWorkError(Exception):
    """No steps are left."""


def _place(name: str, error: ValidationError | SchemaError) -> str:
    return ".".join([name, *map(str, error.absolute_path)])


def _keywords(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, list):
        for member in schema:
            yield from _keywords(member)
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        yield keyword, value
        if keyword in _NAMED:
            yield from _keywords(list(value.values()))
        elif keyword not in _DATA:
            yield from _keywords(value)


def _check_keyword(keyword: str, value: Any) -> None:
    if keyword in _UNSUPPORTED:
        raise InvalidSchemaError(f"The keyword {keyword} is not supported here.")
    if keyword == "$ref" and not value.startswith("#"):
        raise InvalidSchemaError(
            f"The schema may refer to its own parts only (#/$defs/…), not to {value[:100]!r}."
        )
    for pattern in {"pattern": [value], "patternProperties": value}.get(keyword, ()):
        try:
            compile_pattern(pattern)
        except InvalidValueError as error:
            raise InvalidSchemaError(f"The pattern {pattern[:100]!r}: {error}") from None


def _size(value: Any) -> int:
    return len(value) if isinstance(value, list | dict) else 0


def _counted(keyword: Keyword) -> Keyword:
    def apply(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError] | None:
        left = _left.get()
        left[0] -= 1 + _size(value) + _size(instance)
        if left[0] < 0:
            raise _TooMuchWorkError
        return keyword(validator, value, instance, schema)

    return apply


@lru_cache(maxsize=512)
def _pattern(text: str) -> Pattern:
    return compile_pattern(text)


def _found(text: str, pattern: str) -> bool:
    compiled = _pattern(text=pattern)
    if len(text) > compiled.max_chars:
        raise _TooMuchWorkError
    return compiled.found_in(text)


def _match_pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _found(instance, pattern):
        yield ValidationError(f"{instance[:100]!r} does not match {pattern!r}")


def _match_names(
    validator: Any, patterns: dict[str, Any], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    for pattern, subschema in patterns.items() if isinstance(instance, dict) else ():
        for key, member in instance.items():
            if _found(key, pattern):
                yield from validator.descend(member, subschema, path=key, schema_path=pattern)


def _match_others(validator: Any, others: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, member in instance.items():
        if key in named or any(_found(key, pattern) for pattern in patterns):
            continue
        if others is False:
            yield ValidationError(f"{key[:100]!r} is not one of its properties")
        else:
            yield from validator.descend(member, others, path=key)


def _unique(validator: Any, wanted: bool, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not wanted or not isinstance(instance, list):
        return
    # By their text, which takes as long as they are; the library compares each with each.
    if len({orjson.dumps(member, option=orjson.OPT_SORT_KEYS) for member in instance}) < len(instance):
        yield ValidationError("its members are not all different")


#: In place of the library's, which use ``re`` or compare each with each.
_OWN: dict[str, Keyword] = {
    "pattern": _match_pattern,
    "patternProperties": _match_names,
    "additionalProperties": _match_others,
    "uniqueItems": _unique,
}
_Bounded = extend(
    Draft202012Validator,
    {
        name: _counted(own)
        for name, keyword in Draft202012Validator.VALIDATORS.items()
        if (own := _OWN.get(name) or keyword) is not None
    },
)


@lru_cache(maxsize=256)
def _validator(encoded: bytes) -> Any:
    # An empty registry: a reference to another document is not fetched, whatever the schema says.
    return _Bounded(orjson.loads(encoded), registry=Registry())

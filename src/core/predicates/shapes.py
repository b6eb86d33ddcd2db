"""Value shapes: what an operator may be given, as a check, as JSON Schema and as readable text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.predicates.errors import InvalidValueError, pointer_step
from core.predicates.patterns import MAX_PATTERN_CHARS, compile_pattern
from core.predicates.times import parse_duration, read_moment
from core.predicates.values import folded, is_blank, nfc, number_bound

MAX_LIST_ITEMS = 1000
MAX_TEXT_CHARS = 4096
_MAX_INTEGER = 10**64
_EVENT_TYPE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
# Digits are named one by one, as \d means 0-9 alone to a browser.
_DURATION_PATTERN = r"^\s*(N+[smhdw]|P(?=.)(N+W)?(N+D)?(T(?=.)(N+H)?(N+M)?(N+S)?)?)\s*$".replace(
    "N", "[0-9٠-٩۰-۹]"
)
_DURATION_REMEDY = 'write e.g. "30m", "2h", "7d" or "P1DT12H", at most 36500 days'


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueShape:
    """What kind of value an operator takes.

    ``check`` returns the value normalised (lists become tuples) or raises ``InvalidValueError``; ``schema`` is
    the JSON Schema of the value, ``None`` when the operator takes none; ``show`` writes a checked value for
    people.
    """

    slug: str
    schema: dict[str, Any] | None
    check: Callable[[Any], Any]
    show: Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """How often an event is to have happened: the value of ``performed``.

    ``within`` is a duration as written, e.g. ``"30d"``; ``at_most`` is ``None`` for no upper limit.
    """

    event_type: str
    within: str
    at_least: int = 1
    at_most: int | None = None


def show_scalar(value: Any) -> str:
    """A scalar of a document as people read it: text in double quotes, ``null``, ``true``."""
    return json.dumps(value, ensure_ascii=False)


def _check_scalar(value: Any) -> Any:
    if isinstance(value, str):
        return _check_string(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _MAX_INTEGER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if value is None:
        raise InvalidValueError("the value is null", "use the operator is_null or is_not_null")
    raise InvalidValueError(
        "the value is not a single text, finite number or boolean", 'give one, e.g. "vip", 5 or true'
    )


def _check_scalar_or_null(value: Any) -> Any:
    return None if value is None else _check_scalar(value)


def _check_string(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValueError("the value is not text", 'give text in quotes, e.g. "coupon"')
    if len(value) > MAX_TEXT_CHARS:
        raise InvalidValueError(
            f"the text has {len(value)} characters", f"shorten it to {MAX_TEXT_CHARS} characters"
        )
    return value


def _check_text(value: Any) -> str:
    text = _check_string(value)
    if not text:
        raise InvalidValueError("the text is empty and would match everything", "write what to look for")
    return text


def _check_folded(value: Any) -> str:
    text = _check_text(value)
    if is_blank(folded(text)):
        # Diacritics, tatweel or marks alone fold to nothing, and nothing is part of every text.
        raise InvalidValueError(
            "nothing is left of the text when variants are ignored", "write a letter or digit"
        )
    return text


def _check_fragment(value: Any) -> Any:
    return _check_text(value) if isinstance(value, str) else _check_scalar(value)


def _check_pattern(value: Any) -> str:
    text = _check_text(value)
    compile_pattern(nfc(text))  # as it will be compiled: composing may lengthen it
    return text


def _check_list(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise InvalidValueError("the value is not a list", 'give a list, e.g. ["vip", "gold"]')
    if not value:
        raise InvalidValueError("the list is empty", "give at least one item")
    if len(value) > MAX_LIST_ITEMS:
        raise InvalidValueError(
            f"the list has {len(value)} items",
            f"give at most {MAX_LIST_ITEMS}; use a tag or segment for more",
        )
    items = []
    for index, item in enumerate(value):
        try:
            items.append(_check_scalar(item))
        except InvalidValueError as error:
            raise InvalidValueError(error.problem, error.remedy, within=f"/{index}") from None
    return tuple(items)


def _check_bound(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= MAX_TEXT_CHARS and read_moment(value) is not None:
        return value
    checked = None if value is None else _check_scalar(value)
    if checked is None or number_bound(checked) is None:
        raise InvalidValueError(
            "the value is neither a number nor an ISO 8601 date or time",
            'give e.g. 5, "۵" or "2026-03-21T09:00+03:30"',
        )
    return checked


def _check_range(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise InvalidValueError("the value is not a list of two", "give [lowest, highest]")
    ends = []
    for index, end in enumerate(value):
        try:
            ends.append(_check_bound(end))
        except InvalidValueError as error:
            raise InvalidValueError(error.problem, error.remedy, within=f"/{index}") from None
    low, high = ends
    numbers = number_bound(low), number_bound(high)
    if (numbers[0] is None) != (numbers[1] is None):
        raise InvalidValueError("one end is a number, the other a time", "give two numbers or two times")
    if numbers[0] is not None and numbers[1] is not None:
        backwards = numbers[0].exact > numbers[1].exact
    else:
        backwards = _ends_before(read_moment(high), read_moment(low))
    if backwards:
        raise InvalidValueError("the lowest end stands above the highest", "swap the two")
    return low, high


def _ends_before(high: Any, low: Any) -> bool:
    """Whether two moments are in the wrong order, as far as that can be told without the tenant's zone."""
    if type(high) is not type(low):
        return False
    if isinstance(high, datetime) and (high.utcoffset() is None) != (low.utcoffset() is None):
        return False
    return bool(high < low)


def _check_duration(value: Any) -> str:
    if not isinstance(value, str) or parse_duration(value) is None:
        raise InvalidValueError("the value is not a duration", _DURATION_REMEDY)
    return value


def _check_count(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise InvalidValueError(f"{key} is not a whole number", "give 0 to 1000000", within=pointer_step(key))
    return value


def _check_occurrences(value: Any) -> Occurrences:
    known = ("event_type", "within", "at_least", "at_most")
    if not isinstance(value, dict):
        raise InvalidValueError(
            "the value is not an object",
            'give e.g. {"event_type": "ORDER_PLACED", "at_least": 3, "within": "30d"}',
        )
    for key in value:
        if key not in known:
            raise InvalidValueError(
                f"unknown key {key!r}", f"known: {', '.join(known)}", within=pointer_step(str(key))
            )
    event_type, within = value.get("event_type"), value.get("within")
    if not isinstance(event_type, str) or not _EVENT_TYPE.fullmatch(event_type):
        raise InvalidValueError(
            "event_type is not the code of an event type", 'give e.g. "ORDER_PLACED"', within="/event_type"
        )
    if not isinstance(within, str) or parse_duration(within) is None:
        raise InvalidValueError("within is not a duration", _DURATION_REMEDY, within="/within")
    at_least = _check_count(value.get("at_least", 1), "at_least")
    at_most = None if value.get("at_most") is None else _check_count(value["at_most"], "at_most")
    if at_most is not None and at_most < at_least:
        raise InvalidValueError(
            "at_most is below at_least",
            "raise it; for an event that did not happen set both to 0",
            within="/at_most",
        )
    return Occurrences(event_type=event_type, within=within, at_least=at_least, at_most=at_most)


def _check_nothing(value: Any) -> None:
    if value is not None:
        raise InvalidValueError("this operator takes no value", "remove the value")


def _show_occurrences(value: Occurrences) -> str:
    most = "" if value.at_most is None else f" and at most {value.at_most}"
    return f"{value.event_type} at least {value.at_least}{most} times in the last {value.within}"


def _show_list(values: tuple[Any, ...]) -> str:
    return ", ".join(show_scalar(value) for value in values)


_SCALAR_TYPES = ["string", "number", "boolean"]
_TEXT_SCHEMA: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_CHARS}
_BOUND_SCHEMA: dict[str, Any] = {
    "type": ["number", "string"],
    "description": "A number, or an ISO 8601 date or time; without a zone it is in the tenant's.",
}
_DURATION_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": _DURATION_PATTERN,
    "examples": ["7d", "PT2H"],
}
_COUNT_SCHEMA: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 1_000_000}

NOTHING = ValueShape(slug="nothing", schema=None, check=_check_nothing, show=lambda value: "")
TEXT = ValueShape(slug="text", schema=_TEXT_SCHEMA, check=_check_text, show=show_scalar)
SEARCH = ValueShape(slug="search", schema=_TEXT_SCHEMA, check=_check_folded, show=show_scalar)
FRAGMENT = ValueShape(
    slug="fragment",
    schema={"type": _SCALAR_TYPES, "minLength": 1, "maxLength": MAX_TEXT_CHARS},
    check=_check_fragment,
    show=show_scalar,
)
PATTERN = ValueShape(
    slug="pattern",
    schema={"type": "string", "minLength": 1, "maxLength": MAX_PATTERN_CHARS},
    check=_check_pattern,
    show=lambda value: f"/{value}/",
)
SCALAR = ValueShape(
    slug="scalar",
    schema={"type": _SCALAR_TYPES, "maxLength": MAX_TEXT_CHARS},
    check=_check_scalar,
    show=show_scalar,
)
SCALAR_OR_NULL = ValueShape(
    slug="scalar_or_null",
    schema={"type": [*_SCALAR_TYPES, "null"], "maxLength": MAX_TEXT_CHARS},
    check=_check_scalar_or_null,
    show=show_scalar,
)
SCALARS = ValueShape(
    slug="list",
    schema={
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_LIST_ITEMS,
        "items": {"type": _SCALAR_TYPES, "maxLength": MAX_TEXT_CHARS},
    },
    check=_check_list,
    show=_show_list,
)
BOUND = ValueShape(slug="bound", schema=_BOUND_SCHEMA, check=_check_bound, show=show_scalar)
RANGE = ValueShape(
    slug="range",
    schema={"type": "array", "minItems": 2, "maxItems": 2, "items": _BOUND_SCHEMA},
    check=_check_range,
    show=lambda ends: f"{show_scalar(ends[0])} and {show_scalar(ends[1])}",
)
DURATION = ValueShape(
    slug="duration", schema=_DURATION_SCHEMA, check=_check_duration, show=lambda value: str(value)
)
OCCURRENCES = ValueShape(
    slug="occurrences",
    schema={
        "type": "object",
        "properties": {
            "event_type": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{0,99}$"},
            "within": _DURATION_SCHEMA,
            "at_least": {**_COUNT_SCHEMA, "default": 1},
            "at_most": {"anyOf": [_COUNT_SCHEMA, {"type": "null"}]},
        },
        "required": ["event_type", "within"],
        "additionalProperties": False,
    },
    check=_check_occurrences,
    show=_show_occurrences,
)

"""Serializer fields for JSON that goes into the database."""

from __future__ import annotations

from typing import Any

import orjson
from rest_framework import serializers

MAX_BYTES = 512_000
#: Deeper than anything of use, and far from what a recursive walk can bear.
MAX_DEPTH = 50


class JSONObjectField(serializers.JSONField):
    """A JSON object of at most 512 KB and 50 levels, of numbers that JSON knows.

    U+0000 is refused, as PostgreSQL cannot store it, or with ``strip_nul`` left to who stores it.
    """

    default_error_messages = {
        "not_an_object": "Write a JSON object.",
        "too_deep": f"This is nested more than {MAX_DEPTH} levels deep.",
        "too_large": f"This is larger than {MAX_BYTES // 1000} KB.",
        "not_json": "This holds a number or text that JSON does not know (NaN, infinity, half a character).",
        "nul": "This holds the character U+0000, which cannot be stored.",
    }

    def __init__(self, *, strip_nul: bool = False, **kwargs: Any) -> None:
        self.strip_nul = strip_nul
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object."""
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            self.fail("not_an_object")
        if _deeper_than(value, MAX_DEPTH):
            self.fail("too_deep")
        try:
            written = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
        except TypeError:
            self.fail("not_json")
        if len(written) > MAX_BYTES:
            self.fail("too_large")
        if _has(value, _not_finite):
            self.fail("not_json")
        if not self.strip_nul and b"\\u0000" in written and _has(value, _holds_nul):
            self.fail("nul")
        return value


def _deeper_than(value: Any, levels: int) -> bool:
    """Level by level rather than recursively: the value may be as deep as the parser let through."""
    level = [value]
    for _ in range(levels + 1):
        level = [member for item in level for member in _members(item)]
        if not level:
            return False
    return True


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _has(value: Any, test: Any) -> bool:
    if isinstance(value, dict):
        return any(test(key) or _has(member, test) for key, member in value.items())
    if isinstance(value, list):
        return any(_has(member, test) for member in value)
    return bool(test(value))


def _not_finite(value: Any) -> bool:
    return isinstance(value, float) and (value != value or value in (float("inf"), float("-inf")))


def _holds_nul(value: Any) -> bool:
    return isinstance(value, str) and "\x00" in value

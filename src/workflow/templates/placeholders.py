"""Placeholders: where a template's parameters stand in its workflow.

``{"$param": "days"}`` stands for a whole value, ``[[days]]`` for a part of a text; what is put in is not read again. A
text that really says ``[[days]]`` is written ``[[\\days]]``, an object that really is ``{"$param": …}`` as
``{"$$param": …}``; each further backslash or dollar says the same of the form before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

PARAM = "$param"
NAME = r"[a-z][a-z0-9_]{0,59}"

_IN_TEXT = re.compile(rf"\[\[(\\*)({NAME})\]\]")
_KEY = re.compile(r"\$+param")


def whole(name: str) -> dict[str, str]:
    """The placeholder of a whole value."""
    return {PARAM: name}


def names_in(value: Any) -> Iterator[str]:
    """The name of each placeholder in ``value``, in the order in which they stand there."""
    if isinstance(value, str):
        yield from (found[2] for found in _IN_TEXT.finditer(value) if not found[1])
    elif isinstance(value, list):
        for member in value:
            yield from names_in(member)
    elif isinstance(value, dict):
        if _marker(value) == PARAM:
            yield str(value[PARAM])
            return
        for member in value.values():
            yield from names_in(member)


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """A copy of ``value`` with what the placeholders stand for. Raises ``KeyError`` for a name without a value."""
    if isinstance(value, str):
        return _IN_TEXT.sub(lambda found: _text(found, values), value)
    if isinstance(value, list):
        return [fill(member, values) for member in value]
    if not isinstance(value, dict):
        return value
    marker = _marker(value)
    if marker == PARAM:
        return values[value[PARAM]]
    if marker:
        return {marker[1:]: fill(value[marker], values)}
    return {key: fill(member, values) for key, member in value.items()}


def escaped_text(text: str) -> str:
    """``text`` so that filling gives it back as it is."""
    return _IN_TEXT.sub(r"[[\\\1\2]]", text)


def escaped(value: Any, leaf: Callable[[str], Any] = escaped_text) -> Any:
    """A copy of ``value`` that filling gives back as it is; ``leaf`` is what becomes of its texts."""
    if isinstance(value, str):
        return leaf(value)
    if isinstance(value, list):
        return [escaped(member, leaf) for member in value]
    if isinstance(value, dict):
        return escaped_keys({key: escaped(member, leaf) for key, member in value.items()})
    return value


def escaped_keys(value: dict[str, Any]) -> dict[str, Any]:
    """An object of escaped members, itself not to be taken for a placeholder."""
    marker = _marker(value)
    return {f"${marker}": value[marker]} if marker else value


def _marker(value: Mapping[str, Any]) -> str:
    """The one key of an object that is a placeholder, or an escaped one; else nothing."""
    if len(value) != 1:
        return ""
    (key,) = value
    return key if isinstance(key, str) and _KEY.fullmatch(key) else ""


def _text(found: re.Match[str], values: Mapping[str, Any]) -> str:
    escapes, name = found[1], found[2]
    return f"[[{escapes[1:]}{name}]]" if escapes else as_text(values[name])


def as_text(value: Any) -> str:
    """A parameter's value as a part of a text: ``true`` rather than ``True``, a list with commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(as_text(member) for member in value)
    return str(value)

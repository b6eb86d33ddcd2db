"""Field paths: what a valid one looks like, with the reader that follows it through a context."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from core.predicates.errors import InvalidValueError
from core.predicates.results import Context, Reader

MAX_PATH_CHARS = 300
MAX_PATH_STEPS = 20
_REMEDY = 'write a path such as "event.data.content" or "event.data.items.0.price"'


def check_path(path: object) -> str:
    """``path`` if it is one: 1-20 non-empty steps joined by dots, no control characters, no outer blanks.

    Steps may be in any script (custom fields are named by tenants). Raises ``InvalidValueError``.
    """
    if not isinstance(path, str):
        raise InvalidValueError("the field is not a string", _REMEDY)
    if len(path) > MAX_PATH_CHARS:
        raise InvalidValueError(f"the field is longer than {MAX_PATH_CHARS} characters", _REMEDY)
    steps = path.split(".")
    if len(steps) > MAX_PATH_STEPS:
        raise InvalidValueError(f"the field has more than {MAX_PATH_STEPS} steps", _REMEDY)
    if any(not step or step != step.strip() for step in steps):
        raise InvalidValueError(f"the field {path!r} has an empty step or blanks around one", _REMEDY)
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in path):
        raise InvalidValueError("the field holds a control character", _REMEDY)
    return path


def _step(value: Any, key: str) -> Any:
    """One step into a container that is not a plain dict; ``None`` where there is nothing."""
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, (list, tuple)) and key.isascii() and key.isdigit():
        index = int(key)
        return value[index] if index < len(value) else None
    return None


def reader(steps: tuple[str, ...]) -> Reader:
    """A function that fetches the value at ``steps`` from a context: ``None`` when any step is missing."""

    def read(context: Context) -> Any:
        value: Any = context
        for key in steps:
            value = value.get(key) if type(value) is dict else _step(value, key)
            if value is None:
                return None
        return value

    return read


def path_reader(path: str) -> Reader:
    """:func:`reader` for a dotted path."""
    return reader(tuple(path.split(".")))

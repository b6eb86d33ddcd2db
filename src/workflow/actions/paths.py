"""Paths into JSON: ``items.0.id``, as response mappings write them.

A path is made of keys joined by dots. In a list a key is a number from 0, or from -1 backwards; ``*`` takes every member
of a list and goes on in each (``items.*.id`` is a list of ids). A dot that belongs to a key is written ``\\.``.
"""

from __future__ import annotations

import re
from typing import Any

_KEYS = re.compile(r"((?:[^.\\]|\\.)+)(?:\.(?=.)|\Z)", re.DOTALL)
_INDEX = re.compile(r"-?[0-9]{1,9}\Z")


class NotThereError(LookupError):
    """There is nothing at the path. The message says how far it led."""


def keys_of(path: str) -> list[str]:
    """The keys of a path. Raises ``ValueError`` for one that is empty or has an empty key."""
    keys, position = [], 0
    while position < len(path):
        found = _KEYS.match(path, position)
        if found is None:
            break
        keys.append(re.sub(r"\\(.)", r"\1", found[1]))
        position = found.end()
    if not keys or position < len(path):
        raise ValueError("write keys with dots between, such as body.items.0.id")
    return keys


def value_at(value: Any, path: str) -> Any:
    """What stands at ``path`` in a JSON value. Raises ``NotThereError``."""
    return _follow(value, keys_of(path), "")


def _follow(value: Any, keys: list[str], walked: str) -> Any:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    step = f"{walked}.{key}" if walked else key
    if isinstance(value, list):
        if key == "*":
            return [_follow(member, rest, f"{walked}.{n}") for n, member in enumerate(value)]
        if _INDEX.match(key) and -len(value) <= int(key) < len(value):
            return _follow(value[int(key)], rest, step)
        raise NotThereError(f"{walked or 'it'} is a list of {len(value)} without {key!r}")
    if isinstance(value, dict):
        if key in value:
            return _follow(value[key], rest, step)
        raise NotThereError(f"{walked or 'it'} has no {key!r}")
    raise NotThereError(f"{walked or 'it'} holds nothing below it")

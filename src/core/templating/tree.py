"""Finds the templates inside JSON-like values, and puts what they render to in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

MAX_DEPTH = 64


class TooDeepError(ValueError):
    """The value is nested too deeply."""


def is_template(text: str) -> bool:
    """Whether Liquid would do anything to ``text``."""
    return "{{" in text or "{%" in text


def templates(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """``(path, source)`` of each template in ``value``, e.g. ``("buttons.0.title", "…")``. Raises ``TooDeepError``."""
    if isinstance(value, str):
        if is_template(value):
            yield path, value
        return
    for key, member in _members(value):
        if depth >= MAX_DEPTH:
            raise TooDeepError
        yield from templates(member, f"{path}.{key}" if path else str(key), depth + 1)


def replaced(value: Any, take: Callable[[], Any]) -> Any:
    """A copy of ``value`` with each template, in the order of :func:`templates`, replaced by what ``take`` returns."""
    if isinstance(value, str):
        return take() if is_template(value) else value
    if isinstance(value, dict):
        return {key: replaced(member, take) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(member, take) for member in value]
    return value


def _members(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)

"""Python written by tenants, run in a sandbox whose limits are always set."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.sandbox.errors import (
    CodeError,
    CodeLimitError,
    CodeRaisedError,
    CodeSyntaxError,
    CodeValueError,
    ForbiddenCodeError,
    SandboxError,
)
from core.sandbox.limits import CONDITION, DEFAULT, CodeLimits
from core.sandbox.pool import CodeResult, Sandbox

__all__ = [
    "CONDITION",
    "DEFAULT",
    "CodeError",
    "CodeLimitError",
    "CodeLimits",
    "CodeRaisedError",
    "CodeResult",
    "CodeSyntaxError",
    "CodeValueError",
    "ForbiddenCodeError",
    "Sandbox",
    "SandboxError",
    "check_code",
    "evaluate_condition",
    "run_code",
]


@cache
def _sandbox() -> Sandbox:
    return Sandbox()


def run_code(source: str, *, inputs: Mapping[str, Any], limits: CodeLimits = DEFAULT) -> CodeResult:
    """Run ``source`` in this process's sandbox; see :meth:`Sandbox.run`. Raises ``CodeError`` and ``SandboxError``."""
    return _sandbox().run(source, inputs=inputs, limits=limits)


def check_code(source: str) -> None:
    """Raise what can be seen without running ``source``; see :meth:`Sandbox.check`."""
    _sandbox().check(source)


def evaluate_condition(source: str, context: Mapping[str, Any]) -> bool:
    """Whether ``source``, with the roots of ``context`` as variables, gives ``True``; at most 0.2 s.

    Raises ``CodeValueError`` for any other value than ``True`` and ``False``: a text or a list that counts as true in
    Python is more often a mistake than meant. Raises the other errors of :func:`run_code` too.
    """
    value = run_code(source, inputs=context, limits=CONDITION).value
    if not isinstance(value, bool):
        raise CodeValueError(
            f"a condition gives True or False, and this one gives {_shown(value)}; compare it with something"
        )
    return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

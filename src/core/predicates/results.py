"""The three results of a predicate, with the reason that stands behind an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, TypeAlias


class Result(Enum):
    """What a predicate says of a context: true, false, or that it cannot tell."""

    TRUE = "true"
    FALSE = "false"
    ERROR = "error"

    def __bool__(self) -> NoReturn:
        # `if predicate.evaluate(...)` would silently make an error one of the two; the caller has to say which.
        raise TypeError("a Result has three values: compare it, e.g. `result is Result.TRUE`")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a comparison has no answer.

    ``complaint`` continues "<path> is <value>, …", e.g. ``"not a number"``. ``at`` is the path at fault when it
    is not the compared field itself. Faults are made when a predicate is compiled, never while it runs.
    """

    complaint: str
    at: str | None = None


Context: TypeAlias = Mapping[str, Any]
"""The roots that field paths start from: ``event``, ``user``, ``conversation``, ``tenant``, ``steps``, ``now``."""

Verdict: TypeAlias = bool | Fault
"""The outcome of one comparison: exactly ``True`` or ``False``, or why there is neither."""

Test: TypeAlias = Callable[[Any, Context], Verdict]
"""A compiled comparison: (the actual value, the context) → verdict. It never raises for any JSON value."""

Reader: TypeAlias = Callable[[Context], Any]
"""Fetches the actual value of a comparison from a context; absent is ``None``."""


def negated(test: Test) -> Test:
    """The opposite of ``test``: swaps true and false, keeps a fault."""

    def opposite(actual: Any, context: Context) -> Verdict:
        verdict = test(actual, context)
        if verdict is True:
            return False
        if verdict is False:
            return True
        return verdict

    return opposite


def all_of(results: list[Result]) -> Result:
    """Any false → false, else any error → error, else true; nothing at all → true."""
    if Result.FALSE in results:
        return Result.FALSE
    return Result.ERROR if Result.ERROR in results else Result.TRUE


def any_of(results: list[Result]) -> Result:
    """Any true → true, else any error → error, else false; nothing at all → false."""
    if Result.TRUE in results:
        return Result.TRUE
    return Result.ERROR if Result.ERROR in results else Result.FALSE


_OPPOSITES = {Result.TRUE: Result.FALSE, Result.FALSE: Result.TRUE, Result.ERROR: Result.ERROR}


def not_of(result: Result) -> Result:
    """True and false swapped; not knowing stays not knowing."""
    return _OPPOSITES[result]

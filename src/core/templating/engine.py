"""The Liquid environment with its limits: parses, checks and renders one template at a time.

Runs in the child process only. The limits here make most bad templates fail politely and with a line number; what
they cannot bound (memory, time inside one C call) is bounded by the kernel and the parent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import FilterArgumentError, FilterValueError, LiquidError, LiquidValueError

from core.templating import limits
from core.templating.errors import TemplateError
from core.templating.filters import ARITHMETIC, FILTERS, any_digits

#: Characters of source whose parsed form is kept. A parsed template is some hundred times its source.
CACHE_CHARS = 256 * 1024


class LimitedEnvironment(Environment):
    """Standard Liquid without files, with our filters and bounds."""

    loop_iteration_limit = limits.ITEMS
    local_namespace_limit = limits.VALUE_CHARS
    output_stream_limit = limits.OUTPUT_BYTES

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register the standard set, less what reads other templates."""
        super().setup_tags_and_filters(extra=extra)
        for name in ("include", "render"):
            del self.tags[name]
        self.filters.update(FILTERS)
        self.filters.update({name: any_digits(self.filters[name]) for name in ARITHMETIC})
        self.filters = {name: _bounded(name, function) for name, function in self.filters.items()}


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with a check of what it returns, so that a chain of filters cannot grow without end.

    What it did not foresee becomes an error that names the filter, and so gets a line.
    """

    @functools.wraps(function)  # keeps the attributes that ask for the context or the environment
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        # The library's filters take a range for an array on their left only.
        arrays = (list(arg) if isinstance(arg, range) else arg for arg in args)
        try:
            result = function(*arrays, **kwargs)
        except (LiquidError, MemoryError, RecursionError):
            raise
        except Exception as error:
            reason = f"the filter {name!r} cannot use its value: {str(error)[:200]}"
            raise FilterArgumentError(reason, token=None) from None
        if (isinstance(result, str) and len(result) > limits.VALUE_CHARS) or (
            isinstance(result, list | tuple) and len(result) > limits.ITEMS
        ):
            raise FilterValueError(f"the filter {name!r} makes too much", token=None)
        if isinstance(result, int) and result.bit_length() > limits.NUMBER_BITS:
            raise FilterValueError(f"the filter {name!r} makes too large a number", token=None)
        return result

    return wrapper


def _cap_ranges() -> None:
    make_range = RangeLiteral._make_range

    def capped(self: RangeLiteral, start: Any, stop: Any) -> range:
        result = make_range(self, start, stop)
        # Not len(): it overflows on the ranges that matter here.
        if result.stop - result.start > limits.ITEMS:
            raise LiquidValueError(f"a range has at most {limits.ITEMS} members", token=self.token)
        return result

    # The library bounds ranges in loops only and offers no hook; filters would unroll any other.
    RangeLiteral._make_range = capped  # type: ignore[method-assign]


_cap_ranges()


class Engine:
    """Renders and checks; keeps parsed templates."""

    def __init__(self) -> None:
        self._environment = LimitedEnvironment()
        self._parsed: dict[str, BoundTemplate] = {}
        self._parsed_chars = 0

    def render(self, source: str, context: Mapping[str, Any]) -> str:
        """The text that ``source`` makes of ``context``. Raises ``TemplateError`` and ``MemoryError``."""
        try:
            return self._parse(source).render(context)
        except Exception as error:
            raise _explained(error) from None

    def check(self, source: str) -> None:
        """Look for mistakes without rendering. Raises ``TemplateError`` and ``MemoryError``."""
        try:
            found = self._parse(source).analyze(include_partials=False).filters
        except Exception as error:
            raise _explained(error) from None
        for name, spans in found.items():
            if name not in self._environment.filters:
                line = source.count("\n", 0, spans[0].index) + 1
                raise TemplateError(f"unknown filter {name!r}", line=line)

    def forget(self) -> None:
        """Drop the parsed templates."""
        self._parsed.clear()
        self._parsed_chars = 0

    def _parse(self, source: str) -> BoundTemplate:
        template = self._parsed.get(source)
        if template is None:
            template = self._environment.from_string(source)
            if self._parsed_chars + len(source) > CACHE_CHARS:
                self.forget()
            self._parsed[source] = template
            self._parsed_chars += len(source)
        return template


#: How the library's complaint begins where it fails to make its own error.
_LIBRARY_SLIP = "LiquidError.__init__()"


def _explained(error: Exception) -> TemplateError | MemoryError:
    cause: BaseException | None = error
    while cause is not None:  # the library wraps what it does not expect
        if isinstance(cause, MemoryError):
            return cause
        if isinstance(cause, RecursionError):
            return TemplateError("the template is nested too deeply")
        cause = cause.__cause__
    if isinstance(error, LiquidError):
        message = str(error.message)[:300] or type(error).__name__
        if message.startswith(_LIBRARY_SLIP):
            message = "a filter is given a value that it cannot use"
        return TemplateError(message, line=_line(error))
    return TemplateError(f"the template fails: {str(error)[:300] or type(error).__name__}")


def _line(error: LiquidError) -> int | None:
    token = error.token
    if token is None or token.start_index < 0:
        return None
    return token.source.count("\n", 0, token.start_index) + 1

"""What went wrong in the interpreter, in words for the code's author."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable

from pydantic_monty import MontyRuntimeError, MontySyntaxError

from core.sandbox.errors import (
    CodeError,
    CodeLimitError,
    CodeRaisedError,
    CodeSyntaxError,
    ForbiddenCodeError,
)
from core.sandbox.imports import no_module
from core.sandbox.limits import MESSAGE_CHARS, CodeLimits

Fault = tuple[type[CodeError], str]

_SOURCE_FILES = ("<python-input", "main.py")
_NO_GRAMMAR = "The monty syntax parser does not yet support "
_NO_FILES = "Permission denied: "
_NO_SERVICE = re.compile(r"'([\w.]+)' is not supported in this environment")
_NO_MODULE = re.compile(r"No module named '([^']*)'")
_NO_MEMBER = re.compile(r"cannot import name '([^']*)' from '([^']*)'.*")
_NO_NAME = re.compile(r"name '([^']*)' is not defined")
_NO_ATTRIBUTE = re.compile(r"(.*) has no attribute '(\w+)'")
_ADVICE = {
    "time.sleep": "waiting is a step of its own",
    "asyncio.sleep": "waiting is a step of its own",
    "open": "it has no files",
}


def of_syntax(error: MontySyntaxError) -> CodeError:
    """The error for code that could not be read."""
    reason = error.display("msg")[:MESSAGE_CHARS]
    line, column = _place(error)
    if "too deeply nested" in reason:
        return CodeLimitError("brackets or operators are nested too deeply", line=line, column=column)
    return CodeSyntaxError(f"this is not Python: {reason}", line=line, column=column)


def of_runtime(error: MontyRuntimeError, limits: CodeLimits) -> CodeError:
    """The error for code that stopped while it ran, or that uses grammar which the interpreter lacks."""
    name, _, message = error.display("type-msg")[:MESSAGE_CHARS].partition(": ")
    explain = _EXPLAIN.get(name)
    fault = explain(message, limits) if explain is not None else None
    kind, reason = fault or (CodeRaisedError, f"{name}: {message}" if message else name)
    line, column = _place(error)
    return kind(reason, line=line, column=column)


def too_slow(limits: CodeLimits) -> CodeError:
    """The error for code whose interpreter had to be killed."""
    return CodeLimitError(f"the code takes longer than {limits.time_s:g} s")


def _place(error: MontySyntaxError | MontyRuntimeError) -> tuple[int | None, int | None]:
    """The innermost line of the author's own text: code inside ``eval`` counts lines of its own."""
    frames = [frame for frame in error.traceback() if frame.filename.startswith(_SOURCE_FILES)]
    return (frames[-1].line, frames[-1].column) if frames else (None, None)


def _memory(message: str, limits: CodeLimits) -> Fault:
    if message.endswith(f"> {limits.printed_bytes} bytes"):
        return CodeLimitError, f"the code prints more than {limits.printed_bytes // 1024} KB"
    return CodeLimitError, f"the code needs more than {limits.memory_bytes >> 20} MB of memory"


def _time(message: str, limits: CodeLimits) -> Fault | None:
    return (CodeLimitError, too_slow(limits).reason) if "time limit exceeded" in message else None


def _depth(message: str, limits: CodeLimits) -> Fault:
    return CodeLimitError, f"functions call each other more than {limits.depth} deep"


def _runtime(message: str, limits: CodeLimits) -> Fault | None:
    if message.startswith("suspension limit"):
        return CodeLimitError, "the code asks too often for things that the sandbox does not have"
    if found := _NO_SERVICE.fullmatch(message):
        advice = _ADVICE.get(found[1], "nothing outside can be reached")
        return ForbiddenCodeError, f"the sandbox has no {found[1]}: {advice}"
    return None


def _grammar(message: str, limits: CodeLimits) -> Fault | None:
    if not message.startswith(_NO_GRAMMAR):
        return None
    return ForbiddenCodeError, f"the sandbox's Python does not know {message.removeprefix(_NO_GRAMMAR)}"


def _module(message: str, limits: CodeLimits) -> Fault | None:
    found = _NO_MODULE.fullmatch(message)
    return (ForbiddenCodeError, no_module(found[1])) if found else None


def _member(message: str, limits: CodeLimits) -> Fault | None:
    found = _NO_MEMBER.fullmatch(message)
    return (ForbiddenCodeError, f"in the sandbox module {found[2]!r} has no {found[1]}") if found else None


def _file(message: str, limits: CodeLimits) -> Fault | None:
    return (ForbiddenCodeError, "the sandbox has no files") if message.startswith(_NO_FILES) else None


def _name(message: str, limits: CodeLimits) -> Fault | None:
    found = _NO_NAME.fullmatch(message)
    if found is None or not hasattr(builtins, found[1]):
        return None
    return ForbiddenCodeError, f"the sandbox has no {found[1]}"


def _attribute(message: str, limits: CodeLimits) -> Fault | None:
    found = _NO_ATTRIBUTE.fullmatch(message)
    if found is None or not (found[1].startswith("module ") or found[2].startswith("__")):
        return None
    return ForbiddenCodeError, f"in the sandbox {found[1]} has no {found[2]}"


_EXPLAIN: dict[str, Callable[[str, CodeLimits], Fault | None]] = {
    "MemoryError": _memory,
    "TimeoutError": _time,
    "RecursionError": _depth,
    "RuntimeError": _runtime,
    "NotImplementedError": _grammar,
    "ModuleNotFoundError": _module,
    "ImportError": _member,
    "PermissionError": _file,
    "NameError": _name,
    "AttributeError": _attribute,
}

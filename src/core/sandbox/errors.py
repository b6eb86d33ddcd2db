"""How running a tenant's code fails: by the code's fault, or by ours."""

from __future__ import annotations

from typing import ClassVar

from core.errors import PermanentError, RetryableError


class CodeError(PermanentError):
    """The code cannot be run.

    Written for the code's author. ``line`` and ``column`` count from 1 and are ``None`` where no place is to blame.
    """

    #: The name of the class on the wire between the processes.
    kind: ClassVar[str] = "code"

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column


class CodeSyntaxError(CodeError):
    """The code is not Python."""

    kind = "syntax"


class ForbiddenCodeError(CodeError):
    """The code uses something that the sandbox does not have."""

    kind = "forbidden"


class CodeLimitError(CodeError):
    """The code used more than it may: time, memory, depth, output."""

    kind = "limit"


class CodeRaisedError(CodeError):
    """The code raised an exception of its own."""

    kind = "raised"


class CodeValueError(CodeError):
    """What goes into the code, or comes out of it, is not plain JSON."""

    kind = "value"


class SandboxError(RetryableError):
    """The sandbox could not be started, or it was busy for too long."""


KINDS: dict[str, type[CodeError]] = {
    error.kind: error
    for error in (CodeSyntaxError, ForbiddenCodeError, CodeLimitError, CodeRaisedError, CodeValueError)
}

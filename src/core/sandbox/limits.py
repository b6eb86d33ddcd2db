"""What one run of a tenant's code may use."""

from __future__ import annotations

from dataclasses import astuple, dataclass

_KB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLimits:
    """Every limit is always set. Raises ``ValueError`` for one that would let nothing, or everything, pass."""

    #: Seconds of wall time in the interpreter.
    time_s: float = 1.0
    memory_bytes: int = 64 * _KB * _KB
    #: Calls inside calls, and brackets inside brackets.
    depth: int = 200
    #: Times that the code may ask for something outside the sandbox, all of which are refused.
    suspensions: int = 50
    #: UTF-8 bytes of the source and of what it prints, JSON bytes of what goes in and comes out.
    source_bytes: int = 64 * _KB
    printed_bytes: int = 16 * _KB
    input_bytes: int = 256 * _KB
    output_bytes: int = 256 * _KB

    def __post_init__(self) -> None:
        if min(astuple(self)) <= 0 or self.time_s > MAX_TIME_S:
            raise ValueError(f"limits are more than 0, and time_s at most {MAX_TIME_S}")


#: Longer work does not belong into a step.
MAX_TIME_S = 5.0
#: How long after ``time_s`` an interpreter that does not stop by itself is killed (a product of huge numbers cannot be
#: interrupted), and how much later the process around it.
KILL_AFTER_S = 0.5
GIVE_UP_AFTER_S = 1.5
#: Lists and dicts inside each other, in what goes in and comes out.
NESTING = 64
#: Address space of the interpreter's process and of the one around it.
INTERPRETER_BYTES = 512 * _KB * _KB
CHILD_BYTES = 1024 * _KB * _KB
#: Memory above which the process around the interpreter makes room for a fresh one.
CHILD_RESIDENT_BYTES = 80 * _KB * _KB
#: Characters of an exception's message that are passed on.
MESSAGE_CHARS = 500

DEFAULT = CodeLimits()
#: A condition is asked far more often than a step runs.
CONDITION = CodeLimits(time_s=0.2)

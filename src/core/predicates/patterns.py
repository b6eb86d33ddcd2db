"""Tenants' regular expressions, run by RE2: linear time, bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import re2

from core.predicates.errors import InvalidValueError

MAX_PATTERN_CHARS = 512
MAX_MEMORY_BYTES = 1 << 20

# RE2 is linear in text × program. Where its automaton outgrows its memory a step costs about 4 ns per live
# state; these bounds keep the worst pattern under 50 ms and let an ordinary one read a long e-mail.
_WORK_BUDGET = 12_000_000
_MIN_TEXT_CHARS = 4_096
_MAX_TEXT_CHARS = 65_536

_SYNTAX = "see https://github.com/google/re2/wiki/Syntax"
_REMEDIES = (
    (("(?=", "(?!"), "lookahead is not supported: use two comparisons under all, or not, instead"),
    (("(?<",), "lookbehind is not supported: use two comparisons under all, or not, instead"),
    (("(?P", "\\k"), "backreferences are not supported: write the repeated part out"),
    (("(?>", "++", "*+", "?+", "(?("), "atomic groups, possessive repeats and conditions are not supported"),
    (("repetition size",), "a repeat can count to 1000 at most, nested repeats multiplied"),
    (("too large",), "it needs too much memory: use smaller repeats or fewer character classes"),
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: ``found_in(text)`` tells if it occurs anywhere in at most ``max_chars`` of text."""

    found_in: Callable[[str], bool]
    max_chars: int


def _remedy(complaint: str) -> str:
    escape = "invalid escape sequence: \\"
    if complaint.startswith(escape) and complaint[len(escape) :][:1].isdigit():
        return "backreferences are not supported: write the repeated part out"
    return next(
        (remedy for marks, remedy in _REMEDIES if any(mark in complaint for mark in marks)),
        f"correct it, {_SYNTAX}",
    )


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = MAX_MEMORY_BYTES
    options.log_errors = False  # RE2 would write to stderr; the error is raised anyway
    options.never_capture = True
    return options


def compile_pattern(text: str) -> Pattern:
    """``text`` as a pattern in RE2's syntax. Raises ``InvalidValueError`` that says what is not supported."""
    if len(text) > MAX_PATTERN_CHARS:
        raise InvalidValueError(
            f"the pattern has {len(text)} characters",
            f"shorten it to {MAX_PATTERN_CHARS} or split it over several comparisons",
        )
    try:
        compiled = re2.compile(text, _options())
    except UnicodeEncodeError:
        raise InvalidValueError(
            "the pattern holds half a character (a lone surrogate)", "remove it"
        ) from None
    except re2.error as error:
        detail = error.args[0] if error.args else b""
        complaint = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
        raise InvalidValueError(
            f"the pattern is not valid for RE2 ({complaint})", _remedy(complaint)
        ) from None
    allowed = _WORK_BUDGET // max(1, compiled.programsize)
    return Pattern(
        found_in=lambda subject: compiled.search(subject) is not None,
        max_chars=min(_MAX_TEXT_CHARS, max(_MIN_TEXT_CHARS, allowed)),
    )

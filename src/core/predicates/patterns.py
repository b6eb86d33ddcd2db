"""Tenants' regular expressions, run by RE2: linear time, bounded memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import re2

from core.predicates.errors import InvalidValueError

MAX_PATTERN_CHARS = 512
MAX_MEMORY_BYTES = 1 << 20

# RE2 is linear in text × program. Where its automaton outgrows its memory a step costs about 4 ns per live
# state; these bounds keep the worst pattern under 50 ms and let an ordinary one read a long e-mail.
_WORK_BUDGET = 8_000_000
_MIN_TEXT_CHARS = 4_096
_MAX_TEXT_CHARS = 65_536

_BACKREFERENCE = "backreferences are not supported: write the repeated part out"
_NO_LOOK = "is not supported: use two comparisons under all, or not, instead"
_UNSUPPORTED = "atomic groups, possessive repeats and conditions are not supported: use plain ones"
# What RE2's complaints begin with. Not what they contain: they quote the pattern.
_REMEDIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"invalid perl operator: \(\?[=!]"), f"lookahead {_NO_LOOK}"),
    (re.compile(r"invalid perl operator: \(\?<"), f"lookbehind {_NO_LOOK}"),
    (re.compile(r"invalid perl operator: \(\?P"), _BACKREFERENCE),
    (re.compile(r"invalid escape sequence: \\[0-9kg]"), _BACKREFERENCE),
    (re.compile(r"invalid perl operator: \(\?[>(]"), _UNSUPPORTED),
    (re.compile(r"bad repetition operator: \S*\+$"), _UNSUPPORTED),
    (re.compile(r"bad repetition operator: "), "put the inner repeat in parentheses, or drop one of the two"),
    (re.compile(r"invalid repetition size: "), "count up, and to 1000 at most, nested repeats multiplied"),
    (
        re.compile(r"pattern too large"),
        "it needs too much memory: use smaller repeats or fewer character classes",
    ),
    (
        re.compile(r"invalid character class range: \\[pP]"),
        r"name a script or kind, as \p{Arabic}, \p{L} or \p{Nd}",
    ),
    (re.compile(r"invalid escape sequence: \\[uU]"), r"write a character by its number as in \x{0643}"),
    (re.compile(r"invalid escape sequence: \\Z"), r"the end of the text is \z, or $"),
    (re.compile(r"missing \]"), r"close the set, or write \[ for the sign itself"),
    (re.compile(r"(missing|unexpected) \)"), r"pair the parentheses, or write \( or \) for the sign itself"),
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: ``found_in(text)`` tells if it occurs anywhere in at most ``max_chars`` of text."""

    found_in: Callable[[str], bool]
    max_chars: int


def _remedy(complaint: str) -> str:
    return next(
        (remedy for start, remedy in _REMEDIES if start.match(complaint)),
        "correct it, see https://github.com/google/re2/wiki/Syntax",
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

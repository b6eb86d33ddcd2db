"""Operators that look into text, with those that look into lists by the same word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.predicates.matching import Needles
from core.predicates.nodes import Comparison
from core.predicates.operators.base import FieldType, operator
from core.predicates.patterns import compile_pattern
from core.predicates.results import Context, Fault, Test, Verdict
from core.predicates.shapes import FRAGMENT, PATTERN, SEARCH, TEXT, show_scalar
from core.predicates.values import ByType, fold_for, nfc

_TEXT = frozenset({FieldType.TEXT, FieldType.ANY})
_TEXT_OR_LIST = _TEXT | {FieldType.LIST}

NOT_TEXT = Fault("not text")
NOT_TEXT_OR_LIST = Fault("neither text nor a list")
NOT_UNICODE = Fault("not valid Unicode text (it holds a lone surrogate)")


def _never(actual: Any, context: Context) -> Verdict:
    return False


def _test(
    on_text: Callable[[str], Verdict],
    *,
    on_list: Test | None = None,
) -> Test:
    """A test of text, and of lists where ``on_list`` is given; null is false, all else has no answer."""
    fault = NOT_TEXT_OR_LIST if on_list else NOT_TEXT
    handlers: dict[type, Test] = {str: lambda actual, context: on_text(actual), type(None): _never}
    if on_list:
        handlers |= dict.fromkeys((list, tuple, set, frozenset), on_list)
    by_type = ByType(handlers, default=lambda actual, context: fault)
    return lambda actual, context: by_type[type(actual)](actual, context)


@operator(
    "contains",
    label="contains",
    description="Text has the given part, letter by letter; a list has the given item.",
    shape=FRAGMENT,
    types=_TEXT_OR_LIST,
    example={"field": "user.tags", "value": "interested"},
)
def contains(line: Comparison) -> Test:
    """True when the value has the expected part or item."""
    needles = Needles([line.value])
    if not isinstance(line.value, str):
        fault = Fault(
            f"text, in which {show_scalar(line.value)} cannot be looked for: write the value as text"
        )
        return _test(lambda actual: fault, on_list=needles.find_among)
    needle = nfc(line.value)
    return _test(lambda actual: needle in nfc(actual), on_list=needles.find_among)


@operator(
    "icontains",
    label="contains (any spelling)",
    phrase="contains, in any spelling,",
    description="Text or an item of a list has the given part, whatever the case, diacritics or the Arabic, "
    "Persian or Latin variant of a letter or digit.",
    shape=SEARCH,
    types=_TEXT_OR_LIST,
    example={"field": "event.data.content", "value": "کد تخفیف"},
)
def icontains(line: Comparison) -> Test:
    """True when the value has the expected part once both are folded; of a list, when an item is it."""
    fold = fold_for(line.value)
    needle = fold(line.value)

    def among(actual: Any, context: Context) -> Verdict:
        return any(isinstance(item, str) and fold(item) == needle for item in actual)

    return _test(lambda actual: needle in fold(actual), on_list=among)


@operator(
    "starts_with",
    label="starts with",
    description="Text begins with the given part, letter by letter.",
    shape=TEXT,
    types=_TEXT,
    example={"field": "user.phone", "value": "+213"},
)
def starts_with(line: Comparison) -> Test:
    """True when the text begins with the expected part."""
    needle = nfc(line.value)
    return _test(lambda actual: nfc(actual).startswith(needle))


@operator(
    "ends_with",
    label="ends with",
    description="Text ends with the given part, letter by letter.",
    shape=TEXT,
    types=_TEXT,
    example={"field": "user.email", "value": "@example.org"},
)
def ends_with(line: Comparison) -> Test:
    """True when the text ends with the expected part."""
    needle = nfc(line.value)
    return _test(lambda actual: nfc(actual).endswith(needle))


@operator(
    "matches_regex",
    label="matches pattern",
    phrase="matches",
    description="The RE2 pattern occurs anywhere in the text; (?i) in front ignores case, ^ and $ tie it to the "
    r"ends. \b, \w and \d know Latin letters and digits only: for other scripts use \p{L} and \p{Nd}. Lookaround and "
    "backreferences do not exist in RE2.",
    shape=PATTERN,
    types=_TEXT,
    example={"field": "event.data.content", "value": r"(?i)\border\s*#?\d{4,}"},
)
def matches_regex(line: Comparison) -> Test:
    """True when the pattern is found in the text."""
    pattern = compile_pattern(nfc(line.value))
    too_long = Fault(f"longer than the {pattern.max_chars} characters that this pattern may search")

    def search(actual: str) -> Verdict:
        if len(actual) > pattern.max_chars:
            return too_long
        try:
            return pattern.found_in(nfc(actual))
        except UnicodeEncodeError:
            return NOT_UNICODE

    return _test(search)

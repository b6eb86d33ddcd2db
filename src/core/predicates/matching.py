"""Equality: whether an actual value is one of the expected ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from core.predicates.results import Context, Fault, Verdict
from core.predicates.times import Moment, instant_of, read_moment, span_reader
from core.predicates.values import ByType, nfc, number_bound

_Handler: TypeAlias = Callable[[Any, Context], Verdict]

IS_LIST = Fault("a list: use contains, or in for any of its items")
IS_OBJECT = Fault("an object: compare one of its fields, as in field.name")
NOT_COMPARABLE = Fault("of a kind that predicates cannot compare")


class Needles:
    """A set of expected scalars; ``find`` tells if an actual value equals one of them.

    Text is equal after NFC, numbers by size whatever their type, booleans to booleans only. An expected ISO
    date or time also equals what means it, be that a datetime or, as in JSON, ISO text. Different kinds are
    never equal: 5 is not "5". Lists and objects have no answer.
    """

    __slots__ = ("_booleans", "_handlers", "_numbers", "_spans", "_texts")

    def __init__(self, expected: Iterable[Any]) -> None:
        scalars = list(expected)
        self._texts = frozenset(nfc(value) for value in scalars if isinstance(value, str))
        self._booleans = frozenset(value for value in scalars if isinstance(value, bool))
        bounds = [number_bound(value) for value in scalars if not isinstance(value, str)]
        # Both forms, as a float and the Decimal written alike differ in hash and in value.
        self._numbers = frozenset(form for bound in bounds if bound for form in (bound.native, bound.exact))
        moments = [read_moment(value) for value in scalars if isinstance(value, str)]
        self._spans = [span_reader(moment) for moment in moments if moment is not None]
        self._handlers: ByType[_Handler] = ByType(
            {
                bool: lambda actual, context: actual in self._booleans,
                str: self._find_text,
                int: lambda actual, context: actual in self._numbers,
                float: lambda actual, context: actual in self._numbers,
                Decimal: lambda actual, context: actual.is_finite() and actual in self._numbers,
                date: self._find_moment,
                type(None): lambda actual, context: False,
                list: lambda actual, context: IS_LIST,
                tuple: lambda actual, context: IS_LIST,
                set: lambda actual, context: IS_LIST,
                frozenset: lambda actual, context: IS_LIST,
                Mapping: lambda actual, context: IS_OBJECT,
            },
            default=lambda actual, context: NOT_COMPARABLE,
        )

    def _find_text(self, actual: str, context: Context) -> Verdict:
        if nfc(actual) in self._texts:
            return True
        moment = read_moment(actual) if self._spans else None
        return False if moment is None else self._find_moment(moment, context)

    def _find_moment(self, actual: Moment, context: Context) -> Verdict:
        if not self._spans:
            return False
        instant = instant_of(actual, context)
        if isinstance(instant, Fault):
            return instant
        for read_span in self._spans:
            span = read_span(context)
            if isinstance(span, Fault):
                return span
            if span.start <= instant < span.end:
                return True
        return False

    def find(self, actual: Any, context: Context) -> Verdict:
        """Whether ``actual`` is one of the expected values; null is none of them."""
        return self._handlers[type(actual)](actual, context)

    def find_among(self, items: Iterable[Any], context: Context) -> Verdict:
        """Whether any item is one of the expected values; lists and objects among the items are passed over."""
        unanswered: Verdict = False
        for item in items:
            verdict = self.find(item, context)
            if verdict is True:
                return True
            if isinstance(verdict, Fault) and verdict.at is not None:
                unanswered = verdict
        return unanswered

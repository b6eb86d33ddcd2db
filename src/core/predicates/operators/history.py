"""Operators that look back: at what a field was before, at what happened earlier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from core.predicates.matching import Needles
from core.predicates.nodes import Comparison
from core.predicates.operators.base import EVERY_TYPE, FieldType, operator
from core.predicates.paths import reader
from core.predicates.results import Context, Fault, Reader, Test, Verdict
from core.predicates.shapes import OCCURRENCES, SCALAR_OR_NULL, Occurrences
from core.predicates.times import BAD_NOW, now_of, parse_duration

NO_HISTORY = Fault("not the function that counts past events", at="history")
NOT_A_COUNT = Fault("not able to tell how often that happened", at="history")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """A question to the context's history: how often did ``event_type`` happen to ``subject``?

    ``subject`` is the field of the comparison, e.g. ``"user"`` or ``"conversation"``; the supplier of the
    context knows who that is. ``since`` and ``until`` (the context's ``now``) are in UTC, both included.
    """

    subject: str
    event_type: str
    since: datetime
    until: datetime


History: TypeAlias = Callable[[HistoryQuery], int]
"""What a context holds under ``history``: counts past events. What it raises passes through ``evaluate``."""


def _change_places(field: str) -> list[tuple[tuple[str, ...], str]]:
    """Where an event may tell of the change of ``field``, nearest first, each with how the event's type has to begin.

    ``event.data.custom.size`` may be ``size`` in ``event.data.custom.changes`` or ``custom.size`` (one key) in
    ``event.data.changes``. A field of another root is looked up in ``event.data.changes`` of the events about that
    noun: ``user.custom.size`` is ``custom.size`` there in ``USER_UPDATED``.
    """
    steps = field.split(".")
    named = [at for at, step in enumerate(steps[:-1]) if step == "changes"]
    if named:
        return [((*steps[: named[-1] + 1], ".".join(steps[named[-1] + 1 :])), "")]
    places = [((*steps[:at], "changes", ".".join(steps[at:])), "") for at in range(len(steps) - 1, 0, -1)]
    root, *rest = steps
    if root != "event" and rest:
        places.append((("event", "data", "changes", ".".join(rest)), f"{root.upper()}_"))
    return places


_read_event_type = reader(("event", "type"))


def _change_reader(line: Comparison) -> Reader:
    """Reads the change of a field as ``{"from": old, "to": new}``; ``None`` when the event tells of none.

    For the field ``event.data.status`` (or, the same, ``event.data.changes.status``):
    1. ``event.data.changes.status`` is ``{"from": …, "to": …}``, where ``from`` may be left out for null; or else
    2. ``event.data.previous.status`` is the old value and ``event.data.status`` the new one.
    Other places of the record: see :func:`_change_places`.
    """
    *parents, leaf = line.field.split(".")
    if parents and parents[-1] == "changes":
        parents.pop()
    places = [
        (
            reader(steps),
            Fault('not a change of the form {"from": old, "to": new}', at=".".join(steps)),
            needs,
        )
        for steps, needs in _change_places(line.field)
    ]
    read_previous = reader((*parents, "previous"))
    read_current = reader((*parents, leaf))
    no_previous = Fault("not an object of previous values", at=".".join([*parents, "previous"]))

    def read(context: Context) -> Any:
        for read_record, no_change, prefix in places:
            record = read_record(context)
            if record is None or not str(_read_event_type(context)).startswith(prefix):
                continue
            if not isinstance(record, Mapping) or "to" not in record:
                return no_change
            return {"from": record.get("from"), "to": record["to"]}
        previous = read_previous(context)
        if previous is None:
            return None
        if not isinstance(previous, Mapping):
            return no_previous
        return {"from": previous[leaf], "to": read_current(context)} if leaf in previous else None

    return read


@operator(
    "changed_to",
    label="changed to",
    description="The event changed the field to the given value from another one. Reads the event's changes "
    '({"status": {"from": "open", "to": "closed"}}) or its previous values beside the field; for a field of user or '
    "conversation, the changes of an event about that noun (USER_UPDATED).",
    shape=SCALAR_OR_NULL,
    types=EVERY_TYPE - {FieldType.LIST, FieldType.OBJECT},
    example={"field": "event.data.status", "value": "closed"},
    read=_change_reader,
)
def changed_to(line: Comparison) -> Test:
    """True when the new value is the expected one and the old value was not."""
    find = Needles([line.value]).find

    def is_expected(value: Any, context: Context) -> Verdict:
        return value is None if line.value is None else find(value, context)

    def test(actual: Any, context: Context) -> Verdict:
        if actual is None:
            return False
        if isinstance(actual, Fault):
            return actual
        verdict = is_expected(actual["to"], context)
        return is_expected(actual["from"], context) is not True if verdict is True else verdict

    return test


def _count_reader(line: Comparison) -> Reader:
    """Reads how often the event happened, by asking the context's ``history``."""
    wanted: Occurrences = line.value
    window = parse_duration(wanted.within)
    assert window is not None, "the shape has checked the duration"
    longest = window

    def read(context: Context) -> Any:
        history = context.get("history")
        if not callable(history):
            return NO_HISTORY
        now = now_of(context)
        if isinstance(now, Fault):
            return now
        try:
            since = now - longest
        except OverflowError:
            return BAD_NOW
        query = HistoryQuery(subject=line.field, event_type=wanted.event_type, since=since, until=now)
        count = history(query)
        return count if isinstance(count, int) and not isinstance(count, bool) else NOT_A_COUNT

    return read


@operator(
    "performed",
    label="performed",
    description="An event happened to the field's owner (user or conversation) at least, and if given at most, "
    "so many times within a window that ends now. Both 0: it did not happen.",
    shape=OCCURRENCES,
    types=frozenset({FieldType.OBJECT, FieldType.ANY}),
    example={"field": "user", "value": {"event_type": "ORDER_PLACED", "at_least": 3, "within": "30d"}},
    read=_count_reader,
)
def performed(line: Comparison) -> Test:
    """True when the count of past events lies within the expected limits."""
    wanted: Occurrences = line.value
    most = float("inf") if wanted.at_most is None else wanted.at_most

    def test(actual: Any, context: Context) -> Verdict:
        return actual if isinstance(actual, Fault) else wanted.at_least <= actual <= most

    return test

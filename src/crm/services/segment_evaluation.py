"""Segments asked about contacts, a batch at a time: who comes in, who goes out, whom they cannot decide on."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, F

from core.ids import uuid7_bound
from core.predicates import History, HistoryQuery, Predicate, PredicateError, Result, compile, parse  # noqa: A004
from crm import events as types
from crm.models import Contact, ContactSegment, Segment, SegmentKind, SegmentState
from crm.selectors import contact_views, timezone_name
from crm.selectors.segments import CONTACT_CHANGED
from crm.services.cause import Cause
from events.models import Event
from events.services.publishing import NewEvent, publish_many

_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
#: How much earlier than it was recorded an event's id may have been made.
_SLACK = timedelta(minutes=1)
_MAX_ERROR = 500


class Past:
    """What happened to the contacts of a batch: each question is put to the database once, for all of them."""

    def __init__(self, ids: Collection[uuid.UUID]) -> None:
        self._ids = list(ids)
        self._counts: dict[tuple[str, datetime, datetime], dict[uuid.UUID, int]] = {}

    def of(self, contact_id: uuid.UUID) -> History:
        """The history of one of them, as predicates ask for it."""

        def count(query: HistoryQuery) -> int:
            key = (query.event_type, query.since, query.until)
            if key not in self._counts:
                self._counts[key] = self._count(query)
            return self._counts[key].get(contact_id, 0)

        return count

    def _count(self, query: HistoryQuery) -> dict[uuid.UUID, int]:
        rows = Event.objects.filter(
            contact_id__in=self._ids,
            type=query.event_type,
            recorded_at__gte=query.since,
            recorded_at__lte=query.until,
        )
        if query.since > _EPOCH:
            rows = rows.filter(id__gte=uuid7_bound(query.since - _SLACK))
        return dict(rows.order_by().values_list("contact_id").annotate(count=Count("id")))


def contexts_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What predicates see of each contact that there is, with the same ``now`` for all."""
    past = Past(ids)
    shared = {"tenant": {"timezone": timezone_name()}, "now": datetime.now(UTC)}
    return {
        contact_id: {**shared, "user": view, "history": past.of(contact_id)}
        for contact_id, view in contact_views(ids).items()
    }


def compiled(predicate: dict[str, Any]) -> Predicate:
    """The compiled predicate, kept for the next time. Raises ``PredicateError``."""
    return _compiled(json.dumps(predicate))


@lru_cache(maxsize=1_000)
def _compiled(document: str) -> Predicate:
    return compile(parse(json.loads(document)))


def why(predicate: Predicate, context: dict[str, Any]) -> str:
    """Why the predicate has no answer for a contact."""
    reasons = "; ".join(predicate.explain(context).errors())
    return f"{context['user']['name'] or context['user']['id']}: {reasons}"[:_MAX_ERROR]


@dataclass(slots=True)
class _Moves:
    """What comes of a batch."""

    entered: list[tuple[Segment, uuid.UUID]] = field(default_factory=list)
    left: list[tuple[Segment, uuid.UUID]] = field(default_factory=list)
    failed: dict[Segment, list[str]] = field(default_factory=lambda: defaultdict(list))


def lock_contacts(ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the contacts that there are, locked in one order: whoever decides on a contact last has seen all that was
    said of it before."""
    rows = Contact.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    return list(rows.values_list("id", flat=True))


def react(events: Sequence[Event]) -> None:
    """Ask the dynamic segments anew about the contacts of these events; in the caller's transaction.

    Contacts that changed are put to all of them, those to whom only something happened to those that count it.
    """
    happened: dict[uuid.UUID, list[Event]] = defaultdict(list)
    for event in events:
        if event.contact_id is not None:
            happened[event.contact_id].append(event)
    there = lock_contacts(happened)
    kinds = {contact_id: {event.type for event in happened[contact_id]} for contact_id in there}
    wanted: dict[Segment, list[uuid.UUID]] = {}
    # Read under the locks: what a changed segment decides since, it decides after us.
    for segment in Segment.objects.filter(kind=SegmentKind.DYNAMIC):
        types_wanted = CONTACT_CHANGED.union(segment.watches)
        wanted[segment] = [contact_id for contact_id in there if kinds[contact_id] & types_wanted]
    causes = {contact_id: _cause(happened[contact_id]) for contact_id in there}
    decide(wanted, causes)


def settle(ids: Collection[uuid.UUID], cause: Cause) -> None:
    """Put contacts into the dynamic segments and out of them after quiet changes, which no event will bring here; in the
    caller's transaction."""
    there = lock_contacts(ids)
    decide(
        dict.fromkeys(Segment.objects.filter(kind=SegmentKind.DYNAMIC), there),
        dict.fromkeys(there, cause),
    )


def _cause(events: Sequence[Event]) -> Cause:
    """The deepest event counts, so that a chain of workflows cannot hide behind a shallow one."""
    event = max(events, key=lambda event: event.depth)
    return Cause(event_id=event.id, depth=event.depth + 1)


def decide(wanted: Mapping[Segment, Collection[uuid.UUID]], causes: Mapping[uuid.UUID, Cause]) -> None:
    """Let each segment decide on its contacts, which are locked.

    Writes who is inside, publishes ``SEGMENT_ENTERED`` and ``SEGMENT_LEFT`` (unless the segment is silent now), notes
    errors on the segment. Whom a segment cannot decide on stays where they are.
    """
    asked = {contact_id for ids in wanted.values() for contact_id in ids}
    if not asked:
        return
    contexts = contexts_of(asked)
    inside = set(
        ContactSegment.objects.filter(segment__in=list(wanted), contact_id__in=asked).values_list(
            "segment_id", "contact_id"
        )
    )
    moves = _Moves()
    for segment, ids in wanted.items():
        _judge(segment, [contact_id for contact_id in ids if contact_id in contexts], contexts, inside, moves)
    _write(moves)
    _tell(moves, causes)


def _judge(
    segment: Segment,
    ids: Sequence[uuid.UUID],
    contexts: Mapping[uuid.UUID, dict[str, Any]],
    inside: Collection[tuple[uuid.UUID, uuid.UUID]],
    moves: _Moves,
) -> None:
    try:
        predicate = compiled(segment.predicate)
    except PredicateError as exc:
        moves.failed[segment] += [str(exc)] * len(ids)
        return
    for contact_id in ids:
        result = predicate.evaluate(contexts[contact_id])
        was_inside = (segment.id, contact_id) in inside
        if result is Result.ERROR:
            moves.failed[segment].append(why(predicate, contexts[contact_id]))
        elif result is Result.TRUE and not was_inside:
            moves.entered.append((segment, contact_id))
        elif result is Result.FALSE and was_inside:
            moves.left.append((segment, contact_id))


def _write(moves: _Moves) -> None:
    enter(moves.entered)
    leaving: dict[Segment, list[uuid.UUID]] = defaultdict(list)
    for segment, contact_id in moves.left:
        leaving[segment].append(contact_id)
    for segment, ids in leaving.items():
        ContactSegment.objects.filter(segment=segment, contact_id__in=ids).delete()
    for segment, reasons in moves.failed.items():
        if reasons:
            Segment.objects.filter(id=segment.id).update(
                errors=F("errors") + len(reasons), last_error=reasons[-1][:_MAX_ERROR]
            )


def enter(pairs: Sequence[tuple[Segment, uuid.UUID]]) -> None:
    """Write that these contacts are inside these segments."""
    ContactSegment.objects.bulk_create(
        [ContactSegment(segment=segment, contact_id=contact_id) for segment, contact_id in pairs],
        ignore_conflicts=True,
    )


def _tell(moves: _Moves, causes: Mapping[uuid.UUID, Cause]) -> None:
    publish_many([*_events(moves.entered, True, causes), *_events(moves.left, False, causes)])


def _events(
    pairs: Sequence[tuple[Segment, uuid.UUID]], entered: bool, causes: Mapping[uuid.UUID, Cause]
) -> Iterator[NewEvent]:
    for segment, contact_id in pairs:
        if not (segment.silent and segment.state == SegmentState.COMPUTING):
            yield moved(segment, contact_id, entered=entered, cause=causes[contact_id])


def moved(segment: Segment, contact_id: uuid.UUID, *, entered: bool, cause: Cause) -> NewEvent:
    """The event that tells of a contact's coming or going."""
    code = types.SEGMENT_ENTERED.code if entered else types.SEGMENT_LEFT.code
    data: dict[str, object] = {"segment_id": str(segment.id), "key": segment.key, "name": segment.name}
    return cause.event(code, contact_id, data)

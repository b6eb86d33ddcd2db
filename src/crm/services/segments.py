"""Segments: made, changed, filled by hand, computed anew."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from core.errors import PermanentError
from core.predicates import PredicateError
from core.text import strip_nul
from crm.models import ContactSegment, Segment, SegmentKind, SegmentState
from crm.selectors import forget_watched
from crm.services.cause import Cause
from crm.services.segment_evaluation import enter, lock_contacts, moved
from crm.services.segment_rules import fields_asked, rule_of, segment_problems
from crm.services.segment_walks import schedule_timed, start_run
from events.services.publishing import publish_many

_MAX_KEY = 60
_MAX_AT_ONCE = 1_000


class InvalidSegmentError(PermanentError):
    """A segment cannot be so. ``fields`` maps each attribute to what is wrong with it, dotted inside the predicate."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


class FilledByPredicateError(PermanentError):
    """This segment is filled by its predicate: change that, or make a static segment for a list kept by hand."""


class KeptByHandError(PermanentError):
    """This segment is kept by hand: there is nothing to compute; add or remove contacts."""


@transaction.atomic
def create_segment(
    *,
    name: str,
    key: str = "",
    description: str = "",
    kind: str = SegmentKind.DYNAMIC,
    predicate: dict[str, Any] | None = None,
    announce: bool = False,
) -> Segment:
    """Make a segment; a dynamic one is filled in the background. Raises ``InvalidSegmentError``.

    Without a ``key`` one is made of the name. ``announce``: publish ``SEGMENT_ENTERED`` also for those who are inside from
    the beginning; otherwise workflows hear only of those who come later.
    """
    segment = Segment(name=name, key=key, description=description, kind=kind, predicate=predicate or {})
    segment.key = segment.key or _free_key(segment.name)
    _check(segment)
    segment.save(force_insert=True)
    if segment.kind == SegmentKind.DYNAMIC:
        _compute(segment, silent=not announce)
    return segment


@transaction.atomic
def change_segment(
    segment: Segment,
    *,
    name: str | None = None,
    description: str | None = None,
    predicate: dict[str, Any] | None = None,
    announce: bool = False,
) -> Segment:
    """Rename, describe, or give another predicate, by which all contacts are put in or out in the background; silently,
    unless ``announce``. Key and kind stay, since conditions rest on them. Raises ``InvalidSegmentError``."""
    segment = Segment.objects.select_for_update().get(id=segment.id)
    before = segment.predicate
    segment.name = segment.name if name is None else name
    segment.description = segment.description if description is None else description
    segment.predicate = segment.predicate if predicate is None else predicate
    _check(segment)
    segment.updated_at = datetime.now(UTC)
    segment.save()
    if segment.predicate != before:
        _compute(segment, silent=not announce)
    return segment


@transaction.atomic
def refresh_segment(segment: Segment) -> Segment:
    """Ask about all contacts again; what it finds is published. Raises ``KeptByHandError``."""
    segment = Segment.objects.select_for_update().get(id=segment.id)
    if segment.kind == SegmentKind.STATIC:
        raise KeptByHandError
    _compute(segment, silent=segment.silent)
    return segment


def refresh_asking(touches: Callable[[str], bool]) -> None:
    """Compute those segments anew that read a field for which ``touches`` holds: what they read was changed for many
    contacts at once, without an event for each. In the caller's transaction."""
    for segment in Segment.objects.select_for_update().filter(kind=SegmentKind.DYNAMIC).order_by("id"):
        try:
            asked = fields_asked(segment.predicate)
        except PredicateError:
            continue
        if any(touches(field) for field in asked):
            _compute(segment, silent=segment.silent)


@transaction.atomic
def delete_segments(segments: Collection[Segment]) -> None:
    """Remove segments with the lists of who is inside. No ``SEGMENT_LEFT``: nothing happened to any contact."""
    Segment.objects.filter(id__in=[segment.id for segment in segments]).delete()
    _forget()


@transaction.atomic
def add_contacts(segment: Segment, ids: Collection[uuid.UUID], cause: Cause) -> int:
    """Put contacts into a static segment; returns how many were not inside. Publishes ``SEGMENT_ENTERED`` for those.

    Raises ``FilledByPredicateError``, and ``InvalidSegmentError`` for contacts that there are not.
    """
    inside = _inside(segment, ids)
    fresh = [contact_id for contact_id in lock_contacts(ids) if contact_id not in inside]
    enter([(segment, contact_id) for contact_id in fresh])
    publish_many([moved(segment, contact_id, entered=True, cause=cause) for contact_id in fresh])
    return len(fresh)


@transaction.atomic
def remove_contacts(segment: Segment, ids: Collection[uuid.UUID], cause: Cause) -> int:
    """Take contacts out of a static segment; returns how many were inside. Publishes ``SEGMENT_LEFT`` for those.

    Raises as :func:`add_contacts`.
    """
    gone = sorted(_inside(segment, ids))
    ContactSegment.objects.filter(segment=segment, contact_id__in=gone).delete()
    publish_many([moved(segment, contact_id, entered=False, cause=cause) for contact_id in gone])
    return len(gone)


def _inside(segment: Segment, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those who are inside now, the contacts being locked."""
    if segment.kind != SegmentKind.STATIC:
        raise FilledByPredicateError
    if len(ids) > _MAX_AT_ONCE:
        raise InvalidSegmentError({"contact_ids": [f"Send at most {_MAX_AT_ONCE} at once."]})
    missing = set(ids) - set(lock_contacts(ids))
    if missing:
        listed = ", ".join(sorted(map(str, missing))[:5])
        raise InvalidSegmentError({"contact_ids": [f"There is no contact {listed}."]})
    rows = ContactSegment.objects.filter(segment=segment, contact_id__in=ids)
    return set(rows.values_list("contact_id", flat=True))


def _compute(segment: Segment, *, silent: bool) -> None:
    rule = rule_of(segment.predicate)
    segment.watches, segment.timed = list(rule.watches), rule.timed
    segment.run += 1
    segment.silent = silent
    segment.state = SegmentState.COMPUTING
    segment.scanned = segment.to_scan = 0
    segment.save(update_fields=["watches", "timed", "run", "silent", "state", "scanned", "to_scan"])
    if segment.timed:
        schedule_timed()
    _forget()
    start_run(segment)


def _forget() -> None:
    forget_watched()
    # Another thread may have asked in the meantime, and been told what holds no longer.
    transaction.on_commit(forget_watched)


def _check(segment: Segment) -> None:
    segment.name = strip_nul(segment.name).strip()
    segment.description = strip_nul(segment.description).strip()
    problems: dict[str, list[str]] = {}
    try:
        segment.clean_fields(exclude={"predicate"})
        segment.validate_unique()
    except ValidationError as exc:
        problems = dict(exc.message_dict)
    problems.update(predicate_errors(segment.kind, segment.predicate))
    if problems:
        raise InvalidSegmentError(problems)


def predicate_errors(kind: str, predicate: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong with the predicate of a segment of that kind, by field; empty when nothing is."""
    check = _PREDICATE_CHECKS.get(kind)
    # A wrong kind is said to be wrong by its own field.
    return check(predicate) if check is not None else {}


def _no_predicate(predicate: dict[str, Any]) -> dict[str, list[str]]:
    problem = "A list kept by hand has no predicate; leave it out, or make the segment dynamic."
    return {"predicate": [problem]} if predicate else {}


_PREDICATE_CHECKS: dict[str, Callable[[dict[str, Any]], dict[str, list[str]]]] = {
    SegmentKind.DYNAMIC: segment_problems,
    SegmentKind.STATIC: _no_predicate,
}


def _free_key(name: str) -> str:
    """A key like the name, as far as that is written in Latin letters, that nobody has."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")
    wanted = words[: _MAX_KEY - 6] if words[:1].isalpha() else f"segment_{words}".rstrip("_")[: _MAX_KEY - 6]
    taken = set(
        Segment.objects.filter(Q(key=wanted) | Q(key__startswith=f"{wanted}_")).values_list("key", flat=True)
    )
    number = 1
    key = wanted
    while key in taken:
        number += 1
        key = f"{wanted}_{number}"
    return key

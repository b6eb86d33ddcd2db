"""A predicate tried on the contacts, before a segment is made of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.predicates import Result
from crm.models import Contact
from crm.querying.search import sides_of, undecided
from crm.querying.sides import Sides
from crm.services.segment_evaluation import compiled, contexts_of, why
from crm.services.segment_rules import segment_problems
from crm.services.segments import InvalidSegmentError

MAX_SCANNED = 10_000
_BATCH = 1_000
_SAMPLE = 10


@dataclass(slots=True)
class Preview:
    """``matched`` of ``scanned`` contacts, newest first; ``complete`` when those are all that there are. ``sample`` holds
    the newest that match; ``errors`` could not be decided on, for reasons like ``last_error``."""

    matched: int = 0
    scanned: int = 0
    complete: bool = True
    errors: int = 0
    last_error: str = ""
    sample: list[uuid.UUID] = field(default_factory=list)


def preview(predicate: dict[str, Any]) -> Preview:
    """Try a predicate on all contacts where SQL can decide on it, else on the newest 10,000. Raises
    ``InvalidSegmentError``."""
    problems = segment_problems(predicate)
    if problems:
        raise InvalidSegmentError(problems)
    sides = sides_of(predicate)
    return _counted(sides, predicate) if sides.exact else _looked_at(predicate)


def _counted(sides: Sides, predicate: dict[str, Any]) -> Preview:
    newest = Contact.objects.order_by("-id").values_list("id", flat=True)
    unclear = newest.filter(undecided(sides))
    found = Preview(
        matched=newest.filter(sides.true).count(),
        scanned=newest.count(),
        errors=unclear.count(),
        sample=list(newest.filter(sides.true)[:_SAMPLE]),
    )
    for context in contexts_of(list(unclear[:1])).values() if found.errors else ():
        found.last_error = why(compiled(predicate), context)
    return found


def _looked_at(predicate: dict[str, Any]) -> Preview:
    test, found = compiled(predicate), Preview()
    for ids in _batches():
        for contact_id, context in contexts_of(ids).items():
            result = test.evaluate(context)
            if result is Result.TRUE:
                found.matched += 1
                found.sample += [contact_id] if len(found.sample) < _SAMPLE else []
            elif result is Result.ERROR:
                found.errors += 1
                found.last_error = found.last_error or why(test, context)
        found.scanned += len(ids)
    found.complete = found.scanned < MAX_SCANNED or Contact.objects.count() <= MAX_SCANNED
    return found


def _batches() -> Iterator[list[uuid.UUID]]:
    newest = list(Contact.objects.order_by("-id").values_list("id", flat=True)[:MAX_SCANNED])
    for start in range(0, len(newest), _BATCH):
        yield newest[start : start + _BATCH]

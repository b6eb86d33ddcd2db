"""Contacts found by a filter: a page of them with their number, or one batch after the other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import PermanentError
from core.predicates import Predicate, Result, fields_used, parse
from crm.models import Contact
from crm.querying.contexts import contexts_for
from crm.querying.ordering import order_by
from crm.querying.sides import ALWAYS, Sides
from crm.querying.translation import Translator
from crm.selectors import contacts_matching, timezone_name
from crm.services.segment_evaluation import compiled
from crm.services.segment_rules import filter_problems

#: Counts stop here, and pages with them.
MOST_COUNTED = 100_000
#: How many contacts are looked at one by one for a predicate that SQL cannot decide.
MOST_SCANNED = 20_000
_BATCH = 1_000


class InvalidFilterError(PermanentError):
    """Contacts cannot be chosen so. ``fields`` maps each place in the predicate to what is wrong there."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """Which contacts: for whom ``predicate`` is true (empty: everybody) and who match the words of ``search``; those made
    later than the id ``before`` are left out. Raises ``InvalidFilterError`` when it is made."""

    predicate: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""
    before: uuid.UUID | None = None

    def __post_init__(self) -> None:
        problems = filter_problems(dict(self.predicate)) if self.predicate else {}
        if problems:
            raise InvalidFilterError(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of ids. ``count`` is how many there are; when it is ``capped``, at least so many. ``errors`` counts those on
    whom the predicate could not decide, among those who were looked at one by one."""

    ids: Sequence[uuid.UUID]
    count: int
    capped: bool = False
    errors: int = 0


@dataclass(frozen=True, slots=True)
class _Prepared:
    """``rows`` may hold too many when not ``exact``: then ``test`` decides."""

    rows: QuerySet[Contact]
    exact: bool
    test: Predicate | None
    fields: frozenset[str] = frozenset()


def _prepare(wanted: ContactFilter) -> _Prepared:
    rows = Contact.objects.order_by()
    term = wanted.search.replace("\x00", "").strip()
    if term:
        rows = rows.filter(contacts_matching(term))
    if wanted.before is not None:
        rows = rows.filter(id__lt=wanted.before)
    if not wanted.predicate:
        return _Prepared(rows, True, None)
    sides = sides_of(dict(wanted.predicate))
    predicate = dict(wanted.predicate)
    fields = frozenset(fields_used(parse(predicate)))
    return _Prepared(rows.filter(sides.true), sides.exact, compiled(predicate), fields)


def sides_of(predicate: dict[str, Any]) -> Sides:
    """The predicate in SQL, as far as it goes; one without problems."""
    if not predicate:
        return ALWAYS
    node = parse(predicate)
    context = {"tenant": {"timezone": timezone_name()}, "now": datetime.now(UTC)}
    return Translator.of(node, context).sides(node)


def find_contacts(
    wanted: ContactFilter, *, ordering: Sequence[str] = (), page: int = 1, size: int = 50
) -> Found:
    """A page of the contacts, with their number. Raises ``InvalidOrderingError``."""
    prepared, terms = _prepare(wanted), order_by(ordering)
    start = (page - 1) * size
    ordered = prepared.rows.order_by(*terms).values_list("id", flat=True)
    if prepared.exact:
        count = len_up_to(prepared.rows, MOST_COUNTED)
        ids = list(ordered[start : min(start + size, MOST_COUNTED)]) if start < count else []
        return Found(ids=ids, count=min(count, MOST_COUNTED), capped=count > MOST_COUNTED)
    return _scanned(prepared, list(ordered[: MOST_SCANNED + 1]), start, size)


def _scanned(prepared: _Prepared, candidates: list[uuid.UUID], start: int, size: int) -> Found:
    matched: list[uuid.UUID] = []
    errors = 0
    for batch in _batches(candidates[:MOST_SCANNED]):
        verdicts = _verdicts(prepared, batch)
        errors += sum(verdict is Result.ERROR for verdict in verdicts.values())
        matched += [one for one in batch if verdicts.get(one) is Result.TRUE]
    return Found(
        ids=matched[start : start + size],
        count=len(matched),
        capped=len(candidates) > MOST_SCANNED,
        errors=errors,
    )


def _verdicts(prepared: _Prepared, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Result]:
    assert prepared.test is not None, "what SQL decides exactly is not looked at"
    contexts = contexts_for(ids, prepared.fields)
    return {key: prepared.test.evaluate(context) for key, context in contexts.items()}


def _batches(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def ids_after(
    wanted: ContactFilter, *, after: uuid.UUID | None, limit: int
) -> tuple[list[uuid.UUID], uuid.UUID | None]:
    """The next contacts by id, of at most ``limit`` that are looked at; and where to go on, ``None`` at the end."""
    prepared = _prepare(wanted)
    rows = prepared.rows.filter(id__gt=after) if after is not None else prepared.rows
    ids = list(rows.order_by("id").values_list("id", flat=True)[:limit])
    following = ids[-1] if len(ids) == limit else None
    if not prepared.exact and ids:
        verdicts = _verdicts(prepared, ids)
        ids = [one for one in ids if verdicts.get(one) is Result.TRUE]
    return ids, following


def size_of(wanted: ContactFilter) -> int | None:
    """How many contacts, where SQL can tell."""
    prepared = _prepare(wanted)
    return prepared.rows.count() if prepared.exact else None


def len_up_to(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are; ``most + 1`` stands for more."""
    return rows.order_by()[: most + 1].count()


def undecided(sides: Sides) -> Q:
    """Whom a predicate that is translated exactly cannot decide on."""
    return ~(sides.true | sides.false)

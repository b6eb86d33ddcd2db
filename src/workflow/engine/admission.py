"""Admission: what a match must pass before it starts: once an event, re-entry, who is inside already, limits."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from core.ids import uuid7_bound
from core.predicates.paths import path_reader
from workflow.engine.active import active_plans
from workflow.engine.leaving import UNDER_WAY, end_trees
from workflow.engine.matching import Match, Mismatch
from workflow.engine.run import load_roots
from workflow.graph import Policy
from workflow.models import Entry, MatchResult, WorkflowExecution

#: The contact of entries that belong to nobody: events without a contact may still carry a business key.
NOBODY = uuid.UUID(int=0)
_HOUR = timedelta(hours=1)
_FOREVER = timedelta(days=36_500)

# One row a contact and key; the update happens, and is returned, only where the rule lets it in again.
_ENTER = """
INSERT INTO workflow_entry AS entry (workflow_id, contact_id, key, entered_at, count)
SELECT w, c, k, now(), 1 FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::interval[]) AS x(w, c, k, gap)
ORDER BY w, c, k
ON CONFLICT (workflow_id, contact_id, key) DO UPDATE SET entered_at = EXCLUDED.entered_at, count = entry.count + 1
WHERE entry.entered_at <= now() - (
    SELECT gap FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::interval[]) AS y(w, c, k, gap)
    WHERE y.w = entry.workflow_id AND y.c = entry.contact_id AND y.k = entry.key)
RETURNING workflow_id, contact_id, key
"""
_BARRED = """
SELECT entry.workflow_id, entry.contact_id, entry.key FROM workflow_entry AS entry
JOIN unnest(%s::uuid[], %s::uuid[], %s::text[], %s::interval[]) AS y(w, c, k, gap)
  ON y.w = entry.workflow_id AND y.c = entry.contact_id AND y.k = entry.key
WHERE entry.entered_at > now() - y.gap
"""

#: Of an entry: workflow, contact, business key.
_Key = tuple[uuid.UUID, uuid.UUID, str]


def admit(matches: Sequence[Match]) -> tuple[list[Match], list[Mismatch]]:
    """Those that may start now, and for the rest why not. Interrupts what a match takes the place of.

    Call it with at most one match of a contact and workflow where ``when_inside`` matters (:func:`rounds`).
    """
    refused: list[Mismatch] = []
    passed = fresh(matches)
    for gate in (_not_inside, _limited, _again):
        passed = gate(passed, refused)
    _interrupt(passed)
    return passed, refused


def fresh(matches: Sequence[Match]) -> list[Match]:
    """Without those that started before: an event that is dispatched again starts nothing twice."""
    events = {match.event.id for match in matches}
    if not events:
        return []
    known = WorkflowExecution.objects.filter(event_id__in=events, parent__isnull=True)
    started = set(known.values_list("event_id", "workflow_id"))
    return [match for match in matches if (match.event.id, match.plan.workflow_id) not in started]


def rounds(matches: Sequence[Match]) -> list[list[Match]]:
    """The matches in rounds to be started one after the other: a second one of the same contact and workflow must see
    whether the first is still inside."""
    seen: Counter[tuple[uuid.UUID, uuid.UUID]] = Counter()
    found: list[list[Match]] = []
    for match in matches:
        number = 0
        if match.event.contact_id is not None and _looks_inside(match.plan.policy):
            number = seen[match.plan.workflow_id, match.event.contact_id]
            seen[match.plan.workflow_id, match.event.contact_id] += 1
        while len(found) <= number:
            found.append([])
        found[number].append(match)
    return found


def _looks_inside(policy: Policy) -> bool:
    return policy.reentry.when_inside != "start"


def _refuse(match: Match, result: MatchResult, refused: list[Mismatch], **detail: Any) -> None:
    refused.append(Mismatch(match.event, match.plan, result, detail, match.trigger))


def _not_inside(matches: Sequence[Match], refused: list[Mismatch]) -> list[Match]:
    """Without those whose contact is inside already, where the rule is to skip them."""
    inside = _under_way([m for m in matches if m.plan.policy.reentry.when_inside == "skip"])
    passed: list[Match] = []
    for match in matches:
        there = inside.get((match.event.contact_id, match.plan.workflow_id))
        if there:
            _refuse(match, MatchResult.INSIDE, refused, execution=str(there[0]))
        else:
            passed.append(match)
    return passed


def _interrupt(matches: Sequence[Match]) -> None:
    """End what the matches take the place of."""
    inside = _under_way([m for m in matches if m.plan.policy.reentry.when_inside == "interrupt"])
    end_trees([execution_id for there in inside.values() for execution_id in there], reason="interrupted")


def _under_way(matches: Sequence[Match]) -> dict[tuple[Any, Any], list[uuid.UUID]]:
    """The executions under way of the matches' contacts in their workflows, by ``(contact, workflow)``."""
    pairs = {(m.event.contact_id, m.plan.workflow_id) for m in matches if m.event.contact_id is not None}
    if not pairs:
        return {}
    rows = WorkflowExecution.objects.filter(
        contact_id__in={contact for contact, _ in pairs},
        workflow_id__in={workflow for _, workflow in pairs},
        state__in=UNDER_WAY,
        parent__isnull=True,
    )
    found: dict[tuple[Any, Any], list[uuid.UUID]] = {}
    for execution_id, contact_id, workflow_id in rows.values_list("id", "contact_id", "workflow_id"):
        if (contact_id, workflow_id) in pairs:
            found.setdefault((contact_id, workflow_id), []).append(execution_id)
    return found


def _again(matches: Sequence[Match], refused: list[Mismatch], *, enter: bool = True) -> list[Match]:
    """Once, after N days, once per key: asked of the table of entries, which also makes two at once wait for each other.
    Without ``enter`` it is only looked who may."""
    asking: dict[_Key, Match] = {}
    free: list[tuple[Match, _Key | None]] = []
    for match in matches:
        rule = match.plan.policy.reentry.rule
        key, contact_id = "", match.event.contact_id
        if rule == "once_per_key":
            key = business_key(match)
            if not key:
                _refuse(match, MatchResult.REENTRY, refused, rule=rule, problem="the event has no such key")
                continue
            contact_id = contact_id or NOBODY
        if rule == "every_time" or contact_id is None:
            free.append((match, None))
            continue
        entry = (match.plan.workflow_id, contact_id, key)
        if entry in asking:
            _refuse(match, MatchResult.REENTRY, refused, rule=rule, key=key)
        else:
            asking[entry] = replace(match, entry_key=key)
            free.append((asking[entry], entry))
    if not asking:
        return [match for match, _ in free]
    entered = _enter(asking) if enter else asking.keys() - _barred(asking)
    last = _last_entries(asking.keys() - entered)
    for entry, match in asking.items():
        if entry not in entered:
            reentry = match.plan.policy.reentry
            at = last.get(entry)
            _refuse(
                match,
                MatchResult.REENTRY,
                refused,
                rule=reentry.rule,
                key=entry[2],
                days=reentry.days,
                last_entered_at=at.isoformat() if at else None,
            )
    return [match for match, asked in free if asked is None or asked in entered]


def _last_entries(entries: Set[_Key]) -> dict[_Key, datetime]:
    """When these entered last."""
    rows = Entry.objects.filter(
        workflow_id__in={workflow for workflow, *_ in entries},
        contact_id__in={contact for _, contact, _ in entries},
        key__in={key for *_, key in entries},
    )
    values = rows.values_list("workflow_id", "contact_id", "key", "entered_at")
    return {
        (workflow, contact, key): at
        for workflow, contact, key, at in (values if entries else ())
        if (workflow, contact, key) in entries
    }


def business_key(match: Match) -> str:
    """The key that a match enters with; empty when its event has none."""
    path = match.plan.policy.reentry.key
    root = path.split(".", 1)[0]
    if root not in match.context:
        load_roots([root], [(match.context, match.event)])
    value = path_reader(path)(match.context)
    return str(value)[:200] if isinstance(value, str | int | float) and str(value) else ""


def _columns(asking: Mapping[_Key, Match]) -> list[list[Any]]:
    gaps = [
        _FOREVER if (days := match.plan.policy.reentry.days) is None else timedelta(days=days)
        for match in asking.values()
    ]
    return [*map(list, zip(*asking, strict=True)), gaps]


def _enter(asking: Mapping[_Key, Match]) -> set[_Key]:
    """Those that entered now."""
    columns = _columns(asking)
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [*columns, *columns])
        return {(workflow, contact, key) for workflow, contact, key in cursor.fetchall()}


def _barred(asking: Mapping[_Key, Match]) -> set[_Key]:
    """Those that could not enter now."""
    with connection.cursor() as cursor:
        cursor.execute(_BARRED, _columns(asking))
        return {(workflow, contact, key) for workflow, contact, key in cursor.fetchall()}


def _limited(matches: Sequence[Match], refused: list[Mismatch]) -> list[Match]:
    """The hourly limits of workflow and tenant; over one, nothing starts."""
    settings = active_plans().settings
    tenant_limits = (settings.executions_per_hour, settings.contact_executions_per_hour)
    if not any(tenant_limits) and not any(_has_limits(m.plan.policy) for m in matches):
        return list(matches)
    with connection.cursor() as cursor:
        # Two batches at once would each count without the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.limits', 0))")
    counts = _Counts(matches)
    passed: list[Match] = []
    # Who may not enter again takes no place from who may.
    for match in _again(matches, refused, enter=False):
        limits, contact, workflow = (
            match.plan.policy.limits,
            match.event.contact_id,
            match.plan.workflow_id,
        )
        checks: list[tuple[str, int | None, tuple[Any, Any]]] = [
            ("tenant_per_hour", settings.executions_per_hour, (None, None)),
            ("per_hour", limits.per_hour, (None, workflow)),
        ]
        if contact is not None:
            checks += [
                ("tenant_contact_per_hour", settings.contact_executions_per_hour, (contact, None)),
                ("per_contact_per_hour", limits.per_contact_per_hour, (contact, workflow)),
            ]
        over = next(
            ((name, limit) for name, limit, of in checks if limit is not None and counts.of(*of) >= limit),
            None,
        )
        if over is not None:
            _refuse(match, MatchResult.LIMIT, refused, limit=over[0], at_most=over[1])
            continue
        counts.add(contact, workflow)
        passed.append(match)
    return passed


def _has_limits(policy: Policy) -> bool:
    return bool(policy.limits.per_hour or policy.limits.per_contact_per_hour)


class _Counts:
    """How many executions began within the last hour, by contact and workflow; each count read once when asked for."""

    def __init__(self, matches: Collection[Match]) -> None:
        self._since = uuid7_bound(datetime.now(UTC) - _HOUR)
        self._read: dict[tuple[Any, Any], int] = {}
        self._added: Counter[tuple[Any, Any]] = Counter()

    def of(self, contact: Any, workflow: Any) -> int:
        """The count for a contact and a workflow; ``None`` stands for all."""
        key = (contact, workflow)
        if key not in self._read:
            rows = WorkflowExecution.objects.filter(id__gte=self._since, parent__isnull=True)
            if contact is not None:
                rows = rows.filter(contact_id=contact)
            if workflow is not None:
                rows = rows.filter(workflow_id=workflow)
            self._read[key] = rows.count()
        return self._read[key] + self._added[key]

    def add(self, contact: Any, workflow: Any) -> None:
        """One more begins."""
        self._added.update({(None, None), (None, workflow)})
        if contact is not None:
            self._added.update({(contact, None), (contact, workflow)})

"""Matching: which active workflows start for which events, and why not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.predicates import Result
from events.models import Event
from workflow.engine.plan import ActivePlans, Plan, PlanTrigger, active_plans
from workflow.engine.run import base_context, load_roots

#: Workflow steps that may lead to one another through events before the chain is cut.
MAX_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Match:
    """A workflow that starts for an event. ``context`` holds the roots that were read to decide it."""

    event: Event
    plan: Plan
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A workflow that could not be decided on, or was cut off: worth a row in the log. ``detail`` is JSON."""

    event: Event
    plan: Plan
    result: str
    detail: dict[str, Any]


def match(events: Sequence[Event]) -> tuple[list[Match], list[Mismatch]]:
    """Evaluate the active triggers of a batch of events; a workflow starts at most once for an event."""
    active = active_plans()
    contexts = _contexts(events, active)
    matches: list[Match] = []
    mismatches: list[Mismatch] = []
    for event in events:
        started: set[object] = set()
        context = contexts[event.id]
        for plan, trigger in active.by_type.get(event.type, ()):
            if plan.workflow_id in started:
                continue
            if event.depth > MAX_DEPTH:
                detail = {"depth": event.depth, "limit": MAX_DEPTH}
                mismatches.append(Mismatch(event, plan, "too_deep", detail))
                continue
            result = Result.TRUE if trigger.predicate is None else trigger.predicate.evaluate(context)
            if result is Result.TRUE:
                started.add(plan.workflow_id)
                matches.append(Match(event, plan, dict(context)))
            elif result is Result.ERROR:
                mismatches.append(Mismatch(event, plan, "error", _why(trigger, context)))
    return matches, mismatches


def _why(trigger: PlanTrigger, context: dict[str, Any]) -> dict[str, Any]:
    assert trigger.predicate is not None
    return trigger.predicate.explain(context).as_dict()


def _contexts(events: Sequence[Event], active: ActivePlans) -> dict[uuid.UUID, dict[str, Any]]:
    contexts = {event.id: base_context(event) for event in events}
    roots: set[str] = set()
    for code in {event.type for event in events}:
        for _, trigger in active.by_type.get(code, ()):
            roots |= trigger.roots
    load_roots(roots, [(contexts[event.id], event) for event in events])
    return contexts

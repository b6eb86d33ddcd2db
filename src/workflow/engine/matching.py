"""Matching: which active workflows start for which events, and why not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.predicates import Result
from events.models import Event
from workflow.engine.plan import ActivePlans, Plan, PlanTrigger, active_plans
from workflow.engine.run import base_context, load_roots, with_history
from workflow.models import WorkflowExecution

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
            result = decide(trigger, context, event)
            if result is Result.TRUE:
                started.add(plan.workflow_id)
                matches.append(Match(event, plan, dict(context)))
            elif result is Result.ERROR:
                mismatches.append(Mismatch(event, plan, "error", explain(trigger, context, event)))
    return matches, mismatches


def fresh(matches: Sequence[Match]) -> list[Match]:
    """Without those that started before: an event that is dispatched again starts nothing twice."""
    events = {match.event.id for match in matches}
    known = (
        WorkflowExecution.objects.filter(event_id__in=events) if events else WorkflowExecution.objects.none()
    )
    started = set(known.values_list("event_id", "workflow_id"))
    return [match for match in matches if (match.event.id, match.plan.workflow_id) not in started]


def decide(trigger: PlanTrigger, context: dict[str, Any], event: Event) -> Result:
    """What a trigger's predicate says of an event; one without a predicate takes every event."""
    if trigger.predicate is None:
        return Result.TRUE
    return trigger.predicate.evaluate(with_history(context, event))


def explain(trigger: PlanTrigger, context: dict[str, Any], event: Event) -> dict[str, Any]:
    """Why it says so, as JSON (:meth:`core.predicates.Explanation.as_dict`); empty without a predicate."""
    return (
        trigger.predicate.explain(with_history(context, event)).as_dict()
        if trigger.predicate is not None
        else {}
    )


def _contexts(events: Sequence[Event], active: ActivePlans) -> dict[uuid.UUID, dict[str, Any]]:
    contexts = {event.id: base_context(event) for event in events}
    roots: set[str] = set()
    for code in {event.type for event in events}:
        for _, trigger in active.by_type.get(code, ()):
            roots |= trigger.roots
    load_roots(roots, [(contexts[event.id], event) for event in events])
    return contexts

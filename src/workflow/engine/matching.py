"""Matching: which active workflows start for which events, and why not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.predicates import Result
from events.models import Event
from workflow.engine.active import ActivePlans, active_plans
from workflow.engine.plan import Plan, PlanTrigger
from workflow.engine.run import base_context, load_roots, with_history
from workflow.models import MatchResult

#: Workflow steps that may lead to one another through events before the chain is cut.
MAX_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Match:
    """A workflow that starts for an event. ``context`` holds the roots that were read to decide it; ``trigger`` is the id
    of the trigger in the document, ``entry_key`` the business key that it enters with."""

    event: Event
    plan: Plan
    context: dict[str, Any]
    trigger: str = ""
    entry_key: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A workflow that does not start although its trigger listened: worth a row in the log. ``detail`` is JSON."""

    event: Event
    plan: Plan
    result: str
    detail: dict[str, Any]
    trigger: str = ""


def match(events: Sequence[Event]) -> tuple[list[Match], list[Mismatch]]:
    """Evaluate the active triggers of a batch of events; a workflow starts at most once for an event."""
    active = active_plans()
    candidates = {event.id: active.candidates(event) for event in events}
    contexts = _contexts(events, candidates)
    matches: list[Match] = []
    mismatches: list[Mismatch] = []
    for event in events:
        _match_one(event, candidates[event.id], contexts[event.id], matches, mismatches)
    return matches, mismatches


def _match_one(
    event: Event,
    pairs: Sequence[tuple[Plan, PlanTrigger]],
    context: dict[str, Any],
    matches: list[Match],
    mismatches: list[Mismatch],
) -> None:
    started: set[object] = set()
    stopper: tuple[Plan, PlanTrigger] | None = None
    for plan, trigger in pairs:
        if plan.workflow_id in started:
            continue
        if event.depth > MAX_DEPTH:
            detail: dict[str, Any] = {"depth": event.depth, "limit": MAX_DEPTH}
            mismatches.append(Mismatch(event, plan, MatchResult.TOO_DEEP, detail, trigger.key))
            continue
        result = decide(trigger, context, event)
        if result is Result.ERROR:
            mismatches.append(
                Mismatch(event, plan, MatchResult.ERROR, explain(trigger, context, event), trigger.key)
            )
        if result is not Result.TRUE:
            continue
        started.add(plan.workflow_id)
        if stopper is not None:
            detail = {"workflow": str(stopper[0].workflow_id), "name": stopper[0].name}
            mismatches.append(Mismatch(event, plan, MatchResult.STOPPED, detail, trigger.key))
            continue
        matches.append(Match(event, plan, dict(context), trigger.key))
        if trigger.stop_others:
            stopper = (plan, trigger)


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


def _contexts(
    events: Sequence[Event], candidates: dict[uuid.UUID, tuple[tuple[Plan, PlanTrigger], ...]]
) -> dict[uuid.UUID, dict[str, Any]]:
    contexts = {event.id: base_context(event) for event in events}
    roots: set[str] = set()
    for pairs in {id(pairs): pairs for pairs in candidates.values()}.values():
        for _, trigger in pairs:
            roots |= trigger.roots
    load_roots(roots, [(contexts[event.id], event) for event in events])
    return contexts


__all__ = ["MAX_DEPTH", "ActivePlans", "Match", "Mismatch", "decide", "explain", "match"]

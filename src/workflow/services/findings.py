"""Findings: what the triggers of one version say of one event, with the grounds, and which of them stand in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.predicates import Result
from events.models import Event
from workflow.engine.matching import decide
from workflow.engine.plan import Plan, PlanTrigger
from workflow.engine.run import with_history
from workflow.models import ArmedTrigger
from workflow.services import wording
from workflow.services.nearness import Nearness, nearness


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerFinding:
    """What one trigger says: ``result`` is ``true``, ``false``, ``error``, or ``not_addressed`` for one that takes only
    events that carry its address. ``lines`` counts the predicate's lines, ``missing`` are the fewest that would have to
    change for it to hold. ``text`` is the explanation in lines."""

    trigger: str
    type: str
    addressed: bool
    result: str
    explanation: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    lines: int = 0
    missing: tuple[str, ...] = ()
    near: Nearness | None = None


def findings_of(
    plan: Plan, event: Event, context: dict[str, Any], *, addresses: Mapping[str, str] | None = None
) -> list[TriggerFinding]:
    """A finding for each trigger of ``plan`` on the event's type.

    ``addresses`` are the armed triggers' keys by address, for an event that happened; without them every trigger is
    asked as if the event were meant for it.
    """
    return [
        _finding(trigger, event, context, addresses)
        for trigger in plan.triggers
        if trigger.event_type == event.type
    ]


def _finding(
    trigger: PlanTrigger, event: Event, context: dict[str, Any], addresses: Mapping[str, str] | None
) -> TriggerFinding:
    about: dict[str, Any] = {
        "trigger": trigger.key,
        "type": trigger.type,
        "addressed": trigger.addressed,
    }
    if (
        trigger.addressed
        and addresses is not None
        and addresses.get(str(event.data.get("trigger"))) != trigger.key
    ):
        return TriggerFinding(result="not_addressed", **about)
    if trigger.predicate is None:
        return TriggerFinding(result=decide(trigger, context, event).value, **about)
    explanation = trigger.predicate.explain(with_history(context, event))
    near = nearness(explanation)
    return TriggerFinding(
        result=explanation.result.value,
        explanation=explanation.as_dict(),
        text=explanation.as_text(),
        lines=near.lines,
        missing=tuple(wording.line_text(line) for line in near.missing),
        near=near if explanation.result is Result.FALSE and near.is_near else None,
        **about,
    )


def addresses_of(workflow_ids: Sequence[Any]) -> dict[Any, dict[str, str]]:
    """The armed triggers' keys by their address, for each of these workflows."""
    found: dict[Any, dict[str, str]] = {workflow_id: {} for workflow_id in workflow_ids}
    rows = ArmedTrigger.objects.filter(workflow_id__in=workflow_ids)
    for row_id, workflow_id, key in rows.values_list("id", "workflow_id", "key"):
        found[workflow_id][str(row_id)] = key
    return found


def sum_up(findings: Sequence[TriggerFinding]) -> str:
    """What the triggers of a version say together: ``matches``, or why not, the plainest first: ``other_type`` (none waits
    for such events), ``error``, ``near_miss``, ``no_match``, ``not_addressed``."""
    results = {finding.result for finding in findings}
    reasons = (
        (not findings, "other_type"),
        ("true" in results, "matches"),
        ("error" in results, "error"),
        (any(finding.near is not None for finding in findings), "near_miss"),
        (results == {"not_addressed"}, "not_addressed"),
    )
    return next((reason for holds, reason in reasons if holds), "no_match")

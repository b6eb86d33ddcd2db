"""Explaining: why each workflow did, or did not, run for an event."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from events.models import Event
from workflow.engine.matching import MAX_DEPTH, decide, explain
from workflow.engine.plan import Plan, plans_by_version
from workflow.engine.run import base_context, load_roots
from workflow.models import MatchResult, TriggerEventLog, Workflow, WorkflowExecution, WorkflowStatus
from workflow.roots import ROOTS

#: Workflows that are told about for one event, those that ran and active ones first.
_MAX_WORKFLOWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerVerdict:
    """One trigger on the event's type: what it says of the event, and why."""

    result: str
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``ran`` tells whether the workflow started for the event; ``reason`` says in words why, or why not."""

    workflow_id: uuid.UUID
    workflow: str
    status: str
    version: int | None
    ran: bool
    reason: str
    execution_id: uuid.UUID | None
    execution_state: str
    triggers: Sequence[TriggerVerdict]


def explain_event(event: Event) -> list[Verdict]:
    """A verdict for each workflow that ran for the event, or whose published triggers wait for its type.

    Predicates are evaluated now, so what the contact is now counts, not what it was then.
    """
    executions = {row.workflow_id: row for row in WorkflowExecution.objects.filter(event_id=event.id)}
    logs = {row.workflow_id: row for row in TriggerEventLog.objects.filter(event_id=event.id).order_by("id")}
    workflows = [
        workflow
        for workflow in Workflow.objects.filter(active_version__isnull=False).select_related("active_version")
        if workflow.id in executions or event.type in _types(workflow)
    ]
    workflows.sort(key=lambda w: (w.id not in executions, w.status != WorkflowStatus.ACTIVE, w.name))
    workflows = workflows[:_MAX_WORKFLOWS]
    plans = plans_by_version({w.active_version_id for w in workflows if w.active_version_id})
    context = base_context(event)
    load_roots(list(ROOTS), [(context, event)])
    verdicts: list[Verdict] = []
    for workflow in workflows:
        assert workflow.active_version is not None
        plan = plans.get(workflow.active_version.id)
        triggers = _triggers(plan, event, context) if plan is not None else []
        execution = executions.get(workflow.id)
        verdicts.append(
            Verdict(
                workflow_id=workflow.id,
                workflow=workflow.name,
                status=workflow.status,
                version=workflow.active_version.number,
                ran=execution is not None,
                reason="It ran." if execution else _why_not(workflow, event, logs.get(workflow.id), triggers),
                execution_id=execution.id if execution else None,
                execution_state=execution.state if execution else "",
                triggers=triggers,
            )
        )
    return verdicts


def _types(workflow: Workflow) -> set[str]:
    assert workflow.active_version is not None
    return {trigger["event_type"] for trigger in workflow.active_version.document["triggers"]}


def _triggers(plan: Plan, event: Event, context: dict[str, Any]) -> list[TriggerVerdict]:
    return [
        TriggerVerdict(
            result=decide(trigger, context, event).value, explanation=explain(trigger, context, event)
        )
        for trigger in plan.triggers
        if trigger.event_type == event.type
    ]


def _why_not(
    workflow: Workflow, event: Event, log: TriggerEventLog | None, triggers: Sequence[TriggerVerdict]
) -> str:
    """The first reason that holds, the plainest first."""
    assert workflow.active_version is not None
    results = {trigger.result for trigger in triggers}
    reasons = (
        (
            workflow.status != WorkflowStatus.ACTIVE,
            f"The workflow is {workflow.get_status_display().lower()}.",
        ),
        (not triggers, "Its version cannot be run any more; publish it anew."),
        (
            event.depth > MAX_DEPTH,
            f"The event came out of a chain of more than {MAX_DEPTH} workflow steps, which is cut off.",
        ),
        (
            log is not None and log.result == MatchResult.ERROR and "true" not in results,
            "Its trigger could not be decided: a line ended in an error.",
        ),
        (
            event.recorded_at is not None and workflow.active_version.published_at > event.recorded_at,
            f"Version {workflow.active_version.number} was published after the event.",
        ),
        (
            "true" in results,
            "Its trigger matches now; either it did not then, or the event is still waiting.",
        ),
        ("error" in results, "Its trigger cannot be decided: a line ends in an error."),
    )
    return next((reason for holds, reason in reasons if holds), "Its trigger does not match.")

"""Explaining: why each workflow did, or did not, run for an event."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from pydantic import ValidationError

from events.models import Event
from workflow.engine.matching import MAX_DEPTH
from workflow.engine.plan import Plan, plans_by_version
from workflow.engine.run import base_context, load_roots
from workflow.graph import TRIGGER_TYPES, TriggerSpec
from workflow.models import (
    MatchResult,
    TriggerEventLog,
    Version,
    Workflow,
    WorkflowExecution,
    WorkflowStatus,
)
from workflow.roots import ROOTS
from workflow.services import wording
from workflow.services.findings import TriggerFinding, addresses_of, findings_of, sum_up
from workflow.services.wording import Telling

#: An event's id and a workflow's.
_Pair = tuple[uuid.UUID, uuid.UUID]
#: Workflows that are told about for one event, those that ran and active ones first.
_MAX_WORKFLOWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the workflow ``ran`` for the event, and in words why, or why not, and what would let it run.

    ``result`` is ``started``, a refusal of the log (``reentry``, ``inside``, ``limit``, ``stopped``, ``too_deep``,
    ``error``, ``unfit``), or ``not_active``, ``not_published``, ``broken``, ``other_type``, ``not_addressed``,
    ``matches_now``, ``near_miss``, ``no_match``. ``version`` is the one that was in force when the event came; ``note``
    says so where another one is now.
    """

    workflow_id: uuid.UUID
    workflow: str
    status: str
    version: int | None
    active_version: int | None
    ran: bool
    result: str
    reason: str
    remedy: str
    note: str
    execution_id: uuid.UUID | None
    execution_state: str
    triggers: Sequence[TriggerFinding]


@dataclass(frozen=True, slots=True)
class InForce:
    """A version at a moment, without its graph."""

    id: uuid.UUID
    number: int
    event_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Why did, or did not, this workflow run for this event? ``then`` is the version in force at the event's time."""

    event: Event
    workflow: Workflow
    then: InForce | None


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of a question."""

    event: Event
    workflow: Workflow
    version: InForce | None
    plan: Plan | None
    findings: Sequence[TriggerFinding]
    log: TriggerEventLog | None


def explain_event(event: Event) -> list[Verdict]:
    """A verdict for each workflow that ran for the event, or whose triggers waited for its type.

    Versions are those of the event's time, and so is the clock; contact and conversation are what they are now.
    """
    then = in_force(event.recorded_at)
    ran = _workflow_ids(WorkflowExecution.objects.filter(event_id=event.id, parent__isnull=True))
    logged = _workflow_ids(TriggerEventLog.objects.filter(event_id=event.id))
    workflows = [
        workflow
        for workflow in _workflows()
        if workflow.id in ran | logged or event.type in _types_then_or_now(workflow, then.get(workflow.id))
    ]
    workflows.sort(key=lambda w: (w.id not in ran, w.status != WorkflowStatus.ACTIVE, w.name))
    return verdicts([Question(event, w, then.get(w.id)) for w in workflows[:_MAX_WORKFLOWS]])


def _workflow_ids(rows: QuerySet[Any]) -> set[uuid.UUID]:
    return set(rows.values_list("workflow_id", flat=True))


def verdicts(questions: Sequence[Question]) -> list[Verdict]:
    """The answers, in their order, with a few reads for all."""
    events = {question.event.id: question.event for question in questions}
    executions, logs = _executions(events), _most_telling(events)
    addresses = addresses_of(list({question.workflow.id for question in questions}))
    contexts = _contexts(list(events.values()))
    versions = [_version(question, executions) for question in questions]
    plans = plans_by_version({version.id for version in versions if version is not None})
    found: list[Verdict] = []
    for question, version in zip(questions, versions, strict=True):
        event, workflow = question.event, question.workflow
        plan = plans.get(version.id) if version is not None else None
        findings = (
            findings_of(plan, event, contexts[event.id], addresses=addresses[workflow.id])
            if plan is not None
            else []
        )
        case = _Case(event, workflow, version, plan, findings, logs.get((event.id, workflow.id)))
        found.append(_verdict(case, executions.get((event.id, workflow.id))))
    return found


def _version(question: Question, executions: Mapping[_Pair, WorkflowExecution]) -> InForce | None:
    """What ran is the truth, whatever was published when."""
    execution = executions.get((question.event.id, question.workflow.id))
    if execution is None:
        return question.then
    return InForce(execution.version_id, execution.version.number, frozenset())


def _contexts(events: Sequence[Event]) -> dict[uuid.UUID, dict[str, Any]]:
    contexts = {event.id: base_context(event) for event in events}
    for event in events:
        contexts[event.id]["now"] = event.recorded_at.isoformat()
    load_roots(list(ROOTS), [(contexts[event.id], event) for event in events])
    return contexts


def _verdict(case: _Case, execution: WorkflowExecution | None) -> Verdict:
    workflow, version = case.workflow, case.version
    active = workflow.active_version.number if workflow.active_version is not None else None
    result, told = (MatchResult.STARTED.value, wording.RAN) if execution is not None else _why_not(case)
    return Verdict(
        workflow_id=workflow.id,
        workflow=workflow.name,
        status=workflow.status,
        version=version.number if version is not None else active,
        active_version=active,
        ran=execution is not None,
        result=result,
        reason=told.reason,
        remedy=told.remedy,
        note=wording.judged_by(version.number, active) if version and version.number != active else "",
        execution_id=execution.id if execution is not None else None,
        execution_state=execution.state if execution is not None else "",
        triggers=case.findings,
    )


def _why_not(case: _Case) -> tuple[str, Telling]:
    """The first reason that holds, what was logged at the time before what can be worked out now."""
    workflow, event, log, findings = case.workflow, case.event, case.log, case.findings
    if log is not None and log.result != MatchResult.STARTED:
        return log.result, wording.refusal(log.result, log.detail)
    if workflow.status != WorkflowStatus.ACTIVE:
        return "not_active", wording.not_active(workflow.get_status_display())
    if case.version is None:
        number = workflow.active_version.number if workflow.active_version is not None else 1
        return "not_published", wording.published_later(number)
    if case.plan is None:
        return "broken", wording.BROKEN
    if event.depth > MAX_DEPTH and findings:
        return MatchResult.TOO_DEEP.value, wording.refusal(MatchResult.TOO_DEEP, {"limit": MAX_DEPTH})
    result = sum_up(findings)
    if result == "matches":
        return "matches_now", wording.MATCHES_NOW
    return result, wording.triggers(result, findings, event.type)


def in_force(moment: datetime) -> dict[uuid.UUID, InForce]:
    """The version of each workflow that was published last at a moment, by workflow. One query, whatever the graphs."""
    newest = Version.objects.filter(published_at__lte=moment).order_by("workflow_id", "-number")
    values = newest.distinct("workflow_id").values_list("workflow_id", "id", "number", "document__triggers")
    return {
        workflow_id: InForce(version_id, number, event_types_of(triggers))
        for workflow_id, version_id, number, triggers in values
    }


def history_of(workflow: Workflow) -> list[tuple[datetime, InForce]]:
    """The versions of one workflow with the times at which they came into force, the oldest first."""
    rows = Version.objects.filter(workflow=workflow).order_by("number")
    return [
        (published_at, InForce(version_id, number, event_types_of(triggers)))
        for published_at, version_id, number, triggers in rows.values_list(
            "published_at", "id", "number", "document__triggers"
        )
    ]


def event_types_of(triggers: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The event types that a document's triggers wait for; those of sorts that there are no more wait for none."""
    found: set[str] = set()
    for trigger in triggers:
        kind = TRIGGER_TYPES.find(trigger.get("type", "event"))
        if kind is not None:
            with suppress(ValidationError):
                found.add(kind.event_type(TriggerSpec.model_validate(trigger)))
    return frozenset(found)


def _executions(event_ids: Collection[uuid.UUID]) -> dict[_Pair, WorkflowExecution]:
    rows = WorkflowExecution.objects.filter(event_id__in=event_ids, parent__isnull=True)
    rows = rows.select_related("version").defer("version__document", "outputs")
    return {(row.event_id, row.workflow_id): row for row in rows}


def _most_telling(event_ids: Collection[uuid.UUID]) -> dict[_Pair, TriggerEventLog]:
    """The log's row for each event and workflow: one that tells of a match before one that tells of an error."""
    rows = list(TriggerEventLog.objects.filter(event_id__in=event_ids).order_by("id"))
    rows.sort(key=lambda row: row.result != MatchResult.ERROR)
    return {(row.event_id, row.workflow_id): row for row in rows}


def _workflows() -> list[Workflow]:
    rows = Workflow.objects.filter(active_version__isnull=False).select_related("active_version")
    rows = rows.defer("draft", "active_version__document")
    return list(rows.annotate(trigger_specs=F("active_version__document__triggers")))


def _types_then_or_now(workflow: Any, then: InForce | None) -> frozenset[str]:
    now = event_types_of(workflow.trigger_specs or ())
    return now | then.event_types if then is not None else now

"""Trying: a whole workflow run on a real contact with nothing sent, nothing waited for and nothing kept."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from core.bulk import insert_rows
from core.errors import PermanentError
from core.ids import uuid7
from events.models import Event
from events.queue.enqueue import collecting
from workflow.engine.active import active_plans
from workflow.engine.admission import admit
from workflow.engine.leaving import UNDER_WAY
from workflow.engine.matching import Match, Mismatch
from workflow.engine.plan import Plan, PlanTrigger
from workflow.engine.rehearsal import rehearse
from workflow.engine.run import Run, base_context, event_view, load_roots
from workflow.engine.runner import family_of, new_run
from workflow.engine.storing import storable, stored
from workflow.engine.trial import Trial, TrialTimeoutError
from workflow.models import ActionState, ExecutionState, MatchResult, Workflow, WorkflowExecution
from workflow.roots import ROOTS
from workflow.services import wording
from workflow.services.choosing import Chosen, choose
from workflow.services.findings import TriggerFinding, findings_of, sum_up
from workflow.services.subjects import contact_named, conversation_named
from workflow.services.trial_paths import PathStep, path_of
from workflow.tenant_view import tenant_view

#: The longest that a dry run may take, in seconds: it holds a connection, and locks on what its actions change.
TIME_LIMIT_S = 20.0
_REPLACEABLE = frozenset({"tenant", "now"})


class UnknownRootError(PermanentError):
    """There is no such root to replace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What to try: for whom, on a made-up event, or on one like that of ``event_id``. Without an ``event_type`` the
    version's first trigger says it. ``context`` replaces whole roots, such as ``{"user": {"tags": ["vip"]}}``, until an
    action changes them. ``lapse``: awaited events do not come, and the time-outs are taken."""

    version: str = "draft"
    event_id: uuid.UUID | None = None
    event_type: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    user_id: str = ""
    conversation_id: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    lapse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerVerdict:
    """Whether one of the triggers takes the event: ``trigger`` is which."""

    matches: bool
    trigger: str
    reason: str
    remedy: str
    findings: Sequence[TriggerFinding]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionVerdict:
    """Whether re-entry and limits would let it in now: ``result`` is ``started``, or as in the log."""

    admitted: bool
    result: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a dry run found. The path is told whatever trigger and admission say; ``would_start`` puts both together.
    ``uses`` counts the actions that were done, by slug; ``cost`` is theirs in ``currency``, as text. ``ended_at`` is by
    the trial's clock, all waits included."""

    version: int | None
    event: dict[str, Any]
    trigger: TriggerVerdict
    admission: AdmissionVerdict
    would_start: bool
    state: str
    exit_reason: str
    text: str
    error: str
    converted: bool
    path: Sequence[PathStep]
    cut: bool
    variables: dict[str, Any]
    output: dict[str, Any]
    uses: dict[str, int]
    cost: str
    currency: str
    started_at: datetime
    ended_at: datetime


def dry_run(workflow: Workflow, wanted: DryRun, *, time_limit_s: float = TIME_LIMIT_S) -> Tried:
    """Run a version as it would run now, in a transaction that is rolled back, with nothing queued and nothing called.

    An unknown contact is tried as a new one. What takes too long is shown as far as it came (state ``stopped``). Raises
    what ``choose`` raises, ``UnknownRootError``, ``Event.DoesNotExist``.
    """
    chosen = choose(workflow, wanted.version)
    unknown = sorted(wanted.context.keys() - _REPLACEABLE - set(ROOTS))
    if unknown:
        known = ", ".join(sorted({*_REPLACEABLE, *ROOTS}))
        raise UnknownRootError(f"context: there is no root {unknown[0]!r} to replace; known: {known}.")
    with collecting(), transaction.atomic():
        tried = _try(chosen, wanted, time.monotonic() + time_limit_s)
        transaction.set_rollback(True)
    return tried


def _try(chosen: Chosen, wanted: DryRun, deadline: float) -> Tried:
    plan = chosen.plan
    event = _event(plan, wanted)
    context = base_context(event)
    load_roots(list(ROOTS), [(context, event)])
    context.update(storable(dict(wanted.context)))
    trigger = _trigger_verdict(plan, event, context)
    match = Match(event, plan, dict(context), trigger.trigger)
    admission = _admission(match)
    trial = Trial(lapse=wanted.lapse, deadline=deadline, grounds=True, roots=storable(dict(wanted.context)))
    run = new_run(match)
    run.trial, run.clock = trial, run.execution.started_at
    error = _rehearse(run, trial)
    execution = run.execution
    path, cut = path_of(run, trial)
    ended_at = run.clock
    state = "stopped" if error else str(execution.state)
    uses = uses_of(trial)
    return Tried(
        version=chosen.number,
        event=stored(event_view(event)),
        trigger=trigger,
        admission=admission,
        would_start=trigger.matches and admission.admitted,
        state=state,
        exit_reason=execution.exit_reason,
        text=wording.ended(
            state,
            at=ended_at,
            node=execution.node,
            error=error or execution.error,
            reason=execution.exit_reason,
        ),
        error=error or execution.error,
        converted=execution.converted_at is not None,
        path=path,
        cut=cut,
        variables=stored((execution.scope or {}).get("vars", {})),
        output=stored((execution.scope or {}).get("result", {})),
        uses=dict(uses),
        cost=cost_of(uses),
        currency=tenant_view()["currency"],
        started_at=execution.started_at,
        ended_at=ended_at,
    )


def _event(plan: Plan, wanted: DryRun) -> Event:
    """The event to try on, written down as a real one would be, so that whoever counts events counts it."""
    now = datetime.now(UTC)
    if wanted.event_id is not None:
        event = Event.objects.get(id=wanted.event_id)
        event.causation_id, event.idempotency_key = None, None
    else:
        first = plan.triggers[0].event_type if plan.triggers else ""
        event = Event(
            type=wanted.event_type or first,
            data=storable(dict(wanted.data)),
            contact_id=contact_named(wanted.user_id),
            conversation_id=conversation_named(wanted.conversation_id),
            actor="trial",
        )
    event.id, event.occurred_at, event.recorded_at = uuid7(), now, now
    insert_rows([event])
    return event


def _trigger_verdict(plan: Plan, event: Event, context: dict[str, Any]) -> TriggerVerdict:
    findings = findings_of(plan, event, context)
    by_key: dict[str, PlanTrigger] = {trigger.key: trigger for trigger in plan.triggers}
    # The one that the engine would take: the highest priority, then the most specific.
    ranked = sorted(
        findings,
        key=lambda f: (f.result != "true", -by_key[f.trigger].priority, -by_key[f.trigger].specificity),
    )
    result = sum_up(findings)
    told = wording.triggers(result, findings, event.type)
    return TriggerVerdict(
        matches=result == "matches",
        trigger=ranked[0].trigger if ranked else "",
        reason=told.reason,
        remedy=told.remedy,
        findings=findings,
    )


def _admission(match: Match) -> AdmissionVerdict:
    """Asked of the engine itself, and taken back: the trial goes on as if nobody had entered."""
    with transaction.atomic():
        admitted, refused = admit([match])
        transaction.set_rollback(True)
    if not admitted:
        result, detail = _refused(refused)
        told = wording.refusal(result, detail)
        return AdmissionVerdict(admitted=False, result=result, reason=told.reason, remedy=told.remedy)
    inside = match.plan.policy.reentry.when_inside == "interrupt" and _is_inside(match)
    return AdmissionVerdict(
        admitted=True,
        result=MatchResult.STARTED,
        reason=wording.WOULD_INTERRUPT if inside else wording.WOULD_ENTER,
        remedy="",
    )


def _refused(refused: Sequence[Mismatch]) -> tuple[str, Mapping[str, Any]]:
    return refused[0].result, refused[0].detail


def _is_inside(match: Match) -> bool:
    rows = WorkflowExecution.objects.filter(
        contact_id=match.event.contact_id,
        workflow_id=match.plan.workflow_id,
        state__in=UNDER_WAY,
        parent__isnull=True,
    )
    return match.event.contact_id is not None and rows.exists()


def _rehearse(run: Run, trial: Trial) -> str:
    """Run it to its end; the text of what stopped it, if anything did."""
    try:
        rehearse([run])
    except TrialTimeoutError as exc:
        for one in family_of([run]):
            if one.execution.state in (ExecutionState.RUNNING, ExecutionState.WAITING):
                trial.stopped(one)
        return str(exc)
    return ""


def uses_of(trial: Trial) -> Counter[str]:
    """How often each action was done in a trial, by slug."""
    return Counter(
        visit.step.action
        for visit in trial.visits
        if visit.step is not None
        and visit.step.state == ActionState.COMPLETED
        and visit.run.plan.nodes[visit.node].action is not None
    )


def cost_of(uses: Mapping[str, int]) -> str:
    """What these uses cost, by the tenant's list of prices: a decimal number as text."""
    prices = active_plans().settings.action_costs
    total = sum((_price(prices.get(slug)) * count for slug, count in uses.items()), Decimal(0))
    return f"{total.normalize():f}"


def _price(price: Any) -> Decimal:
    """A price of the list, which is free JSON: what is no number costs nothing."""
    is_number = isinstance(price, int | float) and not isinstance(price, bool)
    return Decimal(str(price)) if is_number else Decimal(0)

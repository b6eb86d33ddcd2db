"""Back-testing: a version tried on the stored events of the last days, with nothing sent, queued or kept.

Each batch reads events in the order of their ids, matches them with this version alone, lets in what the back-test's own
history allows, and rehearses the executions in savepoints that are rolled back. The clock of each is its event's.
"""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.errors import PermanentError
from core.ids import uuid7, uuid7_bound
from core.predicates import Result
from events.models import Event
from events.queue.enqueue import collecting
from workflow.engine.active import active_plans
from workflow.engine.admission import business_key
from workflow.engine.matching import MAX_DEPTH, Match, decide
from workflow.engine.plan import Plan, PlanTrigger
from workflow.engine.rehearsal import rehearse
from workflow.engine.run import Run, base_context, load_roots, with_history
from workflow.engine.runner import new_run
from workflow.engine.trial import Trial, TrialTimeoutError
from workflow.jobs.base import Batch
from workflow.models import Job, MatchResult, Workflow
from workflow.services import wording
from workflow.services.choosing import choose, compiled
from workflow.services.jobs import create_job
from workflow.services.nearness import nearness
from workflow.services.simulated import MOST_REMEMBERED, SimulatedAdmission
from workflow.services.tally import Tally, new_report

MOST_DAYS = 90
MOST_EVENTS = 100_000
#: Executions rehearsed together at most, and seconds after which a batch begins no other group.
_GROUP = 200
_BUDGET_S = 1.0
#: Seconds for a group, which is tried again in smaller ones when it takes longer, and for an execution alone.
_GROUP_LIMIT_S = 3.0
_ALONE_LIMIT_S = 2.0
_SMALLER = 8


class NothingToReplayError(PermanentError):
    """All triggers of this version take only events that are addressed to them, which no past event is. Try a dry run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOrder:
    """What to try: ``version`` on the newest ``max_events`` of the last ``days``. ``lapse``: awaited events do not come."""

    version: str = "draft"
    days: int = 7
    max_events: int = 10_000
    lapse: bool = False


def backtest(workflow: Workflow, order: BacktestOrder, *, by: str) -> Job:
    """Queue a back-test. Raises what ``choose`` raises, and ``NothingToReplayError``."""
    return create_job("backtest", prepare(workflow, order), by=by, workflow=workflow)


def prepare(workflow: Workflow, order: BacktestOrder) -> dict[str, Any]:
    """The job's params. The document goes along, so that a draft may be changed meanwhile."""
    chosen = choose(workflow, order.version)
    unaddressed = [trigger for trigger in chosen.plan.triggers if not trigger.addressed]
    if not unaddressed:
        raise NothingToReplayError
    params: dict[str, Any] = {
        "version": chosen.number if chosen.number is not None else order.version,
        "days": order.days,
        "max_events": order.max_events,
        "lapse": order.lapse,
        "event_types": sorted({trigger.event_type for trigger in unaddressed}),
        "skipped_triggers": [
            {"trigger": trigger.key, "type": trigger.type}
            for trigger in chosen.plan.triggers
            if trigger.addressed
        ],
        "_document": chosen.document,
        "_after": str(uuid7_bound(datetime.now(UTC) - timedelta(days=order.days))),
        "_before": str(uuid7()),
    }
    ids = _events(params).order_by("-id").values_list("id", flat=True)
    first = ids[order.max_events : order.max_events + 1].first()
    if first is not None:
        params["_after"], params["_cut"] = str(first), True
    return params


def count_events(params: Mapping[str, Any]) -> int:
    """The events that a back-test with these params looks at."""
    return _events(params).count()


def _events(params: Mapping[str, Any]) -> QuerySet[Event]:
    return Event.objects.filter(
        type__in=params["event_types"],
        id__gt=uuid.UUID(params["_after"]),
        id__lt=uuid.UUID(params["_before"]),
    )


def replay(job: Job, cursor: str, size: int) -> Batch:
    """The next events, at most ``size``, and no more than there is time for."""
    begun = time.monotonic()
    rows = _events(job.params)
    if cursor:
        rows = rows.filter(id__gt=uuid.UUID(cursor))
    events = list(rows.order_by("id")[:size])
    replayed = _Replay(job)
    looked_at = replayed.go(events, until=begun + _BUDGET_S)
    is_over = looked_at == len(events) and len(events) < size
    replayed.tally.done(seconds=time.monotonic() - begun)
    return Batch("" if is_over else str(events[looked_at - 1].id), done=looked_at, result=replayed.result())


class _Replay:
    """One batch."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._plan = _plan_of(job)
        # The same order as the engine's.
        self._triggers = sorted(
            (trigger for trigger in self._plan.triggers if not trigger.addressed),
            key=lambda trigger: (-trigger.priority, -trigger.specificity),
        )
        self._admission = self._admission_of(job.result.get("_state", {}))
        self._size: int = job.result.get("_size", _GROUP)
        self.tally = Tally(job.result["report"] if "report" in job.result else new_report())

    def _admission_of(self, state: Mapping[str, Any]) -> SimulatedAdmission:
        return SimulatedAdmission(self._plan.policy, active_plans().settings, state)

    def result(self) -> dict[str, Any]:
        """The job's result so far."""
        params = self._job.params
        notes = wording.backtest_notes(
            lapse=params["lapse"],
            interrupts=self._plan.policy.reentry.when_inside == "interrupt",
            cut=params["max_events"] if params.get("_cut") else None,
            forgotten=MOST_REMEMBERED if self._admission.forgotten else None,
            skipped=len(params["skipped_triggers"]),
        )
        return {
            "report": {**self.tally.report, "notes": notes},
            "_state": self._admission.state,
            "_size": self._size,
        }

    def go(self, events: Sequence[Event], *, until: float) -> int:
        """Look at these events; how many there was time for. None at all when a group took too long: the next batch goes on
        with smaller ones."""
        contexts = self._contexts(events)
        looked_at = 0
        while looked_at < len(events):
            group = _unrelated(events[looked_at : looked_at + self._size])
            if self._group(group, contexts):
                looked_at += len(group)
                self._size = min(_GROUP, self._size * 2)
            else:
                self._size = max(1, len(group) // _SMALLER)
            if time.monotonic() > until:
                break
        return looked_at

    def _contexts(self, events: Sequence[Event]) -> dict[uuid.UUID, dict[str, Any]]:
        contexts = {event.id: base_context(event) for event in events}
        for event in events:
            contexts[event.id]["now"] = event.recorded_at.isoformat()
        roots = {root for trigger in self._triggers for root in trigger.roots}
        load_roots(roots, [(contexts[event.id], event) for event in events])
        return contexts

    def _group(self, group: Sequence[Event], contexts: Mapping[uuid.UUID, dict[str, Any]]) -> bool:
        """Events of different contacts together; whether that went in time. One alone counts as stopped otherwise."""
        before, stopped = self._admission.copy(), ""
        verdicts = [self._judge(event, contexts[event.id]) for event in group]
        runs = [verdict for verdict in verdicts if isinstance(verdict, Run)]
        try:
            _rehearse(runs, _GROUP_LIMIT_S if len(runs) > 1 else _ALONE_LIMIT_S)
        except TrialTimeoutError as exc:
            if len(runs) > 1:
                self._admission = self._admission_of(before)
                return False
            stopped = str(exc)
        for event, verdict in zip(group, verdicts, strict=True):
            self._tell(event, verdict, contexts[event.id], stopped=stopped)
        return True

    def _judge(self, event: Event, context: dict[str, Any]) -> Run | MatchResult | None:
        """A run for an event that is let in; else what keeps it out, or ``None`` when no trigger takes it."""
        if event.depth > MAX_DEPTH:
            return MatchResult.TOO_DEEP
        trigger = self._first_match(event, context)
        if trigger is None:
            return None
        match = Match(event, self._plan, dict(context), trigger.key)
        asks_for_key = self._plan.policy.reentry.rule == "once_per_key"
        key = business_key(match) if asks_for_key else ""
        refusal = self._admission.enter(event.contact_id, event.recorded_at, key=key)
        if refusal is not MatchResult.STARTED:
            return refusal
        run = new_run(match)
        run.trial, run.clock = Trial(lapse=self._job.params["lapse"]), event.recorded_at
        return run

    def _first_match(self, event: Event, context: dict[str, Any]) -> PlanTrigger | None:
        return next(
            (
                trigger
                for trigger in self._triggers
                if trigger.event_type == event.type and decide(trigger, context, event) is Result.TRUE
            ),
            None,
        )

    def _tell(
        self, event: Event, verdict: Run | MatchResult | None, context: dict[str, Any], *, stopped: str = ""
    ) -> None:
        tally = self.tally
        tally.event(event)
        if verdict is MatchResult.TOO_DEEP:
            tally.count("too_deep")
        elif verdict is None:
            self._tell_mismatch(event, context)
        else:
            tally.count("matched")
            if isinstance(verdict, Run):
                tally.run(verdict, stopped=stopped)
                self._admission.ran(event.contact_id, verdict.clock or event.recorded_at)
            else:
                tally.count(str(verdict), of="blocked")

    def _tell_mismatch(self, event: Event, context: dict[str, Any]) -> None:
        """Whether it could not be decided, or was near: the first such trigger counts."""
        for trigger in self._triggers:
            if trigger.event_type != event.type or trigger.predicate is None:
                continue
            if trigger.specificity < 2 and decide(trigger, context, event) is not Result.ERROR:
                continue
            explanation = trigger.predicate.explain(with_history(context, event))
            near = nearness(explanation)
            if explanation.result is Result.ERROR:
                self.tally.undecided(event, explanation.errors())
                return
            if near.is_near:
                self.tally.near_miss(event, near.missing[0])
                return


def _rehearse(runs: Sequence[Run], limit_s: float) -> None:
    """Run them to their ends, and take back all that they did. Raises ``TrialTimeoutError``."""
    if not runs:
        return
    deadline = time.monotonic() + limit_s
    for run in runs:
        assert run.trial is not None
        run.trial.deadline = deadline
    with collecting(), transaction.atomic():
        rehearse(runs)
        transaction.set_rollback(True)


def _unrelated(events: Sequence[Event]) -> list[Event]:
    """The first of these events up to where a contact comes again: what one execution does, and how long it lasts, is known
    before the next of the same contact is judged, and none sees what another did."""
    group: list[Event] = []
    seen: set[uuid.UUID] = set()
    for event in events:
        if event.contact_id in seen:
            break
        group.append(event)
        if event.contact_id is not None:
            seen.add(event.contact_id)
    return group


#: The compiled plans of back-tests under way, by job.
_plans: OrderedDict[uuid.UUID, Plan] = OrderedDict()
_MOST_PLANS = 20


def _plan_of(job: Job) -> Plan:
    plan = _plans.get(job.id)
    if plan is None:
        assert job.workflow is not None
        plan = _plans[job.id] = compiled(job.workflow, job.params["_document"])
        if len(_plans) > _MOST_PLANS:
            _plans.popitem(last=False)
    return plan

"""Exits: events of a contact that take its executions out, or count as their goal."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from core.ids import uuid7_bound
from core.predicates import Result
from events.models import Event
from workflow.engine.active import active_plans
from workflow.engine.leaving import UNDER_WAY, end_trees, lock_under_way, own_root
from workflow.engine.plan import Plan, PlanExit, plans_by_version
from workflow.engine.run import Run, event_view, fill, with_history
from workflow.models import WorkflowExecution

#: Executions with a policy of their own: all but branches and turns of loops.
_WHOLE = Q(parent__isnull=True) | Q(branch__endswith=":")


def leave_by(events: Sequence[Event]) -> None:
    """Take out the executions that these events end, and note the goals that they reach. In the caller's transaction.

    An execution is not ended by the event that started it, nor by earlier ones. A goal counts for one that has ended too, for
    as long as its workflow says: else nobody who was held out would ever reach it. A called workflow is taken out by its own
    policy, and then its caller goes on.
    """
    exits = active_plans().exits
    leaving = [event for event in events if event.type in exits and event.contact_id is not None]
    executions = _concerned(leaving) if leaving else []
    if not executions:
        return
    plans = plans_by_version({row.version_id for row in executions})
    begun = _begun(executions)
    reached: dict[uuid.UUID, datetime] = {}
    ended: dict[str, list[uuid.UUID]] = defaultdict(list)
    for execution in executions:
        plan = plans.get(execution.version_id)
        for event in leaving if plan is not None else ():
            if event.contact_id != execution.contact_id or event.id == execution.event_id:
                continue
            if event.recorded_at < begun[execution.id]:
                continue
            assert plan is not None
            rules = _fulfilled(plan, execution, event)
            if any(rule.converts for rule in rules):
                reached.setdefault(execution.id, event.recorded_at)
            ending = next((rule for rule in rules if rule.ends), None)
            if ending is not None and execution.state in UNDER_WAY:
                ended[ending.reason].append(execution.id)
                break
    lock_under_way(reached)
    for execution_id, at in reached.items():
        WorkflowExecution.objects.filter(id=execution_id, converted_at__isnull=True).update(converted_at=at)
    for reason, ids in ended.items():
        end_trees(ids, reason=reason)


def _concerned(leaving: Sequence[Event]) -> list[WorkflowExecution]:
    """The executions that these events may end, or be the goal of."""
    active = active_plans()
    concerned = Q(state__in=UNDER_WAY)
    days = max((active.goals.get(event.type, 0.0) for event in leaving), default=0.0)
    if days:
        since = uuid7_bound(datetime.now(UTC) - timedelta(days=days))
        concerned |= Q(id__gte=since, converted_at__isnull=True)
    rows = WorkflowExecution.objects.filter(
        concerned,
        contact_id__in={event.contact_id for event in leaving},
        version_id__in=set[uuid.UUID]().union(*(active.exits[event.type] for event in leaving)),
    )
    return list(rows.filter(_WHOLE).order_by("id"))


def _begun(executions: Sequence[WorkflowExecution]) -> dict[uuid.UUID, datetime]:
    """When what started each was recorded: the execution itself may have begun long after, when much was waiting."""
    events = Event.objects.filter(id__in={row.event_id for row in executions})
    recorded = dict(events.values_list("id", "recorded_at"))
    return {row.id: recorded.get(row.event_id, row.started_at) for row in executions}


def in_turns(events: Sequence[Event]) -> list[list[Event]]:
    """The events in groups to be handled one after the other: one that may take a contact out must find what an earlier
    one of the same batch has started."""
    if len({event.contact_id for event in events}) == len(events):
        return [list(events)]
    exits = active_plans().exits
    groups: list[list[Event]] = [[]]
    seen = set[uuid.UUID]()
    for event in events:
        if event.type in exits and event.contact_id in seen:
            groups.append([])
            seen.clear()
        groups[-1].append(event)
        if event.contact_id is not None:
            seen.add(event.contact_id)
    return groups


def take_out(runs: Sequence[Run]) -> set[uuid.UUID]:
    """End those of the runs, each over a wait, that do not belong any more; returns the ids of all that ended with them."""
    leaving = {own_root(run.execution) for run in no_longer_matching(runs)}
    return set(end_trees(leaving, reason="no_longer_matches"))


def _counts(rule: PlanExit, execution: WorkflowExecution, event: Event) -> bool:
    """Whether the rule still applies: for an execution that has ended only a goal does, for some days."""
    if execution.state in UNDER_WAY:
        return True
    return rule.converts and event.recorded_at <= execution.started_at + timedelta(days=rule.within_days)


def _fulfilled(plan: Plan, execution: WorkflowExecution, event: Event) -> list[PlanExit]:
    """The exits of the plan that the event fulfils. One that cannot be decided is not fulfilled."""
    run = Run(plan, execution, event)
    found: list[PlanExit] = []
    for rule in plan.exits:
        if rule.event_type != event.type or not _counts(rule, execution, event):
            continue
        if rule.predicate is not None:
            fill([run], rule.roots)
            run.context["event"] = event_view(event)
            if rule.predicate.evaluate(with_history(run.context, execution)) is not Result.TRUE:
                continue
        found.append(rule)
    return found


def no_longer_matching(runs: Sequence[Run]) -> list[Run]:
    """Those of the runs, each over a wait, whose workflow's ``unless`` does not hold any more. One that cannot be decided
    goes on."""
    checked = [run for run in runs if run.plan.unless is not None]
    fill(checked, {root for run in checked for root in run.plan.unless_roots})
    return [
        run
        for run in checked
        if run.plan.unless is not None
        and run.plan.unless.evaluate(with_history(run.context, run.execution)) is Result.FALSE
    ]

"""Exits: events of a contact that take its executions out, or count as their goal."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from core.predicates import Result
from events.models import Event
from workflow.engine.active import active_plans
from workflow.engine.leaving import UNDER_WAY, end_trees
from workflow.engine.plan import Plan, PlanExit, plans_by_version
from workflow.engine.run import Run, event_view, fill, with_history
from workflow.models import WorkflowExecution


def leave_by(events: Sequence[Event]) -> None:
    """Take out the executions that these events end, and note the goals that they reach. In the caller's transaction.

    An execution is not ended by the event that started it, nor by earlier ones.
    """
    exits = active_plans().exits
    leaving = [event for event in events if event.type in exits and event.contact_id is not None]
    if not leaving:
        return
    rows = WorkflowExecution.objects.filter(
        contact_id__in={event.contact_id for event in leaving},
        version_id__in=set[uuid.UUID]().union(*(exits[event.type] for event in leaving)),
        state__in=UNDER_WAY,
        parent__isnull=True,
    ).order_by("id")
    executions = list(rows)
    if not executions:
        return
    plans = plans_by_version({row.version_id for row in executions})
    reached: list[uuid.UUID] = []
    ended: dict[str, list[uuid.UUID]] = defaultdict(list)
    for execution in executions:
        plan = plans.get(execution.version_id)
        for event in leaving if plan is not None else ():
            if event.contact_id != execution.contact_id or not _later(event, execution):
                continue
            assert plan is not None
            rules = _fulfilled(plan, execution, event)
            if any(rule.converts for rule in rules):
                reached.append(execution.id)
            ending = next((rule for rule in rules if rule.ends), None)
            if ending is not None:
                ended[ending.reason].append(execution.id)
                break
    WorkflowExecution.objects.filter(id__in=reached, converted_at__isnull=True).update(
        converted_at=datetime.now(UTC)
    )
    for reason, ids in ended.items():
        end_trees(ids, reason=reason)


def _later(event: Event, execution: WorkflowExecution) -> bool:
    return event.id != execution.event_id and event.recorded_at >= execution.started_at


def _fulfilled(plan: Plan, execution: WorkflowExecution, event: Event) -> list[PlanExit]:
    """The exits of the plan that the event fulfils. One that cannot be decided is not fulfilled."""
    run = Run(plan, execution, event)
    found: list[PlanExit] = []
    for rule in plan.exits:
        if rule.event_type != event.type:
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

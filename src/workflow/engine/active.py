"""The index of what is in force in a tenant: triggers by event type and address, exits, events that are waited for."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenants.scope import require_tenant
from workflow.engine.headers import headers_of
from workflow.engine.plan import Plan, PlanTrigger, plans_by_version
from workflow.models import ArmedTrigger, EngineSettings, EngineState, Version, Workflow, WorkflowStatus

Pair = tuple[Plan, PlanTrigger]


@dataclass(frozen=True, slots=True)
class Armed:
    """A trigger with a row of its own, of an active workflow."""

    id: uuid.UUID
    workflow_id: uuid.UUID
    key: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActivePlans:
    """What is in force in one tenant.

    ``exits`` are the versions that an event type may take executions out of, ``goals`` for how many days at most it may be
    the goal of one that has ended, ``waits`` the correlation paths by which
    executions wait for one: of every version that is not drained, since executions keep the one that they began with.
    """

    revision: int
    by_type: Mapping[str, tuple[Pair, ...]]
    by_address: Mapping[str, Pair]
    armed: Mapping[str, tuple[Armed, ...]]
    exits: Mapping[str, frozenset[uuid.UUID]]
    goals: Mapping[str, float]
    waits: Mapping[str, frozenset[str]]
    wanted: frozenset[str]
    settings: EngineSettings

    def candidates(self, event: Any) -> tuple[Pair, ...]:
        """The triggers that an event may start, those of a higher priority and specificity first."""
        pairs = self.by_type.get(event.type, ())
        address = event.data.get("trigger") if self.by_address and isinstance(event.data, dict) else None
        addressed = self.by_address.get(address) if isinstance(address, str) else None
        if addressed is not None and addressed[1].event_type == event.type:
            return (addressed, *pairs)
        return pairs


_active: dict[uuid.UUID, ActivePlans] = {}


def active_plans() -> ActivePlans:
    """What is in force in the current tenant now: one small read tells whether the kept index still holds."""
    tenant_id = require_tenant().id
    revision = EngineState.objects.values_list("revision", flat=True).filter(id=1).first() or 0
    kept = _active.get(tenant_id)
    if kept is None or kept.revision != revision:
        kept = _active[tenant_id] = _load(revision)
    return kept


def _load(revision: int) -> ActivePlans:
    by_type: dict[str, list[Pair]] = defaultdict(list)
    exits: dict[str, set[uuid.UUID]] = defaultdict(set)
    goals: dict[str, float] = {}
    waits: dict[str, set[str]] = defaultdict(set)
    versions = list(Version.objects.filter(is_drained=False).values_list("id", flat=True))
    for version_id, header in headers_of(versions).items():
        for code in header.exits:
            exits[code].add(version_id)
        for code, days in header.goals.items():
            goals[code] = max(goals.get(code, 0.0), days)
        for code, path in header.waits:
            waits[code].add(path)
    in_force = Workflow.objects.filter(status=WorkflowStatus.ACTIVE, active_version__isnull=False)
    plans = plans_by_version(set(in_force.values_list("active_version_id", flat=True)))
    active = {plan.workflow_id: plan for plan in plans.values()}
    for plan in active.values():
        for trigger in plan.triggers:
            if not trigger.addressed:
                by_type[trigger.event_type].append((plan, trigger))
    armed, by_address = _armed(active)
    for pairs in by_type.values():
        pairs.sort(key=lambda pair: (-pair[1].priority, -pair[1].specificity, pair[0].workflow_id))
    return ActivePlans(
        revision=revision,
        by_type={code: tuple(pairs) for code, pairs in by_type.items()},
        by_address=by_address,
        armed=armed,
        exits={code: frozenset(versions) for code, versions in exits.items()},
        goals=goals,
        waits={code: frozenset(paths) for code, paths in waits.items()},
        wanted=frozenset({*by_type, *exits, *waits, *(t.event_type for _, t in by_address.values())}),
        settings=EngineSettings.objects.filter(id=1).first() or EngineSettings(),
    )


def _armed(active: Mapping[uuid.UUID, Plan]) -> tuple[dict[str, tuple[Armed, ...]], dict[str, Pair]]:
    by_sort: dict[str, list[Armed]] = defaultdict(list)
    by_address: dict[str, Pair] = {}
    for row in ArmedTrigger.objects.filter(armed_at__isnull=False).order_by("id"):
        plan = active.get(row.workflow_id)
        trigger = next((t for t in plan.triggers if t.key == row.key), None) if plan is not None else None
        if plan is not None and trigger is not None:
            by_sort[row.type].append(Armed(row.id, row.workflow_id, row.key, row.config))
            by_address[str(row.id)] = (plan, trigger)
    return {sort: tuple(rows) for sort, rows in by_sort.items()}, by_address


def wants(event_type: str) -> bool:
    """Whether the engine has anything to do for this event type in the current tenant."""
    return event_type in active_plans().wanted

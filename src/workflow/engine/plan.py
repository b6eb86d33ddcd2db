"""A plan: a published version, compiled once for running, and the index of what is active in a tenant."""

from __future__ import annotations

import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from core import predicates
from core.predicates import Predicate, fields_used, parse
from core.retry import RetryPolicy
from core.templating.tree import templates
from tenants.scope import require_tenant
from workflow.actions.base import ACTIONS, Action
from workflow.graph import Document, Node
from workflow.models import EngineState, Version, Workflow, WorkflowStatus
from workflow.roots import ROOTS

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PlanTrigger:
    """A compiled trigger. ``roots`` are those that its predicate reads."""

    event_type: str
    predicate: Predicate | None
    roots: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A compiled node. ``fixed`` is its validated config when no template is in it; ``roots`` are those that its
    templates or predicate may read."""

    id: str
    type: str
    action: Action[Any, Any] | None
    config: dict[str, Any]
    fixed: BaseModel | None
    roots: frozenset[str]
    retry: RetryPolicy
    predicate: Predicate | None
    next: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A version, ready to run."""

    workflow_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    triggers: tuple[PlanTrigger, ...]
    start: str
    nodes: Mapping[str, PlanNode]


@dataclass(frozen=True, slots=True)
class ActivePlans:
    """What is active in one tenant, by event type."""

    revision: int
    by_type: Mapping[str, tuple[tuple[Plan, PlanTrigger], ...]]


def compile_predicate(document: dict[str, Any]) -> Predicate | None:
    """The compiled predicate, or ``None`` for an empty document, which holds for everything."""
    return predicates.compile(parse(document)) if document else None


def roots_used(document: dict[str, Any]) -> frozenset[str]:
    """The roots that a predicate document reads."""
    return (
        frozenset(path.split(".", 1)[0] for path in fields_used(parse(document))) if document else frozenset()
    )


def _roots_named(config: dict[str, Any]) -> frozenset[str]:
    """The roots whose names stand in a config's templates: rather one too many than one too few."""
    sources = [source for _, source in templates(config)]
    return frozenset(name for name in ROOTS if any(name in source for source in sources))


def _compile_node(node: Node, nexts: Mapping[str, str]) -> PlanNode:
    action = ACTIONS.get(node.action) if node.type == "action" else None
    fixed = None
    if action is not None and not any(templates(node.config)):
        fixed = action.Config.model_validate(node.config)
    base = action.retry if action is not None else RetryPolicy(attempts=1)
    return PlanNode(
        id=node.id,
        type=node.type,
        action=action,
        config=node.config,
        fixed=fixed,
        roots=roots_used(node.predicate) | _roots_named(node.config),
        retry=RetryPolicy.model_validate({**base.model_dump(), **node.retry}),
        predicate=compile_predicate(node.predicate),
        next=nexts,
    )


def compile_plan(document: Document, *, workflow_id: uuid.UUID, version_id: uuid.UUID, name: str) -> Plan:
    """Compile a published document. Raises what its parts raise when they are not valid."""
    nexts: dict[str, dict[str, str]] = defaultdict(dict)
    for edge in document.edges:
        nexts[edge.source][edge.port] = edge.target
    return Plan(
        workflow_id=workflow_id,
        version_id=version_id,
        name=name,
        triggers=tuple(
            PlanTrigger(t.event_type, compile_predicate(t.predicate), roots_used(t.predicate))
            for t in document.triggers
        ),
        start=document.first,
        nodes={node.id: _compile_node(node, nexts[node.id]) for node in document.nodes},
    )


#: Versions never change, so a plan is kept by its id, whatever the tenant (ids are unique across all).
_plans: OrderedDict[uuid.UUID, Plan] = OrderedDict()
_MAX_PLANS = 5_000
_active: dict[uuid.UUID, ActivePlans] = {}


def plan_of(version: Version, name: str) -> Plan:
    """The compiled plan of a version."""
    plan = _plans.get(version.id)
    if plan is None:
        plan = compile_plan(
            Document.model_validate(version.document),
            workflow_id=version.workflow_id,
            version_id=version.id,
            name=name,
        )
        _plans[version.id] = plan
        if len(_plans) > _MAX_PLANS:
            _plans.popitem(last=False)
    return plan


def _plan_or_none(version: Version, name: str) -> Plan | None:
    """The plan, or ``None`` for a version that this code cannot run any more: it must not stop the others."""
    try:
        return plan_of(version, name)
    except Exception as exc:
        log.error(
            "version cannot be run",
            workflow=name,
            version=str(version.id),
            error=f"{type(exc).__name__}: {exc}",
        )
        return None


def plans_by_version(version_ids: set[uuid.UUID]) -> dict[uuid.UUID, Plan]:
    """The plans of several versions; reads only those that are not kept yet. Leaves out what cannot be run any more."""
    plans = {version_id: _plans[version_id] for version_id in version_ids if version_id in _plans}
    missing = version_ids - plans.keys()
    if missing:
        for version in Version.objects.filter(id__in=missing).select_related("workflow"):
            plan = _plan_or_none(version, version.workflow.name)
            if plan is not None:
                plans[version.id] = plan
    return plans


def active_plans() -> ActivePlans:
    """What is active in the current tenant now: one small read tells whether the kept index still holds."""
    tenant_id = require_tenant().id
    revision = EngineState.objects.values_list("revision", flat=True).filter(id=1).first() or 0
    kept = _active.get(tenant_id)
    if kept is None or kept.revision != revision:
        kept = _active[tenant_id] = _load_active(revision)
    return kept


def _load_active(revision: int) -> ActivePlans:
    by_type: dict[str, list[tuple[Plan, PlanTrigger]]] = defaultdict(list)
    active = Workflow.objects.filter(status=WorkflowStatus.ACTIVE, active_version__isnull=False)
    for workflow in active.select_related("active_version").order_by("id"):
        assert workflow.active_version is not None
        plan = _plan_or_none(workflow.active_version, workflow.name)
        if plan is None:
            continue
        for trigger in plan.triggers:
            by_type[trigger.event_type].append((plan, trigger))
    return ActivePlans(revision, {code: tuple(pairs) for code, pairs in by_type.items()})


def wants(event_type: str) -> bool:
    """Whether an active workflow of the current tenant starts on this event type."""
    return event_type in active_plans().by_type

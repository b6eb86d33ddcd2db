"""A plan: a published version, compiled once for running."""

from __future__ import annotations

import builtins
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from core.predicates import Predicate, comparisons, parse
from core.retry import RetryPolicy
from core.templating.tree import templates
from workflow.actions.base import ACTIONS, Action
from workflow.compiling import compile_predicate, roots_in_text, roots_named, roots_used
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import NODE_TYPES, TRIGGER_TYPES, Document, Node, NodeType, Policy, TriggerSpec
from workflow.graph.structure import joins_of, nexts_of
from workflow.models import Version

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PlanTrigger:
    """A compiled trigger. ``roots`` are those that its predicate reads; ``specificity`` is how many lines that has."""

    key: str
    type: str
    event_type: str
    addressed: bool
    predicate: Predicate | None
    roots: frozenset[str]
    priority: int
    stop_others: bool
    specificity: int


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A compiled node. ``templated`` is the part of its config in which templates are filled in, ``model`` validates the whole after that, ``fixed`` is that when there are
    none; ``roots`` are those that its templates or predicate may read; ``spec`` is the node type's own."""

    id: str
    type: NodeType
    action: Action[Any, Any] | None
    config: dict[str, Any]
    templated: dict[str, Any]
    model: builtins.type[BaseModel]
    fixed: BaseModel | None
    roots: frozenset[str]
    retry: RetryPolicy
    predicate: Predicate | None
    spec: Any
    next: Mapping[str, str]

    @property
    def label(self) -> str:
        """What its steps are filed under: the action's slug, or the node type's."""
        return self.action.slug if self.action is not None else self.type.slug


@dataclass(frozen=True, slots=True)
class PlanExit:
    """A compiled exit: an event of the contact that takes executions out. A goal ``converts``, also executions that have
    ended, ``within_days`` of their beginning."""

    reason: str
    event_type: str
    predicate: Predicate | None
    roots: frozenset[str]
    converts: bool = False
    ends: bool = True
    within_days: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A version, ready to run. ``joins`` names the join of each parallel node; ``unless`` must hold after each wait."""

    workflow_id: uuid.UUID
    version_id: uuid.UUID
    name: str
    triggers: tuple[PlanTrigger, ...]
    start: str
    nodes: Mapping[str, PlanNode]
    joins: Mapping[str, str]
    policy: Policy
    exits: tuple[PlanExit, ...]
    unless: Predicate | None
    unless_roots: frozenset[str]


def compile_trigger(spec: TriggerSpec) -> PlanTrigger:
    """Compile one trigger: its type's predicate and its own must both hold."""
    trigger_type = TRIGGER_TYPES.get(spec.type)
    parts = [part for part in (trigger_type.predicate(spec), spec.predicate) if part]
    document = {"all": parts} if len(parts) > 1 else parts[0] if parts else {}
    return PlanTrigger(
        key=spec.id,
        type=spec.type,
        event_type=trigger_type.event_type(spec),
        addressed=trigger_type.addressed,
        predicate=compile_predicate(document),
        roots=roots_used(document),
        priority=spec.priority,
        stop_others=spec.stop_others,
        specificity=len(list(comparisons(parse(document)))) if document else 0,
    )


def _compile_node(node: Node, nexts: Mapping[str, str]) -> PlanNode:
    node_type = NODE_TYPES.get(node.type)
    action = ACTIONS.get(node.action) if "action" in node_type.keys else None
    model = action.Config if action is not None else node_type.Config
    verbatim = action.verbatim if action is not None else node_type.verbatim
    templated = {key: value for key, value in node.config.items() if key not in verbatim}
    base = action.retry if action is not None else RetryPolicy(attempts=1)
    return PlanNode(
        id=node.id,
        type=node_type,
        action=action,
        config=node.config,
        templated=templated,
        model=model,
        fixed=None if any(templates(templated)) else model.model_validate(node.config),
        roots=roots_used(node.predicate)
        | roots_named(templated)
        | node_type.roots(node)
        | roots_in_text(str([value for key, value in node.config.items() if key in verbatim]))
        | (action.roots(node.config) if action is not None else frozenset()),
        retry=RetryPolicy.model_validate({**base.model_dump(), **node.retry}),
        predicate=compile_predicate(node.predicate),
        spec=node_type.compile(node),
        next=nexts,
    )


def _compile_exits(policy: Policy) -> tuple[PlanExit, ...]:
    exits: list[PlanExit] = []
    goal = policy.exits.goal
    if goal is not None:
        exits.append(
            PlanExit(
                "goal",
                goal.event_type,
                compile_predicate(goal.predicate),
                roots_used(goal.predicate),
                converts=True,
                ends=goal.exit,
                within_days=goal.within_days,
            )
        )
    exits += [
        PlanExit(slug, EXIT_SIGNALS.get(slug).event_type, None, frozenset()) for slug in policy.exits.signals
    ]
    exits += [
        PlanExit("event", rule.event_type, compile_predicate(rule.predicate), roots_used(rule.predicate))
        for rule in policy.exits.events
    ]
    return tuple(exits)


def compile_plan(document: Document, *, workflow_id: uuid.UUID, version_id: uuid.UUID, name: str) -> Plan:
    """Compile a publishable document. Raises what its parts raise when they are not valid."""
    nexts = nexts_of(document)
    nodes = {node.id: node for node in document.nodes}
    return Plan(
        workflow_id=workflow_id,
        version_id=version_id,
        name=name,
        triggers=tuple(compile_trigger(spec) for spec in document.triggers),
        start=document.first,
        nodes={node.id: _compile_node(node, nexts[node.id]) for node in document.nodes},
        joins={parallel: next(iter(joins)) for parallel, joins in joins_of(nodes, nexts).items() if joins},
        policy=document.policy,
        exits=_compile_exits(document.policy),
        unless=compile_predicate(document.policy.exits.unless),
        unless_roots=roots_used(document.policy.exits.unless),
    )


#: Versions never change, so a plan is kept by its id, whatever the tenant (ids are unique across all).
_plans: OrderedDict[uuid.UUID, Plan] = OrderedDict()
_MAX_PLANS = 5_000


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


def plan_or_none(version: Version, name: str) -> Plan | None:
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
        rows = Version.objects.filter(id__in=missing).select_related("workflow")
        for version in rows.only("id", "document", "workflow__id", "workflow__name"):
            plan = plan_or_none(version, version.workflow.name)
            if plan is not None:
                plans[version.id] = plan
    return plans

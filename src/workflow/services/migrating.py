"""Migrating: executions that wait are moved to another version of their workflow; those that cannot be are left, and told."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

from django.db.models import Count, F, QuerySet

from core.errors import PermanentError
from workflow.engine.leaving import OPEN_STEPS, UNDER_WAY, end_trees
from workflow.engine.plan import Plan, PlanNode, plans_by_version
from workflow.graph import Document
from workflow.graph.levels import top_level
from workflow.models import (
    ActionExecution,
    ActionState,
    ExecutionState,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.carrying import Carried, carry, wait_kind
from workflow.services.choosing import choose
from workflow.services.migration_counts import (
    BROKEN,
    CALLED,
    CALLING,
    GONE,
    INSIDE,
    MOVED_ON,
    OTHER_WAIT,
    REASONS,
    RETRYING,
    UNDECIDED,
    Fate,
    Outcome,
    Tally,
)
from workflow.services.versions import numbered, revive

Missing = Literal["leave", "exit", "fail"]

ALL = "all"
#: An execution that left because its node is gone says so.
EXIT_REASON = "migrated"

_MISSING: Mapping[Missing, Outcome] = {"leave": "left", "exit": "exited", "fail": "failed"}
_ENDS: Mapping[Outcome, ExecutionState] = {"exited": ExecutionState.EXITED, "failed": ExecutionState.FAILED}
_BUSY: Mapping[str, str] = {ActionState.RUNNING: CALLING, ActionState.RETRYING: RETRYING}


class MappingError(PermanentError):
    """The mapping is not valid. ``problems`` tells by the old node what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{node}: {problem}" for node, problem in problems.items()))
        self.problems = problems


class NothingToMigrateError(PermanentError):
    """Executions can only go to another version than the one that they are on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do. ``source`` is a version's number, or ``all`` but the target; ``target`` a number or ``active``.
    ``mapping`` names new nodes by old ones, where the id is not the same; ``missing`` says what becomes of executions whose
    node is gone; ``retime`` computes anew, from when the wait began, how long it lasts."""

    source: str = ALL
    target: str = "active"
    mapping: Mapping[str, str] = field(default_factory=dict)
    missing: Missing = "leave"
    retime: bool = False


class Migration:
    """An order for a workflow. Raises ``NothingToMigrateError``, ``NoSuchVersionError``, ``NotPublishedError`` and
    ``BrokenVersionError``."""

    def __init__(self, workflow: Workflow, order: Order) -> None:
        chosen = choose(workflow, order.target)
        if chosen.number is None:
            raise NothingToMigrateError("Executions go to a published version, not to the draft.")
        self.workflow, self.order = workflow, order
        self.plan, self.number = chosen.plan, chosen.number
        self._level = top_level(Document.model_validate(chosen.document))
        versions = Version.objects.filter(workflow=workflow).exclude(id=self.plan.version_id)
        if order.source == ALL:
            versions = versions.filter(is_drained=False)
        else:
            versions = versions.filter(id=numbered(workflow, order.source).id)
            if not versions:
                raise NothingToMigrateError
        self._numbers: dict[uuid.UUID, int] = dict(versions.values_list("id", "number"))

    @cached_property
    def _sources(self) -> Mapping[uuid.UUID, Plan]:
        return plans_by_version(set(self._numbers))

    def check(self) -> None:
        """Raises ``MappingError`` when the mapping cannot be meant. Asked once, before the first are moved: the versions
        that are left behind may be empty later."""
        problems: dict[str, str] = {}
        for old, new in self.order.mapping.items():
            nodes = [plan.nodes[old] for plan in self._sources.values() if old in plan.nodes]
            if not nodes:
                problems[old] = f"there is no node {old!r} in the versions that are left"
            elif new not in self.plan.nodes:
                problems[old] = f"there is no node {new!r} in version {self.number}"
            elif not any(wait_kind(node) for node in nodes):
                continue  # nobody is moved from there: its output is known by the new name
            elif new not in self._level:
                problems[old] = f"{new!r}: {REASONS[INSIDE]}"
            elif not any(self._same_wait(node, new) for node in nodes):
                problems[old] = f"{new!r}: {REASONS[OTHER_WAIT]}"
        if problems:
            raise MappingError(problems)

    def _same_wait(self, old: PlanNode, new: str) -> bool:
        kind = wait_kind(old)
        return bool(kind) and kind == wait_kind(self.plan.nodes[new])

    def preview(self) -> Tally:
        """How many would be moved, left and ended, and why; nothing is changed."""
        tally = Tally()
        open_steps = ActionExecution.objects.filter(
            execution__in=self._waiting(), state__in=OPEN_STEPS, node=F("execution__node")
        )
        counted = open_steps.order_by().values("execution__version_id", "node", "state")
        for row in counted.annotate(executions=Count("id")):
            version_id, node = row["execution__version_id"], row["node"]
            fate = self._fate(version_id, node, row["state"])
            tally.add(self._numbers[version_id], node, fate, row["executions"])
        tally.merge(self.called())
        return tally

    def called(self) -> Tally:
        """Those that other workflows called, which are never moved."""
        tally = Tally()
        rows = WorkflowExecution.objects.filter(
            workflow=self.workflow, version_id__in=self._numbers, state__in=UNDER_WAY, parent__isnull=False
        ).exclude(parent__workflow=self.workflow)
        counted = rows.order_by().values_list("version_id", "node").annotate(executions=Count("id"))
        for version_id, node, executions in counted:
            tally.add(self._numbers[version_id], node, Fate("left", "", CALLED), executions)
        return tally

    def params(self) -> dict[str, Any]:
        """The order as a job keeps it, with the target's number: another version may become active meanwhile."""
        return {**asdict(self.order), "target": str(self.number), "workflow": str(self.workflow.id)}

    def _waiting(self) -> QuerySet[WorkflowExecution]:
        return WorkflowExecution.objects.filter(
            workflow=self.workflow,
            version_id__in=self._numbers,
            state=ExecutionState.WAITING,
            parent__isnull=True,
        )

    def count(self) -> int:
        """How many executions wait on the versions that are to be left."""
        return self._waiting().count()

    def candidates(self, *, after: str = "", limit: int) -> list[uuid.UUID]:
        """The next waiting executions behind the id ``after``, in order."""
        rows = self._waiting().order_by("id")
        rows = rows.filter(id__gt=uuid.UUID(after)) if after else rows
        return list(rows.values_list("id", flat=True)[:limit])

    def _fate(self, version_id: uuid.UUID, node: str, state: str) -> Fate:
        plan = self._sources.get(version_id)
        if plan is None or node not in plan.nodes:
            return Fate("left", "", BROKEN)
        if state in _BUSY:
            return Fate("left", "", _BUSY[state])
        old = plan.nodes[node]
        if not wait_kind(old):
            return Fate("left", "", old.type.slug)
        new = self.order.mapping.get(node, node)
        if new not in self.plan.nodes:
            return Fate(_MISSING[self.order.missing], "", GONE)
        if new not in self._level:
            return Fate("left", "", INSIDE)
        return Fate("moved", new) if self._same_wait(old, new) else Fate("left", "", OTHER_WAIT)

    def move(self, execution_ids: Sequence[uuid.UUID]) -> Tally:
        """Do it for these, as far as they still wait as they did. In the caller's transaction."""
        tally = Tally()
        revive([self.plan.version_id])
        # Locked as the engine locks them, steps with their execution and in their order, so that the two never deadlock.
        rows = ActionExecution.objects.filter(execution_id__in=execution_ids, state__in=OPEN_STEPS)
        rows = rows.select_related("execution").order_by("id")
        standing = [step for step in rows.select_for_update(of=("self", "execution")) if self._stands(step)]
        moving: list[Carried] = []
        ending: dict[Outcome, list[ActionExecution]] = defaultdict(list)
        for step in standing:
            number = self._numbers[step.execution.version_id]
            fate = self._fate(step.execution.version_id, step.node, step.state)
            if fate.outcome == "moved":
                moving.append(Carried(step, fate.to))
                continue
            tally.add(number, step.node, fate)
            if fate.outcome in _ENDS:
                ending[fate.outcome].append(step)
        for outcome, ended in ending.items():
            self._end(ended, _ENDS[outcome])
        self._carry(moving, tally)
        missed = len(execution_ids) - len(standing)
        if missed:
            tally.add(self.number, "", Fate("left", "", MOVED_ON), missed)
        return tally

    def _stands(self, step: ActionExecution) -> bool:
        execution = step.execution
        return (
            execution.state == ExecutionState.WAITING
            and execution.node == step.node
            and execution.version_id in self._numbers
        )

    def _carry(self, moving: Sequence[Carried], tally: Tally) -> None:
        places = [(self._numbers[carried.step.execution.version_id], carried.step.node) for carried in moving]
        undecided = carry(moving, self.plan, mapping=self.order.mapping, retime=self.order.retime)
        for carried, (number, node) in zip(moving, places, strict=True):
            left = carried.step.id in undecided
            tally.add(number, node, Fate("left", "", UNDECIDED) if left else Fate("moved", carried.node))

    def _end(self, ending: Sequence[ActionExecution], state: ExecutionState) -> None:
        """Their node is gone; no event tells of those that fail so, as it is someone's decision."""
        by_node: dict[str, list[uuid.UUID]] = defaultdict(list)
        for step in ending:
            by_node[step.node].append(step.execution_id)
        for node, ids in by_node.items():
            error = f"{node}: there is no such node in version {self.number}."
            failed = state == ExecutionState.FAILED
            end_trees(ids, reason=EXIT_REASON, state=state, error=error if failed else "")

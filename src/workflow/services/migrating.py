"""Migrating: executions that wait are moved to another version of their workflow; those that cannot be are left, and told."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from django.db.models import Count, F, QuerySet

from core.bulk import insert_rows, update_rows
from core.errors import PermanentError, RetryableError
from events.models import Event
from events.queue.enqueue import NewItem, enqueue, withdraw
from workflow.actions.base import Park
from workflow.engine import steps
from workflow.engine.leaving import OPEN_STEPS, UNDER_WAY, end_trees
from workflow.engine.plan import PlanNode, plans_by_version
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run
from workflow.graph import Document
from workflow.graph.levels import top_level
from workflow.models import (
    ActionExecution,
    ActionState,
    EventWait,
    ExecutionState,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.choosing import BrokenVersionError, choose
from workflow.services.versions import numbered, revive

Missing = Literal["leave", "exit", "fail"]
Outcome = Literal["moved", "left", "exited", "failed"]

ALL = "all"
#: Why an execution is left where it is.
GONE, OTHER_WAIT, INSIDE, CALLING, RETRYING, CALLED, BROKEN, UNDECIDED, MOVED_ON = (
    "gone", "other_wait", "inside", "calling", "retrying", "called", "broken", "undecided", "moved_on",
)  # fmt: skip
REASONS = {
    GONE: "its node is not in the new version",
    OTHER_WAIT: "the node of the new version waits for something else, or does not wait",
    INSIDE: "the node of the new version stands inside a branch or a loop",
    CALLING: "it is in the middle of a call to the outside",
    RETRYING: "its step is about to be tried again",
    CALLED: "it was called by another workflow",
    BROKEN: "its version cannot be read any more",
    UNDECIDED: "what it should wait for could not be worked out",
    MOVED_ON: "it moved on meanwhile",
    "parallel": "its branches are under way",
    "loop": "a turn of its loop is under way",
    "sub_workflow": "the workflow that it called is under way",
    "approval": "people are being asked",
}


class MappingError(PermanentError):
    """The mapping is not valid. ``problems`` tells by the old node what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{node}: {problem}" for node, problem in problems.items()))
        self.problems = problems


class NothingToMigrateError(PermanentError):
    """The executions are to go to the version that they are on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do. ``source`` is a version's number or ``all`` others, ``target`` a number or ``active``; ``mapping`` names
    new nodes by old ones, where the id is not the same; ``missing`` says what becomes of executions whose node is gone;
    ``retime`` computes anew, from when the wait began, until when it lasts."""

    source: str = ALL
    target: str = "active"
    mapping: Mapping[str, str] = field(default_factory=dict)
    missing: Missing = "leave"
    retime: bool = False

    def as_params(self, *, target: int) -> dict[str, Any]:
        """As a job keeps it, with the target's number: another version may become the active one while it runs."""
        return {
            "source": self.source,
            "target": str(target),
            "mapping": dict(self.mapping),
            "missing": self.missing,
            "retime": self.retime,
        }


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of those at a node: they go to ``node``, or why not."""

    outcome: Outcome
    node: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """So many executions on one version, at one node, with one fate."""

    version: int
    node: str
    to: str
    outcome: Outcome
    reason: str
    executions: int

    @property
    def why(self) -> str:
        """The reason in words."""
        return REASONS.get(self.reason, self.reason)


class Tally:
    """Executions counted by what became, or would become, of them."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, str, Fate]] = Counter()

    def add(self, version: int, node: str, fate: Fate, executions: int = 1) -> None:
        """Count some more."""
        self._counts[version, node, fate] += executions

    @property
    def rows(self) -> list[Row]:
        """In order of version and node."""
        ordered = sorted(self._counts.items(), key=lambda item: (item[0][:2], item[0][2].reason))
        return [
            Row(
                version=version,
                node=node,
                to=fate.node,
                outcome=fate.outcome,
                reason=fate.reason,
                executions=executions,
            )
            for (version, node, fate), executions in ordered
        ]

    def total(self, *outcomes: Outcome) -> int:
        """How many there are of these outcomes; of all, when none is named."""
        wanted = set(outcomes)
        return sum(n for (_, _, fate), n in self._counts.items() if not wanted or fate.outcome in wanted)

    def add_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Count what ``as_json`` gave."""
        for row in rows:
            fate = Fate(row["outcome"], row["to"], row["reason"])
            self.add(row["version"], row["node"], fate, row["executions"])

    def as_json(self) -> list[dict[str, Any]]:
        """The rows, as a job keeps them."""
        return [
            {name: getattr(row, name) for name in ("version", "node", "to", "outcome", "reason", "executions")}
            for row in self.rows
        ]


class Migration:
    """An order, checked. Raises ``MappingError``, ``NothingToMigrateError``, ``NoSuchVersionError``,
    ``NotPublishedError`` and ``BrokenVersionError``."""

    def __init__(self, workflow: Workflow, order: Order) -> None:
        self.workflow, self.order = workflow, order
        chosen = choose(workflow, order.target)
        if chosen.number is None:
            raise NothingToMigrateError("Executions go to a published version, not to the draft.")
        self.number: int = chosen.number
        self.plan = chosen.plan
        self._level = top_level(Document.model_validate(chosen.document))
        versions = Version.objects.filter(workflow=workflow).exclude(id=self.plan.version_id)
        if order.source != ALL:
            versions = versions.filter(id=numbered(workflow, order.source).id)
            if not versions:
                raise NothingToMigrateError
        self._numbers: dict[uuid.UUID, int] = dict(versions.values_list("id", "number"))
        self._check_mapping()

    @cached_property
    def _sources(self) -> Mapping[uuid.UUID, Any]:
        return plans_by_version(set(self._numbers))

    def _check_mapping(self) -> None:
        known = {node for plan in self._sources.values() for node in plan.nodes}
        problems: dict[str, str] = {}
        for old, new in self.order.mapping.items():
            if old not in known:
                problems[old] = f"there is no node {old!r} in the versions that are left"
            elif new not in self.plan.nodes:
                problems[old] = f"there is no node {new!r} in version {self.number}"
            elif new not in self._level:
                problems[old] = f"{REASONS[INSIDE]}: {new!r}"
            elif not any(self._same_wait(plan.nodes.get(old), new) for plan in self._sources.values()):
                problems[old] = f"{REASONS[OTHER_WAIT]}: {new!r}"
        if problems:
            raise MappingError(problems)

    def _same_wait(self, old: PlanNode | None, new: str) -> bool:
        kind = wait_kind(old) if old is not None else ""
        return bool(kind) and kind == wait_kind(self.plan.nodes[new])

    # -- what would become of them -----------------------------------------------------------------------------------

    def preview(self) -> Tally:
        """How many would be moved, left and ended, and why; nothing is changed."""
        tally = Tally()
        open_steps = ActionExecution.objects.filter(
            execution__in=self._candidates(), state__in=OPEN_STEPS, node=F("execution__node")
        )
        counted = open_steps.order_by().values("execution__version_id", "node", "state")
        for row in counted.annotate(executions=Count("id")):
            version_id, node = row["execution__version_id"], row["node"]
            fate = self._fate(version_id, node, row["state"])
            tally.add(self._numbers[version_id], node, fate, row["executions"])
        self.count_called(tally)
        return tally

    def count_called(self, tally: Tally) -> None:
        """Add those that other workflows called, which are never moved."""
        called = WorkflowExecution.objects.filter(
            workflow=self.workflow, version_id__in=self._numbers, state__in=UNDER_WAY, parent__isnull=False
        ).exclude(parent__workflow=self.workflow)
        counted = called.order_by().values("version_id", "node").annotate(executions=Count("id"))
        for row in counted:
            tally.add(
                self._numbers[row["version_id"]], row["node"], Fate("left", "", CALLED), row["executions"]
            )

    def _candidates(self) -> QuerySet[WorkflowExecution]:
        return WorkflowExecution.objects.filter(
            workflow=self.workflow,
            version_id__in=self._numbers,
            state=ExecutionState.WAITING,
            parent__isnull=True,
        )

    def candidates(self, *, after: str = "", limit: int | None = None) -> list[uuid.UUID]:
        """Ids of waiting executions, in order, behind the id ``after``; of those that began later too."""
        rows = self._candidates().order_by("id")
        rows = rows.filter(id__gt=uuid.UUID(after)) if after else rows
        return list(rows.values_list("id", flat=True)[:limit])

    def _fate(self, version_id: uuid.UUID, node: str, state: str) -> Fate:
        plan = self._sources.get(version_id)
        if plan is None or node not in plan.nodes:
            return Fate("left", "", BROKEN)
        if state in _BUSY:
            return Fate("left", "", _BUSY[ActionState(state)])
        old = plan.nodes[node]
        if not wait_kind(old):
            return Fate("left", "", old.type.slug)
        new = self.order.mapping.get(node, node)
        if new not in self.plan.nodes:
            return Fate(_MISSING[self.order.missing], "", GONE)
        if new not in self._level:
            return Fate("left", "", INSIDE)
        return Fate("moved", new) if self._same_wait(old, new) else Fate("left", "", OTHER_WAIT)

    # -- doing it ----------------------------------------------------------------------------------------------------

    def move(self, execution_ids: Sequence[uuid.UUID]) -> Tally:
        """Move these, as far as they still wait as they did. In the caller's transaction."""
        tally = Tally()
        revive([self.plan.version_id])
        # Locked as the engine locks them, steps with their execution and in their order, so that the two never deadlock.
        found = ActionExecution.objects.filter(execution_id__in=execution_ids, state__in=OPEN_STEPS)
        rows = list(
            found.select_related("execution").order_by("id").select_for_update(of=("self", "execution"))
        )
        moving: list[tuple[ActionExecution, Fate]] = []
        ending: list[tuple[ActionExecution, Fate]] = []
        lists = {"moved": moving, "exited": ending, "failed": ending}
        standing = [step for step in rows if self._still(step)]
        for step in standing:
            fate = self._fate(step.execution.version_id, step.node, step.state)
            if fate.outcome == "left":
                tally.add(self._numbers[step.execution.version_id], step.node, fate)
            else:
                lists[fate.outcome].append((step, fate))
        self._end(ending, tally)
        self._carry(moving, tally)
        missed = len(execution_ids) - len(standing)
        if missed:
            tally.add(self.number, "", Fate("left", "", MOVED_ON), missed)
        return tally

    def _still(self, step: ActionExecution) -> bool:
        execution = step.execution
        return (
            execution.state == ExecutionState.WAITING
            and execution.node == step.node
            and execution.version_id in self._numbers
        )

    def _end(self, ending: Sequence[tuple[ActionExecution, Fate]], tally: Tally) -> None:
        for step, fate in ending:
            tally.add(self._numbers[step.execution.version_id], step.node, fate)
        by_node: dict[str, list[uuid.UUID]] = {}
        for step, _ in ending:
            by_node.setdefault(step.node, []).append(step.execution_id)
        for node, ids in by_node.items():
            failed = self.order.missing == "fail"
            end_trees(
                ids,
                reason="migrated",
                state=ExecutionState.FAILED if failed else ExecutionState.EXITED,
                error=f"{node}: there is no such node in version {self.number}" if failed else "",
            )

    def _carry(self, moving: Sequence[tuple[ActionExecution, Fate]], tally: Tally) -> None:
        waits = {row.step_id: row for row in _waits_of([step for step, _ in moving])}
        anew = {step.id for step, _ in moving if self.order.retime or step.id in waits}
        runs = self._runs([(step, fate) for step, fate in moving if step.id in anew])
        parked = dict(zip(runs, _parks([run for run in runs.values()]), strict=True))
        carried = _Carried()
        for step, fate in moving:
            number, old = self._numbers[step.execution.version_id], step.node
            park = parked.get(step.id)
            if step.id in anew and park is None:
                tally.add(number, old, Fate("left", "", UNDECIDED))
                continue
            tally.add(number, old, fate)
            self._place(step, fate.node)
            carried.take(step, park, waits.get(step.id), retime=self.order.retime)
        carried.write()

    def _runs(self, moving: Sequence[tuple[ActionExecution, Fate]]) -> dict[uuid.UUID, Run]:
        """Runs of copies that stand at the new node already, to find out what it would have them wait for, counted from
        when they began to wait."""
        events = Event.objects.in_bulk({step.execution.event_id for step, _ in moving})
        runs: dict[uuid.UUID, Run] = {}
        for step, fate in moving:
            old = step.execution
            if old.event_id in events:
                shown = WorkflowExecution(
                    id=old.id,
                    workflow_id=old.workflow_id,
                    contact_id=old.contact_id,
                    conversation_id=old.conversation_id,
                    node=fate.node,
                    outputs=self._renamed(old.outputs),
                    scope=old.scope,
                )
                run = Run(self.plan, shown, events[old.event_id], step=step)
                run.clock = step.started_at
                runs[step.id] = run
        return runs

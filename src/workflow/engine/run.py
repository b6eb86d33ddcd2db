"""A run: one execution in the engine's hands, with its context and the steps to be written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.predicates import HistoryQuery
from events.models import Event
from workflow.actions.base import ActionContext
from workflow.engine.plan import Plan, PlanNode
from workflow.engine.trial import Trial
from workflow.models import ActionExecution, EventWait, WorkflowExecution
from workflow.roots import ROOTS
from workflow.tenant_view import tenant_view


@dataclass(slots=True)
class Run:
    """``step`` is the step in hand (of the current node); ``context`` holds the roots read so far. ``children`` are those
    that it spawned in this transaction, ``parent`` is set on them; ``waits`` are the rows of awaited events to write.
    ``stored_children`` are those that the database holds, where they were read ahead. ``clock`` is where a tried run's own
    time stands."""

    plan: Plan
    execution: WorkflowExecution
    event: Event
    is_new: bool = False
    step: ActionExecution | None = None
    new_steps: list[ActionExecution] = field(default_factory=list)
    changed_steps: list[ActionExecution] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)
    moves: int = 0
    parent: Run | None = None
    children: list[Run] = field(default_factory=list)
    stored_children: list[WorkflowExecution] | None = None
    waits: list[EventWait] = field(default_factory=list)
    trial: Trial | None = None
    clock: datetime | None = None

    @property
    def node(self) -> PlanNode:
        """The node that it stands at."""
        return self.plan.nodes[self.execution.node]

    @property
    def scope(self) -> dict[str, Any]:
        """``{"vars": …, "loop": …}``, made when there is none yet."""
        if self.execution.scope is None:
            self.execution.scope = {}
        scope: dict[str, Any] = self.execution.scope
        return scope

    def action_context(self, step: ActionExecution) -> ActionContext:
        """What the action of ``step`` is told."""
        return ActionContext(
            effect_key=step.id.hex,
            actor=f"workflow:{self.execution.workflow_id}",
            event_id=self.event.id,
            depth=self.event.depth + 1,
            contact_id=self.execution.contact_id,
            conversation_id=self.execution.conversation_id,
            data=self.context,
            now=self.clock or datetime.now(UTC),
        )


def is_part(execution: WorkflowExecution) -> bool:
    """Whether it is a branch of a parallel node or a turn of a loop, which know what the execution above them knows. A
    called workflow is its child too, and knows nothing of it."""
    return bool(execution.branch) and not execution.branch.endswith(":")


def line_of(execution: WorkflowExecution) -> list[WorkflowExecution]:
    """The executions that it is a part of, the outermost first, and itself at the end."""
    line = [execution]
    while is_part(line[-1]) and line[-1].parent is not None:
        line.append(line[-1].parent)
    return line[::-1]


def spawned_by(child: WorkflowExecution) -> str:
    """The id of the step that spawned it. Not told by times: the clocks of two workers may differ."""
    return str((child.scope or {}).get("step", ""))


def event_view(event: Event) -> dict[str, Any]:
    """An event as templates and predicates see it."""
    return {
        "id": str(event.id),
        "type": event.type,
        "occurred_at": event.occurred_at.isoformat(),
        "contact_id": str(event.contact_id) if event.contact_id else None,
        "conversation_id": str(event.conversation_id) if event.conversation_id else None,
        "data": event.data,
    }


def load_roots(names: Collection[str], subjects: Iterable[tuple[dict[str, Any], Any]]) -> None:
    """Fill the roots ``names`` into contexts that lack them, each root with one read for all.

    ``subjects`` are pairs of a context and the object (event or execution) whose ids the roots are looked up by.
    """
    pairs = list(subjects)
    for name in names:
        root = ROOTS.find(name)
        if root is None:
            continue
        lacking = [(context, root.key(context, subject)) for context, subject in pairs if name not in context]
        keys = {key for _, key in lacking if key is not None}
        loaded = root.load(keys) if keys else {}
        for context, key in lacking:
            context[name] = loaded.get(key) if key is not None else None


def base_context(event: Event) -> dict[str, Any]:
    """The roots that need no reading."""
    return {"event": event_view(event), "tenant": tenant_view(), "now": datetime.now(UTC).isoformat()}


def with_history(context: Mapping[str, Any], subject: Any) -> dict[str, Any]:
    """``context`` as predicates take it: with the function that counts past events of the ``subject``'s roots.

    ``subject`` is the object (event or execution) whose ids the roots are looked up by. Kept apart from the context
    itself, which goes to templates as plain data.
    """

    def count(query: HistoryQuery) -> int:
        column = ROOTS.get(query.subject).ref
        ref = getattr(subject, column)
        if ref is None or subject.contact_id is None:
            return 0
        # The contact's index serves both: a conversation is one contact's.
        past = Event.objects.filter(contact_id=subject.contact_id, type=query.event_type)
        return past.filter(
            **{column: ref}, recorded_at__gte=query.since, recorded_at__lte=query.until
        ).count()

    return {**context, "history": count}


def _found_out(execution: WorkflowExecution) -> dict[str, Any]:
    """What the execution and those that it is a part of have found out, the nearest last, so that it prevails."""
    if not is_part(execution):
        scope = execution.scope or {}
        return {"steps": execution.outputs, "vars": scope.get("vars", {}), "loop": scope.get("loop")}
    known: dict[str, Any] = {"steps": {}, "vars": {}, "loop": None}
    for each in line_of(execution):
        scope = each.scope or {}
        known["steps"].update(each.outputs)
        known["vars"].update(scope.get("vars", {}))
        known["loop"] = scope.get("loop", known["loop"])
    return known


def fill(runs: Sequence[Run], names: Collection[str]) -> None:
    """Give runs the roots that their next step reads."""
    for run in runs:
        if "event" not in run.context:
            run.context.update(base_context(run.event))
        if run.trial is not None:
            run.trial.dress(run)
        run.context.update(_found_out(run.execution))
    load_roots(names, [(run.context, run.execution) for run in runs])

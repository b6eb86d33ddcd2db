"""Whereabouts: where an execution stands and what it waits for, or how it ended, in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflow.engine.leaving import OPEN_STEPS, UNDER_WAY, tree_of
from workflow.models import ActionExecution, ActionState, Approval, EventWait, WorkflowExecution
from workflow.services import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that an execution, or a branch of it, waits for; ``until`` is when it goes on by itself."""

    node: str
    branch: str
    text: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """An execution's ``state`` with a sentence; ``waits_for`` is empty once it has ended."""

    execution_id: uuid.UUID
    state: str
    node: str
    exit_reason: str
    text: str
    waits_for: tuple[Waiting, ...]
    started_at: datetime
    ended_at: datetime | None


def whereabouts(execution: WorkflowExecution) -> Whereabouts:
    """Where this execution, of no parent, is now."""
    waits = tuple(_waits(execution)) if execution.state in UNDER_WAY else ()
    if execution.state not in UNDER_WAY:
        text = wording.ended(
            execution.state,
            at=execution.ended_at,
            node=execution.node,
            error=execution.error,
            reason=execution.exit_reason,
        )
    else:
        text = " ".join(wait.text for wait in waits) or wording.RUNNING
    return Whereabouts(
        execution_id=execution.id,
        state=execution.state,
        node=execution.node,
        exit_reason=execution.exit_reason,
        text=text,
        waits_for=waits,
        started_at=execution.started_at,
        ended_at=execution.ended_at,
    )


def _waits(execution: WorkflowExecution) -> list[Waiting]:
    """What the leaves of its tree wait for: a node that waits for its branches is told of by them."""
    rows = (
        ActionExecution.objects.filter(execution_id__in=tree_of([execution.id]), state__in=OPEN_STEPS)
        .select_related("execution", "event_wait", "approval")
        .order_by("id")
    )
    steps = [row for row in rows if row.execution.state in UNDER_WAY and row.execution.node == row.node]
    parents = {row.execution.parent_id for row in steps}
    return [_waiting(row) for row in steps if row.execution_id not in parents]


def _waiting(step: ActionExecution) -> Waiting:
    text, until = _TELLERS[ActionState(step.state)](step)
    return Waiting(node=step.node, branch=step.execution.branch, text=text, until=until)


def _of_waiting(step: ActionExecution) -> tuple[str, datetime | None]:
    event_wait: EventWait | None = getattr(step, "event_wait", None)
    approval: Approval | None = getattr(step, "approval", None)
    until = datetime.fromisoformat(step.output["until"]) if step.output.get("until") else None
    if event_wait is not None:
        return wording.waits_for_event(step.node, event_wait.event_type, until), until
    if approval is not None:
        told = wording.waits_for_approval(step.node, approval.title, approval.deadline)
        return told, approval.deadline
    if until is not None:
        return wording.waits_until(step.node, until), until
    return wording.waits_for_branches(step.node), None


_TELLERS: dict[ActionState, Callable[[ActionExecution], tuple[str, datetime | None]]] = {
    ActionState.WAITING: _of_waiting,
    ActionState.RETRYING: lambda step: (wording.waits_to_retry(step.node, step.attempts, step.error), None),
    ActionState.RUNNING: lambda step: (wording.waits_for_answer(step.node, step.action), None),
}

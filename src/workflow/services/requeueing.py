"""Requeueing: a step under way put back into the queue, should its item be missing there."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.errors import PermanentError
from events.queue.enqueue import NewItem, enqueue
from workflow.engine.steps import CALL, STEP, signal_lane, timer_lane
from workflow.models import ActionExecution, ActionState, Approval, ApprovalState
from workflow.services.approvals import ASK, decided_item


class NotUnderWayError(PermanentError):
    """Only a step that waits, is to be tried again, or calls the outside can be queued."""


def requeue_step(step_id: uuid.UUID) -> None:
    """Queue the step unless it is queued: a wait for its time, the rest for now. In the caller's transaction.

    A step that waits for its children alone has nothing in the queue. Raises ``NotUnderWayError`` and
    ``ActionExecution.DoesNotExist``.
    """
    step = ActionExecution.objects.select_for_update().get(id=step_id)
    make = _ITEMS.get(ActionState(step.state))
    if make is None:
        raise NotUnderWayError(f"The step is {step.state}. {NotUnderWayError.__doc__}")
    enqueue(*make(step))


def _wait(step: ActionExecution) -> list[NewItem]:
    """Its timer, if it waits for a time; for an approval also what tells those who are asked, or that it is decided."""
    approval = Approval.objects.filter(step=step).first()
    if approval is not None and approval.state != ApprovalState.PENDING:
        return [decided_item(approval)]
    items = []
    if approval is not None:
        items.append(NewItem(lane=signal_lane(step.execution_id), kind=ASK, ref=str(step.id)))
    if "until" in step.output:
        until = datetime.fromisoformat(step.output["until"])
        items.append(NewItem(lane=timer_lane(step.execution_id), kind=STEP, ref=str(step.id), run_at=until))
    return items


def _retry(step: ActionExecution) -> list[NewItem]:
    key = f"{STEP}:{step.id}:{step.attempts}"
    return [NewItem(lane=timer_lane(step.execution_id), kind=STEP, ref=str(step.id), dedupe_key=key)]


def _call(step: ActionExecution) -> list[NewItem]:
    key = f"{CALL}:{step.id}:{step.attempts}"
    return [NewItem(lane=f"call:{step.execution_id}", kind=CALL, ref=str(step.id), dedupe_key=key)]


#: The same items, with the same keys, as the engine makes (``engine/steps.py``).
_ITEMS = {ActionState.WAITING: _wait, ActionState.RETRYING: _retry, ActionState.RUNNING: _call}

"""Requeueing: a step under way put back into the queue, should its item be missing there."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.errors import PermanentError
from events.queue.enqueue import NewItem, enqueue
from workflow.engine.steps import CALL, STEP
from workflow.models import ActionExecution, ActionState


class NotUnderWayError(PermanentError):
    """Only a step that waits, is to be tried again, or calls the outside can be queued."""


def requeue_step(step_id: uuid.UUID) -> None:
    """Queue the step unless it is queued: a wait for its time, the rest for now. In the caller's transaction.

    Raises ``NotUnderWayError`` and ``ActionExecution.DoesNotExist``.
    """
    step = ActionExecution.objects.select_for_update().get(id=step_id)
    make = _ITEMS.get(ActionState(step.state))
    if make is None:
        raise NotUnderWayError(f"The step is {step.state}. {NotUnderWayError.__doc__}")
    enqueue(make(step))


def _wait(step: ActionExecution) -> NewItem:
    until = datetime.fromisoformat(step.output["until"])
    return NewItem(lane=f"run:{step.execution_id}", kind=STEP, ref=str(step.id), run_at=until)


def _retry(step: ActionExecution) -> NewItem:
    key = f"{STEP}:{step.id}:{step.attempts}"
    return NewItem(lane=f"run:{step.execution_id}", kind=STEP, ref=str(step.id), dedupe_key=key)


def _call(step: ActionExecution) -> NewItem:
    key = f"{CALL}:{step.id}:{step.attempts}"
    return NewItem(lane=f"call:{step.execution_id}", kind=CALL, ref=str(step.id), dedupe_key=key)


#: The same items, with the same keys, as the engine makes (``engine/steps.py``).
_ITEMS = {ActionState.WAITING: _wait, ActionState.RETRYING: _retry, ActionState.RUNNING: _call}

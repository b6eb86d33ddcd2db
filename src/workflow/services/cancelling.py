"""Cancelling an execution that is under way."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now

from core.errors import PermanentError
from workflow.models import ActionExecution, ActionState, ExecutionState, WorkflowExecution

UNDER_WAY = frozenset({ExecutionState.RUNNING, ExecutionState.WAITING})
_OPEN_STEPS = frozenset({ActionState.RUNNING, ActionState.WAITING, ActionState.RETRYING})


class AlreadyEndedError(PermanentError):
    """The execution has ended already."""


def cancel_execution(execution_id: uuid.UUID, *, by: str) -> WorkflowExecution:
    """End an execution where it stands. Raises ``AlreadyEndedError`` and ``WorkflowExecution.DoesNotExist``.

    Its timer finds nothing to go on with. A call that is in the air cannot be taken back; its answer is not recorded.
    """
    with transaction.atomic():
        # Locked as the engine locks them, steps with their execution, so that the two never deadlock.
        steps = ActionExecution.objects.filter(execution_id=execution_id, state__in=_OPEN_STEPS).order_by(
            "id"
        )
        list(steps.select_related("execution").select_for_update(of=("self", "execution")))
        execution = WorkflowExecution.objects.select_for_update().get(id=execution_id)
        if execution.state not in UNDER_WAY:
            raise AlreadyEndedError(f"The execution is {execution.state} already.")
        execution.state = ExecutionState.CANCELLED
        execution.error = f"cancelled by {by}"
        WorkflowExecution.objects.filter(id=execution_id).update(
            state=execution.state, error=execution.error, ended_at=Now()
        )
        ActionExecution.objects.filter(execution_id=execution_id, state__in=_OPEN_STEPS).update(
            state=ActionState.CANCELLED, ended_at=Now()
        )
        execution.refresh_from_db(fields=["ended_at"])
    return execution

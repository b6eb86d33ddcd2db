"""Cancelling an execution that is under way."""

from __future__ import annotations

import uuid

from django.db import transaction

from core.errors import PermanentError
from workflow.engine.leaving import end_trees
from workflow.models import ExecutionState, WorkflowExecution


class AlreadyEndedError(PermanentError):
    """The execution has ended already."""


def cancel_execution(execution_id: uuid.UUID, *, by: str) -> WorkflowExecution:
    """End an execution where it stands. Raises ``AlreadyEndedError`` and ``WorkflowExecution.DoesNotExist``.

    Its timer finds nothing to go on with. A call that is in the air cannot be taken back; its answer is not recorded.
    """
    with transaction.atomic():
        ended = end_trees(
            [execution_id], reason="cancelled", state=ExecutionState.CANCELLED, error=f"cancelled by {by}"
        )
        execution = WorkflowExecution.objects.get(id=execution_id)
        if execution_id not in ended:
            raise AlreadyEndedError(f"The execution is {execution.state} already.")
    return execution

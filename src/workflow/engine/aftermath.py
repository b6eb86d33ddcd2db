"""Aftermath: what follows when executions fail: an event for the tenant's error workflow, and a look at the workflow's health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from events.queue.enqueue import NewItem, enqueue
from events.services.publishing import NewEvent, publish_many
from workflow.engine.run import Run
from workflow.events import WORKFLOW_EXECUTION_FAILED
from workflow.models import ActionState, ExecutionState

HEALTH = "workflow.health"
_HEALTH_DELAY = timedelta(seconds=2)


def aftermath(runs: Sequence[Run]) -> None:
    """Tell of the failures among runs that have just been written. In their transaction."""
    live = [run for run in runs if run.trial is None]
    failed = [
        run
        for run in live
        if run.execution.state == ExecutionState.FAILED and run.execution.parent_id is None
    ]
    _tell(failed)
    _look_at_health([*failed, *(run for run in live if _has_failed_step(run))])


def _has_failed_step(run: Run) -> bool:
    return any(step.state == ActionState.FAILED for step in (*run.new_steps, *run.changed_steps))


def _tell(failed: Sequence[Run]) -> None:
    publish_many(
        [
            NewEvent(
                type=WORKFLOW_EXECUTION_FAILED.code,
                data={
                    "workflow": str(run.plan.workflow_id),
                    "name": run.plan.name,
                    "execution": str(run.execution.id),
                    "node": run.execution.node,
                    "error": run.execution.error,
                },
                contact_id=run.execution.contact_id,
                conversation_id=run.execution.conversation_id,
                actor=f"workflow:{run.plan.workflow_id}",
                causation_id=run.event.id,
                depth=run.event.depth + 1,
            )
            for run in failed
        ]
    )


def _look_at_health(troubled: Sequence[Run]) -> None:
    workflows = {run.plan.workflow_id for run in troubled if run.plan.policy.limits.pause_when_failing}
    if not workflows:
        return
    soon = datetime.now(UTC) + _HEALTH_DELAY
    enqueue(
        *(
            NewItem(lane=f"health:{workflow_id}", kind=HEALTH, ref=str(workflow_id), run_at=soon)
            for workflow_id in workflows
        )
    )

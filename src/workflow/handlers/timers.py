"""Timers: a wait is over, or a step is tried again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from workflow.engine import steps
from workflow.engine.exits import take_out
from workflow.engine.resume import runs_of
from workflow.engine.runner import proceed
from workflow.handlers.giving_up import give_up
from workflow.models import ActionState, EventWait, ExecutionState

PARKED = frozenset({ActionState.WAITING, ActionState.RETRYING})


class StepHandler(InternalHandler):
    """A timer rang."""

    kind = steps.STEP

    def handle(self, items: Sequence[Claimed]) -> None:
        """Take the executions on from where they stand."""
        runs = list(runs_of([item.ref for item in items], states=PARKED, lock=True).values())
        gone = take_out([run for run in runs if run.step and run.step.state == ActionState.WAITING])
        staying = [run for run in runs if run.execution.id not in gone]
        waited: list[uuid.UUID] = []
        for run in staying:
            assert run.step is not None
            run.execution.state = ExecutionState.RUNNING
            run.changed_steps.append(run.step)
            if run.step.state == ActionState.WAITING:
                waited.append(run.step.id)
                if not run.node.type.ring(run):
                    steps.complete(run, run.step.output, port=run.step.port or "next")
            else:
                run.step.state = ActionState.RUNNING
        EventWait.objects.filter(step_id__in=waited).delete()
        proceed(staying)

    def on_dead(self, item: Claimed, error: str) -> None:
        """The execution fails with the reason."""
        give_up(item.ref, error, PARKED)


HANDLERS.add(StepHandler.kind, StepHandler())

"""Giving up: a step whose work killed its process again and again fails, so that its execution ends and says why."""

from __future__ import annotations

from core.errors import PermanentError
from workflow.engine import steps
from workflow.engine.resume import runs_of
from workflow.engine.runner import proceed
from workflow.models import ActionState, ExecutionState


class GivenUpError(PermanentError):
    """The work was given up after its process died in it again and again."""


def give_up(step_id: str, error: str, states: frozenset[ActionState]) -> bool:
    """Fail the step, if it still stands in one of ``states``, and take its execution on from there; whether it stood."""
    runs = runs_of([step_id], states=states, lock=True)
    for run in runs.values():
        steps.begin(run, run.step.action if run.step else "")
        run.execution.state = ExecutionState.RUNNING
        steps.fail(run, GivenUpError(error))
        proceed([run])
    return bool(runs)

"""What becomes of a step: completed, parked, retried, failed; and where the execution goes from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from core.errors import PermanentError, RetryableError
from events.queue.enqueue import NewItem, enqueue
from workflow.actions.base import Park
from workflow.engine.run import Run
from workflow.engine.storing import stored
from workflow.models import ActionExecution, ActionState, ExecutionState

STEP = "workflow.step"
CALL = "workflow.call"

_ERROR_LENGTH = 2_000


def begin(run: Run, action: str) -> ActionExecution:
    """The step for the run's current node: the one in hand when it is tried again, else a new one."""
    if run.step is None:
        run.step = ActionExecution(
            execution=run.execution,
            node=run.execution.node,
            action=action,
            state=ActionState.RUNNING,
            started_at=datetime.now(UTC),
        )
        run.new_steps.append(run.step)
    elif run.step not in run.changed_steps and run.step not in run.new_steps:
        run.changed_steps.append(run.step)
    return run.step


def keep_input(step: ActionExecution, config: BaseModel) -> None:
    """Store what the step was given, without its secrets."""
    step.input = stored(config.model_dump(mode="json"))


def complete(run: Run, output: BaseModel | Mapping[str, Any], *, secrets: Collection[str] = ()) -> None:
    """The step is done: keep its output, without ``secrets``, and go to what its ``next`` port leads to."""
    step = run.step
    assert step is not None
    plain = output.model_dump(mode="json") if isinstance(output, BaseModel) else dict(output)
    step.output = stored(plain, secrets=secrets)
    step.state = ActionState.COMPLETED
    step.error = ""
    step.ended_at = datetime.now(UTC)
    run.execution.outputs[step.node] = step.output
    node = run.plan.nodes[step.node]
    if node.action is not None:
        for root in node.action.touches:
            run.context.pop(root, None)
    leave(run, "next")


def leave(run: Run, port: str) -> None:
    """Go through a port of the current node; an unconnected ``next``, ``true`` or ``false`` ends the execution."""
    target = run.plan.nodes[run.execution.node].next.get(port, "")
    run.step = None
    run.moves += 1
    if target:
        run.execution.node = target
    else:
        end(run, ExecutionState.COMPLETED)


def end(run: Run, state: ExecutionState, error: str = "") -> None:
    """The execution is over. A failed one keeps the node that it failed at, from which it may be retried."""
    run.execution.state = state
    run.execution.error = error[:_ERROR_LENGTH]
    if state == ExecutionState.COMPLETED:
        run.execution.node = ""
    run.execution.ended_at = datetime.now(UTC)


def park(run: Run, wait: Park) -> None:
    """The step waits for a time: one timer in the queue."""
    step = run.step
    assert step is not None
    step.state = ActionState.WAITING
    step.output = wait.output.model_dump(mode="json")
    run.execution.state = ExecutionState.WAITING
    enqueue(NewItem(lane=f"run:{run.execution.id}", kind=STEP, ref=str(step.id), run_at=wait.until))


def call_outside(run: Run) -> None:
    """The step is an outside call: the pump takes it from here."""
    step = run.step
    assert step is not None
    run.execution.state = ExecutionState.WAITING
    enqueue(
        NewItem(
            lane=f"call:{run.execution.id}",
            kind=CALL,
            ref=str(step.id),
            dedupe_key=f"{CALL}:{step.id}:{step.attempts}",
        )
    )


def fail(run: Run, error: BaseException, *, secrets: Collection[str] = ()) -> None:
    """The step did not work: try again by its policy, else its error port, else the execution fails.

    ``secrets`` are kept out of the stored error.
    """
    step = run.step
    assert step is not None
    node = run.plan.nodes[step.node]
    names = (type(error).__name__, getattr(error, "code", ""))
    final = (
        isinstance(error, PermanentError)
        or not node.retry.retries(*names)
        or not node.retry.allows(step.attempts)
    )
    step.error = stored(f"{type(error).__name__}: {error}", secrets=secrets)[:_ERROR_LENGTH]
    if not final:
        _retry(run, error)
        return
    step.state = ActionState.FAILED
    step.ended_at = datetime.now(UTC)
    run.execution.outputs[step.node] = {"error": step.error}
    if "error" in node.next:
        leave(run, "error")
    else:
        end(run, ExecutionState.FAILED, f"{step.node}: {step.error}")


def _retry(run: Run, error: BaseException) -> None:
    step = run.step
    assert step is not None
    asked = error.retry_after if isinstance(error, RetryableError) else None
    delay = run.plan.nodes[step.node].retry.delay(step.attempts, key=str(step.id)) if asked is None else asked
    step.state = ActionState.RETRYING
    step.attempts += 1
    run.execution.state = ExecutionState.WAITING
    enqueue(
        NewItem(
            lane=f"run:{run.execution.id}",
            kind=STEP,
            ref=str(step.id),
            dedupe_key=f"{STEP}:{step.id}:{step.attempts}",
            run_at=datetime.now(UTC) + timedelta(seconds=delay),
        )
    )

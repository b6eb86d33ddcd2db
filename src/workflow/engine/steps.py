"""What becomes of a step: completed, parked, retried, failed; and where the execution goes from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from core.errors import PermanentError, RetryableError
from core.ids import uuid7
from events.models import Event
from events.queue.enqueue import NewItem, enqueue
from workflow.actions.base import Park
from workflow.engine.plan import Plan
from workflow.engine.run import Run, is_part
from workflow.engine.storing import stored
from workflow.engine.trial import Trial
from workflow.models import ActionExecution, ActionState, EventWait, ExecutionState, WorkflowExecution

#: The kinds of the engine's items in the queue (``handlers/``).
STEP = "workflow.step"
CALL = "workflow.call"
LOOK_BACK = "workflow.look_back"
CHILD = "workflow.child"

_ERROR_LENGTH = 2_000
_MAX_AT_ONCE = 100


class NoPauseError(PermanentError):
    """More than 100 waits in a row were over at once: they wait for a time that has passed, on a cycle."""


def timer_lane(execution_id: Any) -> str:
    """The lane of an execution's timers."""
    return f"run:{execution_id}"


def signal_lane(execution_id: Any) -> str:
    """The lane of what wakes an execution: beside the timers', as an item waits behind the earlier ones of its lane."""
    return f"wake:{execution_id}"


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


def complete(
    run: Run,
    output: BaseModel | Mapping[str, Any],
    *,
    port: str = "next",
    secrets: Collection[str] = (),
) -> None:
    """The step is done: keep its output, without ``secrets``, and go to what its ``port`` leads to."""
    finish(run, output, port=port, secrets=secrets)
    leave(run, port)


def finish(
    run: Run, output: BaseModel | Mapping[str, Any], *, port: str, secrets: Collection[str] = ()
) -> None:
    """The step is done; where the execution goes from here is the caller's."""
    step = run.step
    assert step is not None
    plain = output.model_dump(mode="json") if isinstance(output, BaseModel) else dict(output)
    step.output = stored(plain, secrets=secrets)
    step.state = ActionState.COMPLETED
    step.port = port
    step.error = ""
    step.ended_at = datetime.now(UTC)
    run.execution.outputs[step.node] = step.output
    node = run.plan.nodes[step.node]
    if node.action is not None:
        for root in node.action.touches:
            run.context.pop(root, None)
            if run.trial is not None:
                run.trial.roots.pop(root, None)


def decide(run: Run, port: str, **output: Any) -> None:
    """A node that only decides leaves no step behind (unless it was postponed): its result stands in the execution's
    outputs."""
    if run.step is not None:
        finish(run, {"result": port, **output}, port=port)
    run.execution.outputs[run.execution.node] = {"result": port, **output}
    leave(run, port)


def postpone(run: Run, label: str) -> None:
    """Come back to the node in a transaction of its own: this one has taken long enough."""
    step = begin(run, label)
    step.state = ActionState.RETRYING
    step.attempts += 1
    run.execution.state = ExecutionState.WAITING
    key = f"{STEP}:{step.id}:{step.attempts}"
    enqueue(NewItem(lane=timer_lane(run.execution.id), kind=STEP, ref=str(step.id), dedupe_key=key))


def stumble(run: Run, problem: str) -> None:
    """A node that only decides could not: it leaves by its error port, else the execution fails."""
    node = run.node
    text = stored(problem)[:_ERROR_LENGTH]
    if "error" in node.next:
        decide(run, "error", error=text)
    else:
        if run.step is not None:
            finish(run, {"error": text}, port="error")
            run.step.state, run.step.error = ActionState.FAILED, text
        end(run, ExecutionState.FAILED, f"{node.id}: {text}")


def jump(run: Run, node: str) -> None:
    """Go on at another node than a port leads to: a parallel node's join."""
    if run.trial is not None:
        run.trial.left(run, "next")
    run.step = None
    run.moves += 1
    run.execution.node = node
    run.execution.state = ExecutionState.RUNNING


def leave(run: Run, port: str) -> None:
    """Go through a port of the current node; one that is not connected ends the execution."""
    if run.trial is not None:
        run.trial.left(run, port)
    target = run.plan.nodes[run.execution.node].next.get(port, "")
    run.step = None
    run.moves += 1
    if target:
        run.execution.node = target
        run.execution.state = ExecutionState.RUNNING
    else:
        _close(run, ExecutionState.COMPLETED)


def end(run: Run, state: ExecutionState, error: str = "", *, reason: str = "") -> None:
    """The execution is over. One that did not complete keeps the node that it stood at; a failed one may be retried from
    there. ``reason`` says why it was left before its end."""
    if run.trial is not None:
        run.trial.ended(run, state, error, reason)
    _close(run, state, error, reason)


def _close(run: Run, state: ExecutionState, error: str = "", reason: str = "") -> None:
    run.execution.state = state
    run.execution.error = error[:_ERROR_LENGTH]
    run.execution.exit_reason = reason
    if state == ExecutionState.COMPLETED:
        run.execution.node = ""
    run.execution.ended_at = datetime.now(UTC)


def abandon(run: Run) -> None:
    """Cancel a run of this transaction, with the children that it spawned: it is not needed any more."""
    for child in run.children:
        abandon(child)
    if run.execution.state in (ExecutionState.RUNNING, ExecutionState.WAITING):
        _let_go(run)
        end(run, ExecutionState.CANCELLED, reason="not_needed")


def drop(run: Run, state: ExecutionState, error: str, *, reason: str) -> None:
    """The run was ended from outside in this very transaction: whatever it has come to since, that stands."""
    for child in run.children:
        abandon(child)
    _let_go(run)
    end(run, state, error, reason=reason)


def _let_go(run: Run) -> None:
    if run.step is not None:
        run.step.state = ActionState.CANCELLED
        run.step.ended_at = datetime.now(UTC)
    run.waits.clear()


def rest(run: Run) -> None:
    """The step waits for a signal: its children, or people."""
    step = run.step
    assert step is not None
    step.state = ActionState.WAITING
    run.execution.state = ExecutionState.WAITING


def spawn(
    run: Run,
    branch: str,
    node: str,
    *,
    plan: Plan | None = None,
    event: Event | None = None,
    scope: dict[str, Any] | None = None,
) -> Run:
    """A child that runs from ``node`` on, in the parent's version and for its event, or in another ``plan`` for another
    ``event``. The engine takes it on in the same transaction.

    It keeps only what it finds out itself: what those above it know is read from them (:func:`workflow.engine.run.fill`),
    not copied into each of a thousand turns.
    """
    assert run.step is not None
    parent = run.execution
    child = WorkflowExecution(
        id=uuid7(),
        workflow_id=(plan or run.plan).workflow_id,
        version_id=(plan or run.plan).version_id,
        event_id=(event or run.event).id,
        contact_id=parent.contact_id,
        conversation_id=parent.conversation_id,
        state=ExecutionState.RUNNING,
        node=node,
        scope={**(scope or {}), "step": str(run.step.id)},
        parent=parent,
        branch=branch,
        started_at=datetime.now(UTC),
    )
    spawned = Run(
        plan or run.plan,
        child,
        event or run.event,
        is_new=True,
        parent=run,
        trial=run.trial,
        clock=run.clock,
    )
    run.children.append(spawned)
    if run.trial is not None:
        run.trial.branches[run.step.id].append(spawned)
    return spawned


def park(run: Run, wait: Park) -> None:
    """The step waits for a time, one timer in the queue, and maybe for an event."""
    step = run.step
    assert step is not None
    if run.trial is not None:
        _skip(run, run.trial, wait)
        return
    if _over_at_once(run, wait) > _MAX_AT_ONCE:
        fail(run, NoPauseError())
        return
    step.output = wait.output.model_dump(mode="json")
    step.port = wait.port
    rest(run)
    set_timer(run, wait.until)
    if wait.event is not None:
        run.waits.append(
            EventWait(
                step=step,
                execution=run.execution,
                event_type=wait.event.event_type,
                key=wait.event.key,
                since=_counts_from(run, wait.event.since),
            )
        )
        # Only now, when the row is there for all that comes later, can it be told what has come already.
        enqueue(NewItem(lane=signal_lane(run.execution.id), kind=LOOK_BACK, ref=str(step.id)))


def _over_at_once(run: Run, wait: Park) -> int:
    """How many waits in a row were over at once, this one included: on a cycle that would go on for ever."""
    if wait.until > datetime.now(UTC):
        (run.execution.scope or {}).pop("at_once", None)
        return 0
    run.scope["at_once"] = run.scope.get("at_once", 0) + 1
    return int(run.scope["at_once"])


def _counts_from(run: Run, since: datetime) -> datetime:
    """An execution that has not paused yet stands where the event that started it put it, however long that was waiting to
    be dispatched: what came after it counts."""
    return min(since, run.event.recorded_at) if _never_paused(run) else since


def _never_paused(run: Run) -> bool:
    return run.is_new and (run.parent is None or not is_part(run.execution) or _never_paused(run.parent))


def _skip(run: Run, trial: Trial, wait: Park) -> None:
    """A tried wait is over at once: its time has passed, or what it waits for has come."""
    if wait.event is None or trial.lapse:
        trial.skip(run, wait.until, "waited")
        complete(run, wait.output, port=wait.port)
    else:
        trial.skip(run, wait.until, "event")
        complete(run, {**wait.output.model_dump(mode="json"), "outcome": "event"})


def set_timer(run: Run, until: datetime) -> None:
    """Have the waiting step rung at a time."""
    step = run.step
    assert step is not None
    enqueue(NewItem(lane=timer_lane(run.execution.id), kind=STEP, ref=str(step.id), run_at=until))


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
    if not final and run.trial is None:
        _retry(run, error)
        return
    step.state = ActionState.FAILED
    step.port = "error"
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
            lane=timer_lane(run.execution.id),
            kind=STEP,
            ref=str(step.id),
            dedupe_key=f"{STEP}:{step.id}:{step.attempts}",
            run_at=datetime.now(UTC) + timedelta(seconds=delay),
        )
    )

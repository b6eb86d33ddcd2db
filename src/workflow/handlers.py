"""The engine's handlers in the queue: timers that ring, and calls to the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from core.errors import PermanentError, RetryableError
from core.http import HttpClient
from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, InternalHandler, Outcome
from workflow.actions.base import ActionContext, ExternalAction
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.resume import afresh, runs_of, still_standing
from workflow.engine.run import Run, fill
from workflow.engine.runner import advance, persist
from workflow.engine.storing import secrets_in
from workflow.models import ActionState, ExecutionState
from workflow.services.cleanup import CLEANUP, clean_batch, retention_days

_PARKED = frozenset({ActionState.WAITING, ActionState.RETRYING})
_CALLING = frozenset({ActionState.RUNNING})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: the config that it was made with (``None``: it was never made), and its output or error."""

    config: BaseModel | None
    output: BaseModel | BaseException
    secrets: frozenset[str] = frozenset()


class GivenUpError(PermanentError):
    """The work was given up after its process died in it again and again."""


def _give_up(item: Claimed, error: str, states: frozenset[ActionState]) -> None:
    """A step that killed its workers: let it fail, so that its execution ends and says why."""
    for run in runs_of([item.ref], states=states, lock=True).values():
        steps.begin(run, run.step.action if run.step else "")
        run.execution.state = ExecutionState.RUNNING
        steps.fail(run, GivenUpError(error))
        advance([run])
        persist([run])


class StepHandler(InternalHandler):
    """A timer rang: a wait is over, or a step is tried again."""

    kind = steps.STEP

    def handle(self, items: Sequence[Claimed]) -> None:
        """Take the executions on from where they stand."""
        runs = list(runs_of([item.ref for item in items], states=_PARKED, lock=True).values())
        for run in runs:
            assert run.step is not None
            run.execution.state = ExecutionState.RUNNING
            run.changed_steps.append(run.step)
            if run.step.state == ActionState.WAITING:
                steps.complete(run, run.step.output)
            else:
                run.step.state = ActionState.RUNNING
        advance(runs)
        persist(runs)

    def on_dead(self, item: Claimed, error: str) -> None:
        """The execution fails with the reason."""
        _give_up(item, error, _PARKED)


class CallHandler(ExternalHandler):
    """An external action: rendered, called, its answer recorded, the execution taken on from there."""

    kind = steps.CALL

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """Render the configs; one that cannot be rendered fails its step now and makes no call.

        The attempt that the queue counted before is the intent: a call may be repeated after a crash, with its key.
        """
        runs = runs_of([item.ref for item in items], states=_CALLING, lock=False)
        fill(list(runs.values()), ())
        configs = dict(zip(runs, configs_of(list(runs.values())), strict=True))
        calls: list[Call] = []
        failed: dict[str, Exception] = {}
        for item in items:
            run, config = runs.get(item.ref), configs.get(item.ref)
            if run is None or config is None:
                continue
            call = config if isinstance(config, Exception) else _call(item, run, config)
            if isinstance(call, Exception):
                failed[item.ref] = call
            else:
                calls.append(call)
        # Read again, now for update: the execution may have been cancelled meanwhile.
        broken = runs_of(list(failed), states=_CALLING, lock=True) if failed else {}
        for step_id, run in broken.items():
            _settle_one(run, Answer(None, failed[step_id]))
        advance(list(broken.values()))
        persist(list(broken.values()))
        return calls

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Record answers and errors. Trying again is the step's own policy, as a timer, so no item is returned."""
        standing = still_standing([outcome.item.ref for outcome in outcomes], states=_CALLING)
        runs: list[Run] = []
        for outcome in outcomes:
            if outcome.item.ref in standing:
                run = afresh(outcome.memo)
                _settle_one(run, outcome.value if outcome.error is None else Answer(None, outcome.error))
                runs.append(run)
        advance(runs)
        persist(runs)
        return {}

    def on_dead(self, item: Claimed, error: str) -> None:
        """The step fails with the reason."""
        _give_up(item, error, _CALLING)


def _call(item: Claimed, run: Run, config: BaseModel) -> Call | Exception:
    """The call, or the error that keeps it from being made."""
    step, action = run.step, run.plan.nodes[run.execution.node].action
    assert step is not None
    assert isinstance(action, ExternalAction)
    context = run.action_context(step)
    try:
        material = action.prepare(config, context)
    except (PermanentError, RetryableError) as exc:
        return exc
    context = replace(context, material=material.value)
    return Call(item, partial(_perform, action, config, context, material.secrets), memo=run)


async def _perform(
    action: ExternalAction[Any, Any],
    config: BaseModel,
    context: ActionContext,
    secrets: frozenset[str],
    http: HttpClient,
) -> Answer:
    try:
        return Answer(config, await action.run(config, context, http), secrets)
    except Exception as exc:  # an answer too: the step's policy decides about it
        return Answer(config, exc, secrets)


def _settle_one(run: Run, answer: Answer) -> None:
    step = run.step
    assert step is not None
    steps.begin(run, step.action)
    run.execution.state = ExecutionState.RUNNING
    secrets = answer.secrets
    if answer.config is not None:
        steps.keep_input(step, answer.config)
        secrets |= secrets_in(answer.config.model_dump(mode="json"))
    if isinstance(answer.output, BaseException):
        steps.fail(run, answer.output, secrets=secrets)
    else:
        steps.complete(run, answer.output, secrets=secrets)


class CleanupHandler(InternalHandler):
    """The nightly cleanup: one small batch an item, and another item while something old is left."""

    kind = CLEANUP

    def handle(self, items: Sequence[Claimed]) -> None:
        """Delete a batch; several schedules' ticks at once are one."""
        if clean_batch(days=retention_days()):
            last = items[-1]
            enqueue(
                NewItem(lane=last.lane, kind=CLEANUP, ref=last.ref, dedupe_key=f"{CLEANUP}:after:{last.id}")
            )


HANDLERS.add(CleanupHandler.kind, CleanupHandler())
HANDLERS.add(StepHandler.kind, StepHandler())
HANDLERS.add(CallHandler.kind, CallHandler())

"""The engine's handlers in the queue: timers that ring, and calls to the outside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel

from core.errors import PermanentError, RetryableError
from core.http import HttpClient
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, InternalHandler, Outcome
from workflow.actions.base import ActionContext, ExternalAction
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.resume import runs_of
from workflow.engine.run import Run, fill
from workflow.engine.runner import advance, persist
from workflow.models import ActionState, ExecutionState

_PARKED = frozenset({ActionState.WAITING, ActionState.RETRYING})
_CALLING = frozenset({ActionState.RUNNING})


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
        failed: list[Run] = []
        for item in items:
            run, config = runs.get(item.ref), configs.get(item.ref)
            if run is None or config is None:
                continue
            if isinstance(config, Exception):
                failed.append(run)
                _settle_one(run, None, config)
            else:
                calls.append(_call(item, run, config))
        advance(failed)
        persist(failed)
        return calls

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Record answers and errors. Trying again is the step's own policy, as a timer, so no item is returned."""
        runs = runs_of([outcome.item.ref for outcome in outcomes], states=_CALLING, lock=True)
        for outcome in outcomes:
            run = runs.get(outcome.item.ref)
            if run is not None:
                _settle_one(run, outcome.value, outcome.error)
        advance(list(runs.values()))
        persist(list(runs.values()))
        return {}

    def on_dead(self, item: Claimed, error: str) -> None:
        """The step fails with the reason."""
        _give_up(item, error, _CALLING)


def _call(item: Claimed, run: Run, config: BaseModel) -> Call:
    step, action = run.step, run.plan.nodes[run.execution.node].action
    assert step is not None
    assert isinstance(action, ExternalAction)
    return Call(item, partial(_perform, action, config, run.action_context(step)))


async def _perform(
    action: ExternalAction[Any, Any], config: BaseModel, context: ActionContext, http: HttpClient
) -> tuple[BaseModel, BaseModel]:
    return config, await action.run(config, context, http)


def _settle_one(run: Run, value: tuple[BaseModel, BaseModel] | None, error: BaseException | None) -> None:
    step = run.step
    assert step is not None
    steps.begin(run, step.action)
    run.execution.state = ExecutionState.RUNNING
    if error is not None or value is None:
        steps.fail(run, error or PermanentError("the call gave nothing back"))
        return
    config, output = value
    steps.keep_input(step, config)
    steps.complete(run, output)


HANDLERS.add(StepHandler.kind, StepHandler())
HANDLERS.add(CallHandler.kind, CallHandler())

"""Calls to the outside: rendered, made, their answer recorded, and the execution taken on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from core.errors import PermanentError, RetryableError
from core.http import HttpClient
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, Outcome
from workflow.actions.base import ActionContext, ExternalAction
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.resume import afresh, runs_of, still_standing
from workflow.engine.run import Run, fill
from workflow.engine.runner import proceed
from workflow.engine.storing import TooLargeError, check_size, secrets_in
from workflow.handlers.giving_up import give_up
from workflow.models import ActionState, ExecutionState

#: Of the outputs of all steps of an execution: they are one document, written anew with each step.
MOST_CHARS = 20_000_000

_CALLING = frozenset({ActionState.RUNNING})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: the config that it was made with (``None``: it was never made), and its output or error."""

    config: BaseModel | None
    output: BaseModel | BaseException
    secrets: frozenset[str] = frozenset()


class CallHandler(ExternalHandler):
    """An external action: rendered, called, its answer recorded, the execution taken on from there."""

    kind = steps.CALL

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """Render the configs; one that cannot be rendered fails its step now and makes no call.

        The attempt that the queue counted before is the intent: a call may be repeated after a crash, with its key.
        """
        runs = runs_of([item.ref for item in items], states=_CALLING, lock=False)
        fill(list(runs.values()), {root for run in runs.values() for root in run.node.roots})
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
        proceed(list(broken.values()))
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
        proceed(runs)
        return {}

    def on_dead(self, item: Claimed, error: str) -> None:
        """The step fails with the reason."""
        give_up(item.ref, error, _CALLING)


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
        return
    output = answer.output.model_dump(mode="json")
    try:
        check_size([run.execution.outputs, output], most=MOST_CHARS, what="What the steps found out")
    except TooLargeError as exc:
        steps.fail(run, exc)
    else:
        steps.complete(run, output, secrets=secrets)


HANDLERS.add(CallHandler.kind, CallHandler())

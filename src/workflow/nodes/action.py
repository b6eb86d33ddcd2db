"""``action``: something is done, by a registered action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import OperationalError
from pydantic import BaseModel, ValidationError

from core.retry import RetryPolicy
from events.queue.enqueue import savepoint
from events.queue.finish import LeaseLostError
from workflow.actions.base import ACTIONS, ActionCall, ExternalAction, InternalAction, Leave, Output, Park
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run
from workflow.engine.storing import secrets_in
from workflow.graph import Document, Node, NodeType, Problem, register
from workflow.models import ExecutionState


@register
class ActionNode(NodeType):
    """Runs the action; its config is the action's own, with templates filled in."""

    slug = "action"
    label = "Action"
    description = "Do something: send a message, add a tag, call a web address."
    keys = frozenset({"action", "action_id", "retry"})

    def ports(self, node: Node) -> tuple[str, ...] | None:
        """The action's: ``next`` and ``error`` for most."""
        action = ACTIONS.find(node.action)
        return action.ports if action is not None else None

    def pauses(self, node: Node) -> bool:
        """A wait does."""
        action = ACTIONS.find(node.action)
        return action is not None and action.pauses

    def compile(self, node: Node) -> Any:
        """What the action makes of its config."""
        return ACTIONS.get(node.action).compile(node.config)

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """The action is known, and the retry policy is one."""
        if node.action not in ACTIONS:
            known = ", ".join(ACTIONS)
            return [Problem(place=node.id, message=f"there is no action {node.action!r}; known: {known}")]
        try:
            RetryPolicy.model_validate(node.retry)
        except ValidationError as exc:
            return [
                Problem(place="/".join([node.id, "retry", *map(str, e["loc"])]), message=e["msg"])
                for e in exc.errors()
            ]
        return []

    def run(self, runs: Sequence[Run]) -> None:
        """All of one action: those that work in the database at once, calls to the outside through the queue."""
        action = runs[0].node.action
        assert action is not None
        for run in runs:
            steps.begin(run, action.slug)
        if isinstance(action, ExternalAction) and runs[0].trial is None:
            # Rendered when the call is made: its input may hold secrets, which are not to be stored.
            for run in runs:
                steps.call_outside(run)
            return
        ready: list[tuple[Run, BaseModel]] = []
        for run, config in zip(runs, configs_of(runs), strict=True):
            if isinstance(config, Exception):
                steps.fail(run, config)
            else:
                assert run.step is not None
                steps.keep_input(run.step, config)
                ready.append((run, config))
        if isinstance(action, ExternalAction):
            for run, config in ready:
                _rehearse(action, run, config)
        elif ready:
            assert isinstance(action, InternalAction)
            _run_internal(action, ready)


def _rehearse(action: ExternalAction[Any, Any], run: Run, config: BaseModel) -> None:
    """A tried call goes as far as it can without leaving this machine: what it needs must be there."""
    assert run.step is not None
    assert run.trial is not None
    secrets = secrets_in(config.model_dump(mode="json"))
    try:
        with savepoint():
            context = run.action_context(run.step)
            material = action.prepare(config, context)
            output = action.rehearse(config, replace(context, material=material.value))
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        steps.fail(run, exc, secrets=secrets)
        return
    if output is None:
        run.trial.stand_in(run, "example")
    steps.complete(
        run, action.example_output if output is None else output, secrets=secrets | material.secrets
    )


def _run_internal(action: InternalAction[Any, Any], ready: Sequence[tuple[Run, BaseModel]]) -> None:
    """All in one go; when that fails, one by one, so that a bad step fails its own execution only."""
    try:
        with savepoint():
            outputs = action.run_many([_call(run, config) for run, config in ready])
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        if len(ready) == 1:
            steps.fail(ready[0][0], exc)
        else:
            for pair in ready:
                _run_internal(action, [pair])
        return
    for (run, _), output in zip(ready, outputs, strict=True):
        _take(run, output)


def _take(run: Run, output: Output | Park | Leave) -> None:
    if isinstance(output, Park):
        steps.park(run, output)
    elif isinstance(output, Leave):
        steps.finish(run, output.output, port="next")
        run.step = None
        steps.end(run, ExecutionState.EXITED, reason=output.reason)
    else:
        steps.complete(run, output)


def _call(run: Run, config: BaseModel) -> ActionCall[Any]:
    assert run.step is not None
    return ActionCall(config, run.action_context(run.step))

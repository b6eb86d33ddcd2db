"""Every registered action's example runs: those that work in the database for real, calls to the outside by their example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workflow.actions.base import ACTIONS, Effect, ExternalAction, InternalAction
from workflow.models import ActionExecution, EventType, WorkflowExecution

#: What an example's templates name.
DATA = {
    "content": "السلام عليكم، هل عندكم تخفيض؟",
    "phone": "+213555123456",
    "order_id": "A-7",
    "total": 4_500,
    "email": "amina@example.com",
}


def _called(engine: Any) -> dict[str, Any]:
    called = engine.workflow(
        {"action": "add_tag", "config": {"tag": "x"}}, triggers=[{"type": "called"}], name="called"
    )
    return {"workflow": str(called.id)}


def _own_type(engine: Any) -> dict[str, Any]:
    EventType.objects.create(code="ORDER_SHIPPED", label="Order shipped")
    return {}


#: What must be there for an example, and the parts of it that are ids of the tenant's own.
WORLD: dict[str, Callable[[Any], dict[str, Any]]] = {
    "start_workflow": _called,
    "remove_from_workflow": _called,
    "emit_event": _own_type,
    "notify_member": lambda engine: {"role": "agent"},
}


@pytest.fixture
def world(engine, chat, alice, bob):
    """A contact with a conversation, and members."""
    amina = engine.contact("interested")
    return engine, amina, chat(amina)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.slug)
def test_the_example_runs(world, action):
    engine, amina, conversation = world
    config = {**action.example, **WORLD.get(action.slug, lambda engine: {})(engine)}
    workflow = engine.workflow({"action": action.slug, "config": config}, name="example")

    engine.happen(amina, conversation_id=conversation.id, **DATA)
    engine.drain() if isinstance(action, ExternalAction) else engine.work()

    step = ActionExecution.objects.get(execution__workflow=workflow)
    if isinstance(action, ExternalAction):
        # The call itself is tested against a server of its own; here it stands in the queue, not yet made.
        assert step.state == "running", step.error
    elif action.pauses:
        assert step.state == "waiting", step.error
    else:
        assert step.state == "completed", step.error
        action.Output.model_validate(step.output)
        assert WorkflowExecution.objects.get(workflow=workflow).state == "completed"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.slug)
def test_it_declares_what_rules_and_forms_need(action):
    assert isinstance(action, InternalAction | ExternalAction)
    assert isinstance(action.effect, Effect)
    assert 1 <= action.retry.attempts <= 20
    assert action.ports[-1] == "error"
    action.Output.model_validate(action.example_output)
    assert action.verbatim <= set(action.Config.model_fields)
    assert action.slug == action.slug.lower()
    assert action.label
    assert action.description.endswith(".")

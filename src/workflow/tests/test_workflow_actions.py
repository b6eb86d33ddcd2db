"""Workflows that start, end and tell other workflows: start_workflow, remove_from_workflow, emit_event; and what may be
called with which inputs."""

from __future__ import annotations

import uuid

import pytest

from events.models import Event
from workflow.graph import DocumentError
from workflow.models import ArmedTrigger, EventType, TriggerEventLog, Workflow, WorkflowExecution
from workflow.services.publishing import pause, publish_draft

WAIT = {"id": "wait", "action": "wait", "config": {"hours": 1}}
KEEP = {"id": "keep", "type": "set_variables", "config": {"fields": {"inputs": "event.data.inputs"}}}
TAG = {"id": "after", "action": "add_tag", "config": {"tag": "after"}}
ORDER = {
    "type": "object",
    "properties": {"order": {"type": "object", "properties": {"id": {"type": "integer"}}}},
    "required": ["order"],
}


@pytest.fixture
def called(engine):
    """``called()``: an active workflow with a trigger of the type called."""

    def make(*, name: str = "المطلوب", schema: dict | None = None, nodes=(KEEP,), **parts) -> Workflow:
        config = {"inputs_schema": schema} if schema else {}
        return engine.workflow(
            triggers=[{"id": "call", "type": "called", "config": config}],
            nodes=list(nodes),
            name=name,
            **parts,
        )

    return make


def starting(workflow: Workflow | str, **inputs) -> dict:
    return {
        "id": "start",
        "action": "start_workflow",
        "config": {"workflow": str(getattr(workflow, "id", workflow)), "inputs": inputs},
    }


def runs_of(workflow: Workflow) -> list[WorkflowExecution]:
    return list(WorkflowExecution.objects.filter(workflow=workflow).order_by("id"))


# -- start_workflow ----------------------------------------------------------------------------------------------------


def test_another_workflow_starts_for_the_same_contact(engine, called):
    target = called()
    caller = engine.workflow(starting(target, order="{{ event.data.order }}", n=[1, "سفارش"]), TAG)
    amina = engine.contact()

    execution = engine.run(amina, order="ط-7")

    (run,) = runs_of(target)
    event = Event.objects.get(id=run.event_id)
    assert (run.state, run.contact_id, run.parent_id, run.trigger) == ("completed", amina, None, "call")
    assert run.scope["vars"]["inputs"] == {"order": "ط-7", "n": [1, "سفارش"]}
    assert execution.state == "completed"
    assert execution.outputs["start"] == {"event_id": str(event.id)}
    assert engine.user(amina)["tags"] == ["after"]
    assert event.data["trigger"] == str(ArmedTrigger.objects.get(workflow=target).id)
    assert (event.actor, event.causation_id, event.depth) == (
        f"workflow:{caller.id}",
        execution.event_id,
        1,
    )


def test_only_the_named_one_starts(engine, called):
    target, bystander = called(), called(name="متفرج")
    engine.workflow(starting(target))

    engine.run(engine.contact())

    assert len(runs_of(target)) == 1
    assert runs_of(bystander) == []


def test_its_own_rules_decide(engine, called):
    target = called(policy={"reentry": {"rule": "once"}})
    engine.workflow(starting(target))
    amina = engine.contact()

    engine.run(amina)
    second = engine.run(amina)

    assert second.state == "completed"
    assert len(runs_of(target)) == 1
    log = TriggerEventLog.objects.get(event_id=second.outputs["start"]["event_id"])
    assert (log.result, log.workflow_id) == ("reentry", target.id)


def test_a_workflow_that_starts_itself_is_cut_off(engine):
    workflow = engine.workflow(
        triggers=[{"id": "call", "type": "called"}, {"event_type": "MESSAGE_RECEIVED"}],
        nodes=[KEEP],
        name="circle",
    )
    workflow.draft = {**workflow.draft, "nodes": [starting(workflow)]}
    workflow.save()
    publish_draft(workflow, by="test")

    engine.run(engine.contact())

    assert len(runs_of(workflow)) == 11
    assert TriggerEventLog.objects.filter(result="too_deep").count() == 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("nobody", "there is no such workflow"),
        ("paused", "is not active"),
        ("draft", "is not active"),
        ("other trigger", "no trigger of the type 'called'"),
    ],
)
def test_what_cannot_be_started_fails_the_step(engine, called, target, words):
    if target == "nobody":
        workflow = str(uuid.uuid4())
    elif target == "other trigger":
        workflow = engine.workflow(TAG, on="TAG_ADDED")
    elif target == "draft":
        workflow = Workflow.objects.create(name="draft", draft={})
    else:
        workflow = called()
        pause(workflow)
    engine.workflow(starting(f"{{{{ '{getattr(workflow, 'id', workflow)}' }}}}"))
    before = WorkflowExecution.objects.count()

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "NotStartableError: workflow: " in execution.error
    assert words in execution.error
    assert execution.steps.get().attempts == 1
    assert WorkflowExecution.objects.count() == before + 1
    assert not Event.objects.filter(type="WORKFLOW_CALLED").exists()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("nobody", "there is no such workflow"),
        ("other trigger", "has no trigger of the type 'called'"),
        ("draft", ""),
    ],
)
def test_what_can_never_be_started_is_refused_when_publishing(engine, target, words):
    workflow = {
        "nobody": uuid.uuid4,
        "other trigger": lambda: engine.workflow(TAG, on="TAG_ADDED"),
        "draft": lambda: Workflow.objects.create(name="draft", draft={"triggers": [{"type": "called"}]}),
    }[target]()
    _assert_refused(engine, starting(workflow), "start/workflow", words)


def test_a_workflow_may_start_itself_from_the_first(engine):
    workflow = Workflow.objects.create(name="w")
    workflow.draft = {"triggers": [{"id": "call", "type": "called"}], "actions": [starting(workflow)]}
    workflow.save()
    assert publish_draft(workflow, by="test").number == 1


def test_what_is_left_must_be_there_when_publishing(engine):
    leave = {"id": "leave", "action": "remove_from_workflow", "config": {"workflow": str(uuid.uuid4())}}
    assert _refused(engine, leave) == [("leave/workflow", "there is no such workflow; choose another")]
    for config in ({"all": True}, {"workflow": str(engine.workflow(TAG).id)}):
        assert _refused(engine, {**leave, "config": config}) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("MESSAGE_RECEIVED", "MESSAGE_RECEIVED is built in"),
        ("NO_SUCH_THING", "there is no event type 'NO_SUCH_THING'"),
        ("ORDER_SHIPPED", ""),
        ("{{ event.data.named }}", ""),
    ],
)
def test_only_own_types_are_emitted_and_publishing_says_so(engine, shipped, code, words):
    _assert_refused(engine, emitting(code), "emit/event_type", words)


def _assert_refused(engine, action, place: str, words: str) -> None:
    """For one reason, or without any words not at all."""
    refused = _refused(engine, action)
    assert [where for where, _ in refused] == ([place] if words else [])
    assert all(words in why for _, why in refused)


def _refused(engine, action) -> list[tuple[str, str]]:
    """Where and why a workflow with this step cannot be published."""
    try:
        engine.workflow(action)
    except DocumentError as exc:
        return [(problem.place, problem.message) for problem in exc.problems]
    return []


# -- inputs ------------------------------------------------------------------------------------------------------------

WRONG = [
    ({}, "inputs: 'order' is a required property"),
    ({"order": {"id": "seven"}}, "inputs.order.id: 'seven' is not of type 'integer'"),
]


@pytest.mark.parametrize("how", ["action", "node"])
@pytest.mark.parametrize(("inputs", "words"), WRONG)
def test_wrong_inputs_fail_the_calling_step(engine, called, how, inputs, words):
    target = called(schema=ORDER)
    node = {
        "id": "sub",
        "type": "sub_workflow",
        "config": {"workflow": str(target.id), "inputs": inputs},
    }
    engine.workflow(nodes=[node]) if how == "node" else engine.workflow(starting(target, **inputs))

    execution = engine.run(engine.contact())

    assert (execution.state, words in execution.error) == ("failed", True), execution.error
    assert runs_of(target) == []


@pytest.mark.parametrize("how", ["action", "node"])
def test_right_inputs_are_handed_over(engine, called, how):
    target = called(schema=ORDER)
    inputs = {"order": {"id": 7}}
    node = {
        "id": "sub",
        "type": "sub_workflow",
        "config": {"workflow": str(target.id), "inputs": inputs},
    }
    engine.workflow(nodes=[node]) if how == "node" else engine.workflow(starting(target, **inputs))

    execution = engine.run(engine.contact())

    assert execution.state == "completed", execution.error
    assert runs_of(target)[0].scope["vars"]["inputs"] == inputs


def test_wrong_inputs_of_a_sub_workflow_leave_by_the_error_port(engine, called):
    target = called(schema=ORDER)
    node = {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(target.id)}}
    engine.workflow(nodes=[node, TAG], edges=[{"source": "sub", "target": "after", "port": "error"}])
    amina = engine.contact()

    assert engine.run(amina).state == "completed"
    assert engine.user(amina)["tags"] == ["after"]


@pytest.mark.parametrize(
    "schema", [{"type": "nonsense"}, {"$ref": "https://example.com/x"}, {"pattern": "(?=x)"}]
)
def test_a_schema_that_is_none_is_refused_when_publishing(called, schema):
    with pytest.raises(DocumentError, match="inputs_schema: "):
        called(schema=schema)


# -- emit_event --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shipped(scope) -> str:
    """An event type of the tenant's own."""
    return EventType.objects.create(code="ORDER_SHIPPED", label="شُحن الطلب").code


def emitting(code: str, **data) -> dict:
    return {"id": "emit", "action": "emit_event", "config": {"event_type": code, "data": data}}


def test_an_event_of_ones_own_type_happens_to_the_contact(engine, shipped, chat):
    listener = engine.workflow(
        TAG, on=shipped, predicate={"field": "event.data.order", "op": "equals", "value": "سفارش ۷"}
    )
    emitter = engine.workflow(emitting(shipped, order="سفارش {{ event.data.n }}", nested={"n": 1}))
    amina = engine.contact()
    conversation = chat(amina)

    execution = engine.run(amina, conversation_id=conversation.id, n="۷")

    event = Event.objects.get(id=execution.outputs["emit"]["event_id"])
    assert (event.type, event.contact_id, event.conversation_id) == (shipped, amina, conversation.id)
    assert event.data == {"order": "سفارش ۷", "nested": {"n": 1}}
    assert (event.actor, event.causation_id, event.depth) == (
        f"workflow:{emitter.id}",
        execution.event_id,
        1,
    )
    assert [run.event_id for run in runs_of(listener)] == [event.id]
    assert engine.user(amina)["tags"] == ["after"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("MESSAGE_RECEIVED", "MESSAGE_RECEIVED is built in"),
        ("WEBHOOK_RECEIVED", "WEBHOOK_RECEIVED is built in"),
        ("NO_SUCH_THING", "there is no event type 'NO_SUCH_THING'"),
    ],
)
def test_other_types_are_refused(engine, shipped, code, words):
    engine.workflow(emitting("{{ event.data.named }}"))
    before = Event.objects.count()

    execution = engine.run(engine.contact(), named=code)

    assert (execution.state, words in execution.error) == ("failed", True), execution.error
    assert "NotOwnTypeError: event_type: " in execution.error
    published = Event.objects.exclude(type__in=["USER_CREATED", "USER_UPDATED", "WORKFLOW_EXECUTION_FAILED"])
    assert published.count() == 1 + before


def test_a_chain_of_events_is_cut_off(engine, shipped):
    workflow = engine.workflow(emitting(shipped), on=shipped)

    engine.happen(engine.contact(), shipped)
    engine.work()

    assert len(runs_of(workflow)) == 11
    assert TriggerEventLog.objects.filter(result="too_deep").count() == 1

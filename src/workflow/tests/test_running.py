"""Executions: matched, run in order, pinned to their version, once for an event, undisturbed by one another."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from events.models import Event
from events.services.publishing import enqueue_dispatch
from workflow.engine import active as plans
from workflow.engine.plan import _plans as compiled
from workflow.models import (
    ActionExecution,
    ExecutionState,
    TriggerEventLog,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.publishing import activate, pause, publish_draft
from workflow.tests.conftest import states


def _tag(name: str, **parts):
    return {"action": "add_tag", "config": {"tag": name}, **parts}


def test_actions_run_in_order_and_leave_a_trace(engine):
    workflow = engine.workflow(
        _tag("أول"), _tag("دوم"), {"action": "add_note", "config": {"text": "سلام {{ user.name }}"}}
    )
    amina = engine.contact()

    execution = engine.run(amina, content="سلام")

    assert execution.state == ExecutionState.COMPLETED
    assert (execution.node, execution.error) == ("", "")
    assert execution.ended_at >= execution.started_at
    assert states(execution) == [("step_1", "completed"), ("step_2", "completed"), ("step_3", "completed")]
    assert engine.user(amina)["tags"] == ["أول", "دوم"]
    assert engine.notes() == ["سلام أمينة بن علي"]
    assert Event.objects.get(type="NOTE_ADDED").actor == f"workflow:{workflow.id}"
    log = TriggerEventLog.objects.get(workflow=workflow)
    assert (log.result, log.execution_id) == ("started", execution.id)


def test_a_step_sees_what_the_steps_before_it_did(engine):
    engine.workflow(
        _tag("vip", id="mark"),
        {
            "action": "add_note",
            "config": {"text": "{{ steps.mark.changed }} {{ user.tags | join: ',' }} {{ tenant.slug }}"},
        },
    )

    engine.run(engine.contact("new"))

    assert engine.notes() == ["true new,vip demo"]


def test_only_what_matches_starts(engine):
    engine.workflow(
        _tag("x"), predicate={"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"}
    )
    amina = engine.contact()

    engine.happen(amina, content="سلام")
    engine.work()
    assert not WorkflowExecution.objects.exists()

    # Written with an Arabic keyboard's kaf and yeh.
    engine.happen(amina, content="كد تخفيف دارید؟")
    engine.work()
    assert WorkflowExecution.objects.count() == 1


def test_an_undecidable_trigger_starts_nothing_and_says_why(engine):
    engine.workflow(_tag("x"), predicate={"field": "event.data.total", "op": "greater", "value": 5})

    engine.happen(engine.contact(), total="abc")
    engine.work()

    assert not WorkflowExecution.objects.exists()
    log = TriggerEventLog.objects.get()
    assert log.result == "error"
    assert "not a number" in log.detail["reason"]


def test_two_triggers_of_one_workflow_start_it_once(engine):
    workflow = Workflow.objects.create(
        name="w", draft={"triggers": [{"event_type": "MESSAGE_RECEIVED"}] * 2, "actions": [_tag("x")]}
    )
    publish_draft(workflow, by="t")
    activate(workflow)

    engine.run(engine.contact())

    assert WorkflowExecution.objects.count() == 1


def test_an_event_dispatched_twice_starts_once(engine):
    engine.workflow({"action": "add_note", "config": {"text": "once"}})
    execution = engine.run(engine.contact())
    event = execution.event_id

    with transaction.atomic():
        enqueue_dispatch([Event.objects.get(id=event)])
    engine.work()

    assert engine.notes() == ["once"]
    assert WorkflowExecution.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.queue_item")
        assert cursor.fetchone() == (0,)


def test_an_execution_keeps_the_version_that_it_began_with(engine):
    workflow = engine.workflow({"action": "wait", "config": {"hours": 1}}, _tag("v1"))
    amina, badr = engine.contact(), engine.contact()
    old = engine.run(amina)

    workflow.draft = {"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "actions": [_tag("v2")]}
    workflow.save()
    publish_draft(workflow, by="t")
    new = engine.run(badr)
    engine.let_time_pass()
    engine.work()

    assert engine.user(amina)["tags"] == ["v1"]
    assert engine.user(badr)["tags"] == ["v2"]
    old.refresh_from_db()
    assert (old.state, old.version.number, new.version.number) == ("completed", 1, 2)


def test_activate_and_pause_hold_from_the_next_event_on(engine):
    workflow = engine.workflow(_tag("x"))
    amina = engine.contact()
    engine.run(amina)

    pause(workflow)
    assert not plans.wants("MESSAGE_RECEIVED")
    event = engine.happen(amina)
    engine.work()
    assert not WorkflowExecution.objects.filter(event_id=event.id).exists()

    activate(workflow)
    assert engine.run(amina).state == "completed"


def test_a_pause_lets_those_under_way_go_on(engine):
    workflow = engine.workflow({"action": "wait", "config": {"hours": 1}}, _tag("later"))
    amina = engine.contact()
    engine.run(amina)

    pause(workflow)
    engine.let_time_pass()
    engine.work()

    assert engine.user(amina)["tags"] == ["later"]


def test_plans_are_compiled_once_per_version(engine, django_assert_num_queries):
    engine.workflow(_tag("x"))
    plans.active_plans()

    with django_assert_num_queries(1):
        first = plans.active_plans()
    assert plans.active_plans() is first


def test_a_rolled_back_change_leaves_no_stale_plan(engine):
    workflow = engine.workflow(_tag("x"))
    with transaction.atomic():
        pause(workflow)
        assert not plans.wants("MESSAGE_RECEIVED")
        transaction.set_rollback(True)

    # The next change must not be taken for the one that was undone.
    workflow.refresh_from_db()
    activate(workflow)

    assert plans.wants("MESSAGE_RECEIVED")


def test_chains_of_workflows_are_cut_off(engine):
    """Each note triggers the next: the loop ends by depth, and the log says so."""
    engine.workflow({"action": "add_note", "config": {"text": "again"}}, on="NOTE_ADDED")

    engine.happen(engine.contact(), "NOTE_ADDED", text="first")
    engine.work()

    assert engine.notes() == ["again"] * 11
    cut = TriggerEventLog.objects.get(result="too_deep")
    assert cut.detail == {"depth": 11, "limit": 10}


def test_one_bad_execution_does_not_harm_its_batch(engine):
    engine.workflow(
        {"action": "add_tag", "config": {"tag": "{{ event.data.tag }}"}, "retry": {"attempts": 1}}
    )
    people = [engine.contact() for _ in range(5)]
    for number, person in enumerate(people):
        engine.happen(person, tag="x" * 81 if number == 2 else f"t{number}")

    engine.work()

    assert [engine.user(person)["tags"] for person in people] == [["t0"], ["t1"], [], ["t3"], ["t4"]]
    failed = WorkflowExecution.objects.get(state="failed")
    assert failed.contact_id == people[2]
    assert "tag" in failed.error


def test_a_missing_contact_fails_its_own_execution_only(engine):
    engine.workflow(_tag("x"))
    amina = engine.contact()
    nobody = engine.happen(None)
    engine.happen(amina)

    engine.work()

    assert engine.user(amina)["tags"] == ["x"]
    failed = WorkflowExecution.objects.get(event_id=nobody.id)
    assert (failed.state, failed.node) == ("failed", "step_1")
    assert "needs a contact" in failed.error


def test_a_version_that_cannot_be_run_any_more_stops_nobody_else(engine):
    """As when an action is gone from the code after an upgrade."""
    broken = engine.workflow({"action": "wait", "config": {"hours": 1}}, _tag("x"))
    engine.workflow(_tag("good"))
    amina = engine.contact()
    engine.happen(amina)
    engine.work()
    version = broken.active_version
    version.document["nodes"][1]["action"] = "gone"
    Version.objects.filter(id=version.id).update(document=version.document)
    compiled.clear()
    plans._active.clear()

    badr = engine.contact()
    engine.happen(badr)
    engine.let_time_pass()
    engine.work()

    assert engine.user(badr)["tags"] == ["good"]
    waiting = WorkflowExecution.objects.get(workflow=broken)
    assert (waiting.state, "publish the workflow anew" in waiting.error) == ("failed", True)
    assert ActionExecution.objects.get(execution=waiting).state == "failed"


@pytest.mark.parametrize(("at_least", "starts"), [(2, False), (1, True)])
def test_a_trigger_can_ask_what_happened_before(engine, at_least, starts):
    asked = {"event_type": "TAG_ADDED", "within": "1h", "at_least": at_least}
    engine.workflow(_tag("x"), predicate={"field": "user", "op": "performed", "value": asked})
    amina = engine.contact("one")
    other = engine.contact("one", "two")

    event = engine.happen(amina)
    engine.work()

    assert WorkflowExecution.objects.filter(event_id=event.id).exists() is starts
    assert other != amina

"""The promised tasks with the services behind them: pushing, retrying, cleaning; and nothing without a tenant."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from events.queue.models import Item, Schedule
from events.queue.schedules import fire_due
from tenants.models import Tenant
from tenants.scope import NoTenantError, public_scope, tenant_scope
from workflow import tasks
from workflow.models import ActionExecution, TriggerEventLog, Workflow, WorkflowExecution
from workflow.services.cleanup import CLEANUP, clean_batch
from workflow.services.requeueing import NotUnderWayError
from workflow.services.retrying import NotFailedError, retry_execution, retry_failed

TAG = {"action": "add_tag", "config": {"tag": "done"}}


def _age(days: float) -> None:
    """Make everything ``days`` older: ids, which hold their time, and times."""
    shift = int(days * 86_400_000)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, columns in (
            ("workflow_workflowexecution", ["id"]),
            ("workflow_actionexecution", ["id", "execution_id"]),
            ("workflow_triggereventlog", ["id"]),
        ):
            for column in columns:
                cursor.execute(f"SELECT {column} FROM {table}")
                for (old,) in cursor.fetchall():
                    new = uuid.UUID(int=old.int - (shift << 80))
                    cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [new, old])
        cursor.execute(
            "UPDATE workflow_workflowexecution SET ended_at = ended_at - %s", [timedelta(days=days)]
        )


def _drop_items() -> None:
    with public_scope():
        Item.objects.all().delete()


# -- without a tenant --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["", "nobody", "demo"])
@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        (tasks.process_event, [str(uuid.uuid4())]),
        (tasks.execute_workflow_action, [str(uuid.uuid4())]),
        (tasks.retry_failed_actions, []),
        (tasks.cleanup_old_executions, [1]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_task_works_without_a_ready_tenant(demo, slug, task, arguments):
    Tenant.objects.filter(slug="demo").update(state="suspended")

    with pytest.raises(NoTenantError):
        task(slug, *arguments)


def test_the_names_are_the_promised_ones():
    assert [
        task.name
        for task in (
            tasks.process_event,
            tasks.execute_workflow_action,
            tasks.retry_failed_actions,
            tasks.cleanup_old_executions,
        )
    ] == [
        "workflow.tasks.process_event",
        "workflow.tasks.execute_workflow_action",
        "workflow.tasks.retry_failed_actions",
        "workflow.tasks.cleanup_old_executions",
    ]


# -- pushing -----------------------------------------------------------------------------------------------------------


def test_process_event_dispatches_what_nobody_wanted_then(engine):
    amina = engine.contact()
    event = engine.happen(amina)
    engine.work()
    engine.workflow(TAG)

    with public_scope():
        tasks.process_event("demo", str(event.id))
        tasks.process_event("demo", str(event.id))
    engine.work()

    assert WorkflowExecution.objects.filter(event_id=event.id).count() == 1
    assert engine.user(amina)["tags"] == ["done"]


def test_another_tenants_event_is_not_found(engine, other):
    from events.models import Event

    event = engine.happen(engine.contact())

    with public_scope(), pytest.raises(Event.DoesNotExist):
        tasks.process_event("other", str(event.id))


def test_a_step_whose_item_was_lost_goes_on(engine):
    engine.workflow({"action": "wait", "config": {"hours": 1}}, TAG)
    amina = engine.contact()
    engine.run(amina)
    _drop_items()
    step = str(ActionExecution.objects.get().id)

    tasks.execute_workflow_action("demo", step)
    tasks.execute_workflow_action("demo", step)

    assert Item.objects.count() == 1
    assert engine.next_run_in() == pytest.approx(3_600, abs=10)
    engine.let_time_pass()
    engine.work()
    assert engine.user(amina)["tags"] == ["done"]


@pytest.mark.parametrize("lost_while", ["calling", "retrying"])
def test_a_call_whose_item_was_lost_is_made(engine, httpserver, lost_while):
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/hook").respond_with_json({})
    engine.workflow({"action": "webhook", "config": {"url": httpserver.url_for("/hook")}})
    event = engine.happen(engine.contact())
    if lost_while == "calling":
        httpserver.clear()
        httpserver.expect_request("/hook").respond_with_json({})
        engine.drain()
    else:
        engine.work()
    _drop_items()

    tasks.execute_workflow_action("demo", str(ActionExecution.objects.get().id))
    engine.work()

    assert WorkflowExecution.objects.get(event_id=event.id).state == "completed"


def test_a_step_that_has_ended_is_not_queued(engine):
    engine.workflow(TAG)
    engine.run(engine.contact())

    with pytest.raises(NotUnderWayError):
        tasks.execute_workflow_action("demo", str(ActionExecution.objects.get().id))
    assert not Item.objects.exists()


# -- retrying ----------------------------------------------------------------------------------------------------------


def test_failed_executions_are_taken_on_with_the_same_key(engine, httpserver):
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/hook").respond_with_json({"ok": 1})
    engine.workflow(
        {
            "id": "call",
            "action": "webhook",
            "config": {"url": httpserver.url_for("/hook")},
            "retry": {"attempts": 1},
        },
        TAG,
    )
    amina = engine.contact()
    failed = engine.run(amina)
    assert (failed.state, failed.outputs["call"]["error"] != "") == ("failed", True)

    with public_scope():
        tasks.retry_failed_actions("demo")
    engine.work()

    failed.refresh_from_db()
    assert (failed.state, failed.outputs["call"]["status"]) == ("completed", 200)
    assert engine.user(amina)["tags"] == ["done"]
    first, second = (request.headers["Idempotency-Key"] for request, _ in httpserver.log)
    assert first == second
    assert ActionExecution.objects.filter(node="call").count() == 1


def test_an_internal_step_is_taken_on_at_once(engine):
    engine.workflow({"action": "send_message", "config": {"text": "سلام"}}, TAG)
    failed = engine.run(engine.contact())
    amina = failed.contact_id
    Workflow.objects.update(draft={})

    assert retry_execution(failed.id).state == "failed"
    assert engine.user(amina)["tags"] == []


def test_a_condition_that_could_not_be_decided_is_decided_anew(engine):
    nodes = [
        {"id": "c", "type": "condition", "predicate": {"field": "user.name", "op": "greater", "value": 5}},
        {"id": "t", **TAG},
    ]
    engine.workflow(nodes=nodes, edges=[{"source": "c", "target": "t", "port": "true"}])
    amina = engine.contact()
    assert engine.run(amina).state == "failed"

    engine.rename(amina, "۹")

    assert retry_failed() == 1
    assert engine.user(amina)["tags"] == ["done"]


def test_only_recent_failures_are_retried_and_only_so_many(engine):
    engine.workflow(TAG)
    for _ in range(3):
        engine.happen(None)
    engine.work()

    assert retry_failed(limit=2) == 2
    assert retry_failed(within=timedelta(0)) == 0
    _age(2)
    assert retry_failed() == 0


def test_a_good_execution_is_not_retried(engine):
    engine.workflow(TAG)
    good = engine.run(engine.contact())

    with pytest.raises(NotFailedError, match="completed"):
        retry_execution(good.id)


# -- cleaning ----------------------------------------------------------------------------------------------------------


def test_cleanup_deletes_what_ended_long_ago(engine, demo, other):
    workflow = engine.workflow(TAG)
    waiting = engine.workflow({"action": "wait", "config": {"days": 300}}, on="TAG_REMOVED")
    engine.run(engine.contact())
    engine.happen(engine.contact(), "TAG_REMOVED")
    engine.work()
    _age(91)
    young = engine.run(engine.contact())

    with public_scope():
        tasks.cleanup_old_executions("other")
    assert WorkflowExecution.objects.count() == 3
    with public_scope():
        tasks.cleanup_old_executions("demo")

    assert set(WorkflowExecution.objects.values_list("workflow_id", "state")) == {
        (workflow.id, "completed"),
        (waiting.id, "waiting"),
    }
    assert WorkflowExecution.objects.filter(id=young.id).exists()
    assert set(ActionExecution.objects.values_list("execution__state", flat=True)) == {"completed", "waiting"}
    assert TriggerEventLog.objects.get().execution_id == young.id


@pytest.mark.parametrize(("days", "left"), [(30, 0), (100, 1)])
def test_the_days_are_the_callers(engine, days, left):
    engine.workflow(TAG)
    engine.run(engine.contact())
    _age(60)

    tasks.cleanup_old_executions("demo", days)

    assert WorkflowExecution.objects.count() == left


def test_cleanup_goes_in_small_batches(engine):
    engine.workflow(TAG)
    for _ in range(5):
        engine.run(engine.contact())
    _age(100)

    with transaction.atomic():
        counts = [clean_batch(days=90, batch=2).rows for _ in range(4)]

    assert counts == [4, 4, 2, 0]


def test_each_tenant_is_cleaned_by_schedule(engine, settings):
    settings.WORKFLOW_RETENTION_DAYS = 10
    schedule = Schedule.objects.get(name=f"{CLEANUP}:demo")
    assert (schedule.kind, schedule.tenant_id) == (CLEANUP, Tenant.objects.get(slug="demo").id)
    engine.workflow(TAG)
    engine.run(engine.contact())
    _age(11)
    with public_scope():
        Schedule.objects.filter(name=schedule.name).update(
            next_run_at=schedule.next_run_at - timedelta(days=2)
        )
        assert fire_due() == 1

    engine.work()

    assert not WorkflowExecution.objects.exists()
    assert not Item.objects.exists()


def test_other_tenants_have_their_own_schedule(demo, other):
    with tenant_scope(other):
        assert Schedule.objects.filter(kind=CLEANUP).count() == 2

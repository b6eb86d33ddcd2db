"""Retry policy is data: how often, how long in between, what is final, and where it goes on from there."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction
from pytest_httpserver import HTTPServer

from events.queue.drain import Drain
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.engine.plan import _plans
from workflow.graph import read
from workflow.models import ActionExecution, Version, Workflow, WorkflowExecution
from workflow.services.intake import IncomingEvent, take_event
from workflow.services.publishing import activate, publish_draft, resolve
from workflow.services.retrying import NotFailedError, retry_execution
from workflow.tests.conftest import states


def _call(httpserver: HTTPServer, **retry):
    return {"id": "call", "action": "webhook", "config": {"url": httpserver.url_for("/hook")}, "retry": retry}


def _broken(httpserver: HTTPServer, status: int = 503) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=status)


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_the_policy_says_how_often(engine, httpserver, attempts):
    _broken(httpserver)
    engine.workflow(_call(httpserver, attempts=attempts, backoff_s=0))

    execution = engine.run(engine.contact())
    engine.let_time_pass()
    engine.work()
    for _ in range(attempts):
        engine.let_time_pass()
        engine.work()

    execution.refresh_from_db()
    assert len(httpserver.log) == attempts
    assert (execution.state, execution.node) == ("failed", "call")
    step = ActionExecution.objects.get()
    assert (step.state, step.attempts) == ("failed", attempts)
    assert "503" in step.error
    assert execution.error == f"call: {step.error}"


def test_the_waits_grow(engine, httpserver):
    _broken(httpserver)
    engine.workflow(_call(httpserver, attempts=4, backoff_s=10, multiplier=3, max_backoff_s=60, jitter=0))
    execution = engine.run(engine.contact())

    waits = []
    for _ in range(3):
        step = ActionExecution.objects.get()
        assert step.state == "retrying"
        waits.append(engine.next_run_in())
        engine.let_time_pass()
        engine.work()

    assert waits == [pytest.approx(wait, abs=5) for wait in (10, 30, 60)]
    execution.refresh_from_db()
    assert execution.state == "failed"


def test_success_after_a_failure_clears_the_error(engine, httpserver):
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=500)
    httpserver.expect_ordered_request("/hook").respond_with_json({"ok": True})
    engine.workflow(_call(httpserver, attempts=2))
    execution = engine.run(engine.contact())
    assert execution.state == "waiting"

    engine.let_time_pass()
    engine.work()

    execution.refresh_from_db()
    step = ActionExecution.objects.get()
    assert (execution.state, step.state, step.attempts, step.error) == ("completed", "completed", 2, "")


@pytest.mark.parametrize("name", ["WebhookBusyError"])
def test_a_named_error_is_final(engine, httpserver, name):
    _broken(httpserver)
    engine.workflow(_call(httpserver, attempts=5, non_retryable=[name]))

    assert engine.run(engine.contact()).state == "failed"
    assert len(httpserver.log) == 1


def test_another_named_error_is_not(engine, httpserver):
    _broken(httpserver)
    engine.workflow(_call(httpserver, attempts=5, non_retryable=["OtherError"]))

    assert engine.run(engine.contact()).state == "waiting"


def test_the_error_port_is_taken_when_all_tries_are_used_up(engine, httpserver):
    _broken(httpserver)
    nodes = [
        _call(httpserver, attempts=1),
        {"id": "good", "action": "add_tag", "config": {"tag": "good"}},
        {"id": "bad", "action": "add_note", "config": {"text": "{{ steps.call.error }}"}},
    ]
    engine.workflow(
        nodes=nodes,
        edges=[{"source": "call", "target": "good"}, {"source": "call", "target": "bad", "port": "error"}],
    )

    execution = engine.run(engine.contact())

    assert (execution.state, execution.error) == ("completed", "")
    assert states(execution) == [("call", "failed"), ("bad", "completed")]
    assert "503" in engine.notes()[0]


def test_a_template_that_fails_is_final_and_makes_no_call(engine, httpserver):
    step = _call(httpserver, attempts=5)
    step["config"]["body"] = {"x": "{% for i in (1..99999999) %}{{ i }}{% endfor %}"}
    engine.workflow(step)

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "body.x" in execution.error
    assert httpserver.log == []


def test_a_config_that_becomes_wrong_by_its_values_is_final(engine, httpserver):
    step = _call(httpserver, attempts=5)
    step["config"]["timeout_s"] = "{{ event.data.seconds }}"
    engine.workflow(step)

    execution = engine.run(engine.contact(), seconds=31)

    assert execution.state == "failed"
    assert "timeout_s" in execution.error
    assert httpserver.log == []


def test_an_internal_step_is_retried_too(engine):
    """A contact that nobody can tag: the action's own error, tried as often as the policy says."""
    engine.workflow(
        {"action": "update_user", "config": {"phone": "{{ event.data.phone }}"}, "retry": {"attempts": 3}}
    )

    execution = engine.run(engine.contact(), phone="12")

    # A phone number that is none stays none: permanent errors are not tried again.
    assert execution.state == "failed"
    assert ActionExecution.objects.get().attempts == 1


def test_a_retry_has_all_its_attempts_afresh_and_keeps_its_key(engine, httpserver):
    _broken(httpserver)
    engine.workflow(_call(httpserver, attempts=2, backoff_s=0))
    execution = engine.run(engine.contact())
    engine.let_time_pass()
    engine.work()
    execution.refresh_from_db()
    assert execution.state == "failed"

    assert retry_execution(execution.id).state == "waiting"
    for _ in range(2):
        engine.work()
        engine.let_time_pass()

    execution.refresh_from_db()
    step = ActionExecution.objects.get()
    assert (execution.state, step.attempts, len(httpserver.log)) == ("failed", 2, 4)
    assert len({request.headers["Idempotency-Key"] for request, _ in httpserver.log}) == 1


def test_retried_by_several_at_once_it_is_taken_on_once(committed_db):
    demo = tenant_by_slug("demo")
    node = {"id": "say", "action": "send_message", "config": {"text": "سلام"}}
    with tenant_scope(demo), transaction.atomic():
        workflow = Workflow.objects.create(
            name="باز", draft={"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "actions": [node]}
        )
        publish_draft(workflow, by="t")
        activate(workflow)
    with tenant_scope(demo):
        take_event(IncomingEvent(type="MESSAGE_RECEIVED", user_id="customer1"))
        while not WorkflowExecution.objects.filter(state="failed").exists():
            Drain().run_once()
        failed = WorkflowExecution.objects.get()
        # What it fails for is mended: from now on it waits.
        waiting = {"id": "say", "action": "wait", "config": {"hours": 1}}
        Version.objects.update(
            document=resolve(read({**workflow.draft, "actions": [waiting]})).model_dump(mode="json")
        )
        _plans.clear()
    ready, results = threading.Barrier(4, timeout=10), []

    def run() -> None:
        try:
            ready.wait()
            with tenant_scope(demo):
                results.append(retry_execution(failed.id).state)
        except NotFailedError:
            results.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(results) == ["refused"] * 3 + ["waiting"]
    with tenant_scope(demo):
        assert states(failed) == [("say", "waiting")]

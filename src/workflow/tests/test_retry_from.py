"""Ended executions begun again from a step, in their own version or another."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from events.queue.drain import Drain
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.engine.active import active_plans
from workflow.models import ActionExecution, EventWait, Version, Workflow, WorkflowExecution
from workflow.services.cancelling import cancel_execution
from workflow.services.choosing import NoSuchVersionError
from workflow.services.drafts import change_workflow
from workflow.services.intake import IncomingEvent, take_event
from workflow.services.publishing import activate, publish_draft
from workflow.services.replaying import replay
from workflow.services.retrying import (
    NotFailedError,
    retry_execution,
)
from workflow.services.retrying_from import NotAStartError, Restart, StillUnderWayError, retry_from
from workflow.tests.conftest import states
from workflow.tests.test_nodes import edge, tag
from workflow.tests.test_retrying import WAIT, begin, needs, note, root


class TestFromAStep:
    @pytest.fixture
    def workflow(self, engine) -> Workflow:
        """Three notes in a row, the second with a variable."""
        return engine.workflow(
            nodes=[
                note("a", "یک"),
                {"id": "v", "type": "set_variables", "config": {"values": {"who": "{{ user.name }}"}}},
                note("b", "{{ vars.who }} {{ steps.c.note_id }}"),
                note("c", "سه"),
            ],
            edges=[edge("a", "v"), edge("v", "b"), edge("b", "c")],
        )

    def test_it_runs_again_from_there_with_what_it_knew(self, engine, workflow):
        execution = begin(engine)
        assert engine.notes() == ["یک", "أمينة بن علي", "سه"]
        before = dict(execution.outputs)
        old = set(ActionExecution.objects.values_list("id", flat=True))

        again = retry_from(execution.id, Restart(node="b"))

        assert (again.state, again.error, again.version.number) == ("completed", "", 1)
        assert engine.notes()[3:] == ["أمينة بن علي", "سه"]
        assert [node for node, _ in states(again)] == ["a", "b", "c", "b", "c"]
        assert len(set(ActionExecution.objects.values_list("id", flat=True)) - old) == 2
        again.refresh_from_db()
        assert again.outputs["a"] == before["a"]
        assert again.outputs["b"] != before["b"]

    def test_old_outputs_may_be_kept(self, engine, workflow):
        execution = begin(engine)
        old = execution.outputs["c"]["note_id"]

        retry_from(execution.id, Restart(node="b", outputs="keep"))

        assert engine.notes()[3] == f"أمينة بن علي {old}"

    def test_in_the_active_version(self, engine, workflow):
        execution = begin(engine)
        change_workflow(workflow.id, {"draft": {**workflow.draft, "nodes": [note("b", "نو")], "edges": []}})
        workflow.refresh_from_db()
        publish_draft(workflow, by="t")

        again = retry_from(execution.id, Restart(node="b", version="active"))

        again.refresh_from_db()
        assert (again.version.number, engine.notes()[3:]) == (2, ["نو"])
        way, _ = replay(again)
        assert [(v.node, v.known, v.jumped) for v in way.visits] == [
            ("a", False, True),
            ("b", True, True),
            ("c", False, True),
            ("b", True, True),
        ]

    @pytest.mark.parametrize("state", ["failed", "cancelled", "exited"])
    def test_however_it_ended(self, engine, state):
        engine.workflow(
            nodes=[note("a", "یک"), WAIT, note("b", "دو")], edges=[edge("a", "rest"), edge("rest", "b")]
        )
        execution = begin(engine)
        cancel_execution(execution.id, by="t")
        WorkflowExecution.objects.update(state=state)
        assert not EventWait.objects.exists()

        again = retry_from(execution.id, Restart(node="rest"))

        assert (again.state, again.exit_reason, again.ended_at) == ("waiting", "", None)
        engine.let_time_pass()
        engine.work()
        assert engine.notes() == ["یک", "دو"]
        assert states(execution) == [
            ("a", "completed"),
            ("rest", "cancelled"),
            ("rest", "completed"),
            ("b", "completed"),
        ]

    def test_on_a_version_that_was_drained(self, engine):
        wait = {
            "id": "rest",
            "type": "wait",
            "config": {"event": {"event_type": "TAG_ADDED", "timeout": {"days": 1}}},
        }
        workflow = engine.workflow(nodes=[wait, note("b", "دو")], edges=[edge("rest", "b")])
        amina = engine.contact()
        execution = begin(engine, amina)
        cancel_execution(execution.id, by="t")
        change_workflow(workflow.id, {"draft": {**workflow.draft, "nodes": [tag("x")], "edges": []}})
        workflow.refresh_from_db()
        publish_draft(workflow, by="t")
        Version.objects.filter(number=1).update(is_drained=True)

        retry_from(execution.id, Restart(node="rest", version="1"))
        assert "TAG_ADDED" in active_plans().waits
        engine.tag(amina, "مهم")
        engine.work()

        assert engine.notes() == ["دو"]

    def test_refusals_change_nothing(self, engine):
        engine.workflow(
            nodes=[
                WAIT,
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                tag("inside"),
            ],
            edges=[edge("rest", "each"), edge("each", "inside", "each")],
        )
        execution = begin(engine, items=[])
        with pytest.raises(StillUnderWayError):
            retry_from(execution.id, Restart(node="rest"))
        with pytest.raises(NotFailedError):
            retry_execution(execution.id)
        cancel_execution(execution.id, by="t")
        with pytest.raises(NotAStartError, match="no node 'gone'"):
            retry_from(execution.id, Restart(node="gone"))
        with pytest.raises(NotAStartError, match="inside a branch or a loop"):
            retry_from(execution.id, Restart(node="inside"))
        for version in ("draft", "9", "soon"):
            with pytest.raises(NoSuchVersionError):
                retry_from(execution.id, Restart(node="rest", version=version))
        assert root().state == "cancelled"
        assert ActionExecution.objects.count() == 1


def test_begun_again_by_several_at_once_they_wait_for_one_another(committed_db):
    demo = tenant_by_slug("demo")
    with tenant_scope(demo):
        nodes = [
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            needs("c", ""),
            note("n", "یک بار"),
            note("m", "پس از آن"),
        ]
        edges = [edge("fork", "c", "a"), edge("fork", "n", "b"), edge("c", "m", "true")]
        workflow = Workflow.objects.create(
            name="w", draft={"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "nodes": nodes, "edges": edges}
        )
        with transaction.atomic():
            publish_draft(workflow, by="t")
            activate(workflow)
        take_event(IncomingEvent(type="MESSAGE_RECEIVED", user_id="customer1"))
        while not WorkflowExecution.objects.filter(parent__isnull=True, state="failed").exists():
            Drain().run_once()
        failed = root()
        steps = ActionExecution.objects.count()
    ready, results = threading.Barrier(4, timeout=10), []

    def run() -> None:
        try:
            ready.wait()
            with tenant_scope(demo):
                results.append(retry_from(failed.id, Restart(node="fork")).state)
        except Exception as exc:
            results.append(type(exc).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    # Each may begin it again once the one before has failed again; none beside another.
    assert set(results) == {"failed"}, results
    with tenant_scope(demo):
        assert ActionExecution.objects.count() == steps + 4 * 2
        assert WorkflowExecution.objects.filter(parent__isnull=False).count() == 2 + 4 * 2

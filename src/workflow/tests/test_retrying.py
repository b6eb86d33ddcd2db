"""Retrying what failed: branches, turns and called workflows are taken on with whom they belong to."""

from __future__ import annotations

import pytest
from django.db import connection

from workflow.models import ActionExecution, Workflow, WorkflowExecution
from workflow.services.cancelling import cancel_execution
from workflow.services.replaying import replay
from workflow.services.retrying import (
    NotRetriableError,
    NotRootError,
    retry_execution,
    retry_failed,
)
from workflow.services.retrying_from import Restart, retry_from
from workflow.tests.test_nodes import edge, line, tag

WAIT = {"id": "rest", "type": "wait", "config": {"hours": 1}}


def rename(node_id: str, field: str = "event.data.phone") -> dict:
    """Fails until the field holds a phone number."""
    return {"id": node_id, "action": "update_user", "config": {"phone": f"{{{{ {field} }}}}"}}


def needs(node_id: str, name: str) -> dict:
    """A condition that cannot be decided while the contact's name is no number."""
    return {
        "id": node_id,
        "type": "condition",
        "predicate": {"field": "user.name", "op": "greater", "value": 5},
    }


def note(node_id: str, text: str) -> dict:
    return {"id": node_id, "action": "add_note", "config": {"text": text}}


def root() -> WorkflowExecution:
    return WorkflowExecution.objects.get(parent__isnull=True)


def begin(engine, contact=None, **data) -> WorkflowExecution:
    event = engine.happen(contact or engine.contact(), **data)
    engine.work()
    return WorkflowExecution.objects.get(event_id=event.id, parent__isnull=True)


class TestBranches:
    @pytest.fixture
    def failed(self, engine) -> WorkflowExecution:
        """One branch has come, the other could not decide."""
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["good", "bad"]}},
                note("n", "یک بار"),
                needs("c", "۹"),
                {"id": "meet", "type": "join"},
                tag("after"),
            ],
            edges=[
                edge("fork", "n", "good"),
                edge("fork", "c", "bad"),
                edge("n", "meet"),
                edge("c", "meet", "true"),
                edge("meet", "after"),
            ],
        )
        execution = begin(engine)
        assert (execution.state, execution.node) == ("failed", "fork")
        return execution

    def test_only_the_failed_branch_is_taken_on(self, engine, failed):
        step = ActionExecution.objects.get(node="fork")
        engine.rename(failed.contact_id, "۹")

        retried = retry_execution(failed.id)

        assert retried.state == "completed"
        assert engine.notes() == ["یک بار"]
        assert engine.user(failed.contact_id)["tags"] == ["after"]
        assert WorkflowExecution.objects.count() == 3
        again = ActionExecution.objects.get(node="fork")
        assert (again.id, again.state, again.error, again.output) == (
            step.id,
            "completed",
            "",
            {"came": ["good", "bad"]},
        )

    def test_it_may_fail_again_and_again(self, engine, failed):
        for _ in range(2):
            assert retry_execution(failed.id).state == "failed"
        assert WorkflowExecution.objects.count() == 3

        engine.rename(failed.contact_id, "۹")
        assert retry_failed() == 1
        assert root().state == "completed"

    def test_a_branch_is_retried_with_its_root_alone(self, engine, failed):
        branch = WorkflowExecution.objects.get(branch="fork:bad")

        with pytest.raises(NotRootError, match=str(failed.id)):
            retry_execution(branch.id)
        with pytest.raises(NotRootError, match=str(failed.id)):
            retry_from(branch.id, Restart(node="c"))
        branch.refresh_from_db()
        assert branch.state == "failed"

    def test_a_branch_that_was_cancelled_is_taken_on_too(self, engine):
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                WAIT,
                tag("b"),
                tag("c"),
                {"id": "meet", "type": "join"},
            ],
            edges=[
                edge("fork", "rest", "a"),
                edge("fork", "b", "b"),
                edge("rest", "c"),
                edge("c", "meet"),
                edge("b", "meet"),
            ],
        )
        execution = begin(engine)
        cancel_execution(WorkflowExecution.objects.get(branch="fork:a").id, by="t")
        engine.work()
        assert root().state == "failed"

        assert retry_execution(execution.id).state == "waiting"
        engine.let_time_pass()
        engine.work()

        assert root().state == "completed"
        assert set(engine.user(execution.contact_id)["tags"]) == {"b", "c"}

    def test_a_branch_that_waits_outside_comes_back(self, engine, httpserver):
        httpserver.expect_ordered_request("/hook").respond_with_data("", status=400)
        httpserver.expect_ordered_request("/hook").respond_with_json({"ok": True})
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                {"id": "call", "action": "webhook", "config": {"url": httpserver.url_for("/hook")}},
                tag("b"),
            ],
            edges=[edge("fork", "call", "a"), edge("fork", "b", "b")],
        )
        execution = begin(engine)
        assert execution.state == "failed"

        assert retry_execution(execution.id).state == "waiting"
        engine.work()

        assert root().state == "completed"
        first, second = (request.headers["Idempotency-Key"] for request, _ in httpserver.log)
        assert first == second


class TestLoops:
    @pytest.mark.parametrize("at_once", [1, 2])
    def test_the_turn_that_failed_goes_on_and_the_rest_follow(self, engine, at_once):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items", "at_once": at_once}},
                note("n", "{{ loop.item }}"),
                {
                    "id": "third",
                    "type": "condition",
                    "predicate": {
                        "any": [line("loop.number", 2, "not_equals"), line("user.name", 5, "greater")]
                    },
                },
                tag("after"),
            ],
            edges=[
                edge("each", "n", "each"),
                edge("n", "third"),
                edge("third", "each", "true"),
                edge("each", "after", "next"),
            ],
        )
        execution = begin(engine, items=["یک", "دو", "سه", "چهار"])
        assert execution.state == "failed"
        assert len(engine.notes()) == 1 + at_once

        engine.rename(execution.contact_id, "۹")
        assert retry_execution(execution.id).state == "completed"

        assert sorted(engine.notes()) == sorted(["یک", "دو", "سه", "چهار"])
        done = root()
        assert done.outputs["each"] == {"count": 4, "failed": 0}
        assert not (done.scope or {}).get("loops")

    def test_a_loop_that_never_began_begins_anew(self, engine):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "user.tags"}},
                note("n", "{{ loop.item }}"),
            ],
            edges=[edge("each", "n", "each")],
        )
        execution = begin(engine)
        assert execution.state == "completed"
        Workflow.objects.update(status="paused")
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "user.tags", "max_items": 1}},
                note("n", "{{ loop.item }}"),
            ],
            edges=[edge("each", "n", "each")],
        )
        amina = engine.contact("یک", "دو")
        too_many = begin(engine, amina)
        assert too_many.state == "failed"

        engine.untag(amina, "دو")

        assert retry_execution(too_many.id).state == "completed"
        assert engine.notes() == ["یک"]

    def test_with_an_error_port_nothing_is_kept_to_come_back_to(self, engine):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                needs("c", ""),
                tag("sorry"),
            ],
            edges=[edge("each", "c", "each"), edge("c", "each", "true"), edge("each", "sorry", "error")],
        )
        execution = begin(engine, items=[1, 2])

        assert (execution.state, (execution.scope or {}).get("loops")) == ("completed", {})


def test_deep_down_in_a_called_workflow(engine):
    """A loop in a called workflow in a branch: the root's retry reaches the turn that failed."""
    called = engine.workflow(
        nodes=[
            {"id": "each", "type": "loop", "config": {"items": "event.data.inputs.items"}},
            note("n", "{{ loop.item }}"),
            needs("c", ""),
        ],
        edges=[edge("each", "n", "each"), edge("n", "c"), edge("c", "each", "true")],
        triggers=[{"type": "called"}],
        name="خوانده",
    )
    engine.workflow(
        nodes=[
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {
                "id": "call",
                "type": "sub_workflow",
                "config": {"workflow": str(called.id), "inputs": {"items": ["الف", "ب"]}},
            },
            tag("b"),
            tag("after"),
            {"id": "meet", "type": "join"},
        ],
        edges=[
            edge("fork", "call", "a"),
            edge("fork", "b", "b"),
            edge("call", "meet"),
            edge("b", "meet"),
            edge("meet", "after"),
        ],
    )
    execution = begin(engine)
    assert execution.state == "failed"
    assert engine.notes() == ["الف"]
    turn = WorkflowExecution.objects.get(branch="each:0")
    with pytest.raises(NotRootError, match=str(execution.id)):
        retry_execution(turn.id)

    engine.rename(execution.contact_id, "۹")
    assert retry_execution(execution.id).state == "completed"

    assert engine.notes() == ["الف", "ب"]
    assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"completed"}

    way, graphs = replay(WorkflowExecution.objects.select_related("workflow", "version").get(id=execution.id))
    assert [(visit.node, visit.port) for visit in way.visits] == [
        ("fork", "next"),
        ("meet", "next"),
        ("after", "next"),
    ]
    branch = way.visits[0].children[0]
    (visit, join) = branch.visits
    assert (visit.node, join.node, join.port) == ("call", "meet", "")
    loop = visit.children[0].visits[0]
    assert [child.execution.branch for child in loop.children] == ["each:0", "each:1"]
    assert [(v.node, v.port) for v in loop.children[0].visits] == [("n", "next"), ("c", "true")]
    assert {graph.workflow_name for graph in graphs} == {"خوانده", execution.workflow.name}


def test_what_an_exit_let_fail_is_not_retried(engine):
    engine.workflow(
        nodes=[tag("a"), {"id": "end", "type": "exit", "config": {"outcome": "failed", "note": "تمام"}}],
        edges=[edge("a", "end")],
    )
    execution = begin(engine)
    assert execution.state == "failed"

    with pytest.raises(NotRetriableError, match="exit"):
        retry_execution(execution.id)
    assert retry_failed() == 0


def test_a_dead_item_of_the_step_does_not_keep_the_new_one_out(engine, httpserver):
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=400)
    httpserver.expect_ordered_request("/hook").respond_with_json({"ok": True})
    engine.workflow({"id": "call", "action": "webhook", "config": {"url": httpserver.url_for("/hook")}})
    execution = begin(engine)
    step = ActionExecution.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM public.tenants_tenant WHERE slug = 'demo'")
        ((tenant,),) = cursor.fetchall()
        cursor.execute(
            "INSERT INTO public.queue_item (tenant_id, lane_key, kind, ref, dedupe_key, state)"
            " VALUES (%s, %s, 'workflow.call', %s, %s, 1)",
            [tenant, f"call:{execution.id}", str(step.id), f"workflow.call:{step.id}:1"],
        )

    retry_execution(execution.id)
    engine.work()

    assert root().state == "completed"

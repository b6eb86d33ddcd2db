"""Retrying: branches taken on with whom they belong to, ended executions begun again from a step, and the way they took."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

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
    NotRetriableError,
    NotRootError,
    retry_execution,
    retry_failed,
)
from workflow.services.retrying_from import NotAStartError, Restart, StillUnderWayError, retry_from
from workflow.tests.conftest import states
from workflow.tests.test_nodes import edge, line, tag

WAIT = {"id": "rest", "type": "wait", "config": {"hours": 1}}
URL = "/api/v1/workflow/workflow-executions/"


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


# -- from a step -------------------------------------------------------------------------------------------------------


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


# -- the way it took ---------------------------------------------------------------------------------------------------


class TestReplay:
    def test_decisions_are_told_between_the_steps(self, engine, httpserver):
        httpserver.expect_request("/hook").respond_with_data("", status=400)
        engine.workflow(
            nodes=[
                {"id": "c", "type": "condition", "predicate": line("event.data.text", "سلام")},
                {"id": "call", "action": "webhook", "config": {"url": httpserver.url_for("/hook")}},
                {"id": "v", "type": "set_variables", "config": {"values": {"x": "۱"}}},
                {"id": "end", "type": "exit", "config": {"outcome": "exited", "note": "پایان"}},
                tag("other"),
            ],
            edges=[
                edge("c", "call", "true"),
                edge("c", "other", "false"),
                edge("call", "v", "error"),
                edge("v", "end"),
            ],
        )
        begin(engine, text="سلام")

        way, (graph,) = replay(WorkflowExecution.objects.select_related("workflow", "version").get())

        told = [(v.node, v.type, v.state, v.port, v.step is None) for v in way.visits]
        assert told == [
            ("c", "condition", "completed", "true", True),
            ("call", "action", "failed", "error", False),
            ("v", "set_variables", "completed", "next", True),
            ("end", "exit", "completed", "", True),
        ]
        assert "400" in way.visits[1].error
        assert way.visits[1].duration_s is not None
        assert not any(v.jumped for v in way.visits)
        assert (graph.start, len(graph.nodes), len(graph.edges)) == ("c", 5, 4)

    def test_a_circle_is_gone_round_as_often_as_it_was(self, engine):
        engine.workflow(
            nodes=[
                WAIT,
                {"id": "done", "type": "condition", "predicate": line("user.name", "بس")},
                tag("after"),
            ],
            edges=[edge("rest", "done"), edge("done", "rest", "false"), edge("done", "after", "true")],
        )
        execution = begin(engine)
        engine.let_time_pass()
        engine.work()
        engine.rename(execution.contact_id, "بس")
        engine.let_time_pass()
        engine.work()

        way, _ = replay(root())

        assert [(v.node, v.port) for v in way.visits] == [
            ("rest", "next"),
            ("done", "false"),
            ("rest", "next"),
            ("done", "true"),
            ("after", "next"),
        ]

    def test_where_it_stands_and_where_it_failed(self, engine):
        engine.workflow(
            nodes=[WAIT, needs("c", ""), tag("a")], edges=[edge("rest", "c"), edge("c", "a", "true")]
        )
        begin(engine)
        (standing,) = replay(root())[0].visits
        assert (standing.state, standing.port, standing.ended_at) == ("waiting", "", None)

        engine.let_time_pass()
        engine.work()

        _, failed = replay(root())[0].visits
        assert (failed.node, failed.state, failed.port) == ("c", "failed", "")
        assert failed.error

    def test_a_long_one_is_cut(self, engine, monkeypatch, django_assert_max_num_queries):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                tag("a"),
                tag("b"),
            ],
            edges=[edge("each", "a", "each"), edge("each", "b", "next")],
        )
        begin(engine, items=list(range(9)))
        monkeypatch.setattr("workflow.services.replaying.MOST_CHILDREN", 4)

        with django_assert_max_num_queries(10):
            way, _ = replay(root())

        assert way.truncated
        assert [child.execution.branch for child in way.visits[0].children] == [f"each:{n}" for n in range(4)]
        monkeypatch.setattr("workflow.services.replaying.MOST_STEPS", 1)
        way, _ = replay(root())
        assert (way.truncated, [v.node for v in way.visits]) == (True, ["each"])


class TestApi:
    @pytest.fixture
    def client(self, scope, api, demo_key):
        """A program of demo that may write workflows."""
        return api("demo.localhost", key=demo_key("workflow:write"))

    def test_replay(self, client, engine):
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                tag("x"),
                tag("y"),
            ],
            edges=[edge("fork", "x", "a"), edge("fork", "y", "b")],
            name="راه",
        )
        execution = begin(engine)

        shown = client.get(f"{URL}{execution.id}/replay/").json()

        assert shown["execution"]["workflow_name"] == "راه"
        assert shown["graphs"][0]["nodes"][1]["label"] == "Add a tag (x)"
        (visit,) = shown["visits"]
        assert [child["execution"]["branch"] for child in visit["children"]] == ["fork:a", "fork:b"]
        assert visit["children"][0]["visits"][0]["input"] == {"tag": "x"}

    def test_retry_from(self, client, engine):
        engine.workflow(nodes=[note("a", "یک"), note("b", "دو")], edges=[edge("a", "b")])
        execution = begin(engine)
        address = f"{URL}{execution.id}/retry_from/"

        done = client.post(address, {"node": "b"}, headers={"Idempotency-Key": "k1"})
        same = client.post(address, {"node": "b"}, headers={"Idempotency-Key": "k1"})

        assert (done.status_code, [step["node"] for step in done.json()["steps"]]) == (200, ["a", "b", "b"])
        assert (same.json(), engine.notes()) == (done.json(), ["یک", "دو", "دو"])
        for body, status in (
            ({}, 400),
            ({"node": "gone"}, 400),
            ({"node": "b", "version": "9"}, 400),
            ({"node": "b", "outputs": "burn"}, 400),
        ):
            assert client.post(address, body).status_code == status

    def test_a_part_is_refused_with_the_name_of_the_whole(self, client, engine):
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                needs("c", ""),
                tag("y"),
            ],
            edges=[edge("fork", "c", "a"), edge("fork", "y", "b"), edge("c", "y", "true")],
        )
        execution = begin(engine)
        child = WorkflowExecution.objects.get(branch="fork:a")

        refused = client.post(f"{URL}{child.id}/retry/")

        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_root")
        assert str(execution.id) in refused.json()["error"]["message"]

    def test_lists_are_of_roots_and_filtered(self, client, engine):
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                {"id": "v", "type": "set_variables", "config": {"values": {"name": "نام"}}},
                tag("y"),
            ],
            edges=[edge("fork", "v", "a"), edge("fork", "y", "b")],
            triggers=[{"id": "came", "event_type": "MESSAGE_RECEIVED"}],
        )
        execution = begin(engine)
        failed = begin(engine, None, text="x")
        WorkflowExecution.objects.filter(id=failed.id).update(
            state="exited", exit_reason="goal", converted_at="2026-01-01T00:00:00Z", error="خراب", node="y"
        )

        def count(query: str) -> int:
            answer = client.get(f"{URL}?{query}")
            assert answer.status_code == 200, answer.json()
            found: int = answer.json()["count"]
            return found

        assert count("") == 2
        assert count("children=1") == 6
        assert count("children=false") == 2
        assert count(f"parent={execution.id}") == 2
        assert count("exit_reason=goal") == 1
        assert (count("converted=true"), count("converted=false")) == (1, 1)
        assert count("node=y") == 1
        assert (count("trigger=came"), count("trigger=gone")) == (2, 0)
        assert (count("has_error=true"), count("has_error=false")) == (1, 1)
        assert count("ended_after=2020-01-01T00:00:00Z") == 2
        assert count("ended_before=2020-01-01T00:00:00Z") == 0
        assert (count("version=1"), count("version=2")) == (2, 0)
        assert (count("search=خراب"), count("ordering=-converted_at")) == (1, 2)
        child = client.get(f"{URL}?parent={execution.id}").json()["results"][0]
        assert (child["parent"], child["branch"][:5]) == (str(execution.id), "fork:")
        shown = client.get(f"{URL}{execution.id}/").json()
        assert (shown["vars"], shown["trigger"], shown["exit_reason"]) == ({"name": "نام"}, "came", "")
        assert shown["steps"][0]["port"] == "next"
        assert client.get(f"{URL}{child['id']}/").json()["parent"] == str(execution.id)


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

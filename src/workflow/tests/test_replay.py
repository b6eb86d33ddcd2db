"""The way that an execution took, and the lists and details of executions."""

from __future__ import annotations

import pytest

from workflow.models import WorkflowExecution
from workflow.services.replaying import replay
from workflow.tests.test_nodes import edge, line, tag
from workflow.tests.test_retrying import WAIT, begin, needs, note, root

URL = "/api/v1/workflow/workflow-executions/"


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

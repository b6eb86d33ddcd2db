"""Retry policy as a table: how often, how long in between, what is final; wherever the step stands, and where it goes then."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from events.queue.models import Item
from tenants.scope import public_scope
from workflow.models import ActionExecution, WorkflowExecution
from workflow.tests.test_nodes import edge

STEADY = {"attempts": 3, "backoff_s": 10, "multiplier": 3, "jitter": 0}


def answering(httpserver: HTTPServer, *answers: tuple[int, dict[str, str]]) -> None:
    """These answers in turn, the last one again and again."""
    left = list(answers)

    def answer(request: Any) -> Response:
        status, headers = left.pop(0) if len(left) > 1 else left[0]
        return Response("", status=status, headers=headers)

    httpserver.expect_request("/hook").respond_with_handler(answer)


def call(httpserver: HTTPServer, retry: dict[str, Any]) -> dict[str, Any]:
    return {"id": "call", "action": "webhook", "config": {"url": httpserver.url_for("/hook")}, "retry": retry}


def waits(engine, most: int = 12) -> list[float]:
    """Seconds of each wait till nothing is left to be done."""
    found: list[float] = []
    for _ in range(most):
        engine.work()
        with public_scope():
            if not Item.objects.filter(kind="workflow.step").exists():
                return found
            Item.objects.exclude(kind="workflow.step").delete()  # the look at the workflow's health
        found.append(engine.next_run_in())
        engine.let_time_pass()
    raise AssertionError("it is tried for ever")


class TestSchedule:
    # policy, answers, bounds of the waits, calls, how the step ends
    TABLE = [
        ({**STEADY, "attempts": 1}, [(503, {})], [], 1, "failed"),
        (STEADY, [(503, {})], [(10, 10), (30, 30)], 3, "failed"),
        (STEADY, [(503, {}), (200, {})], [(10, 10)], 2, "completed"),
        ({**STEADY, "max_backoff_s": 20}, [(503, {})], [(10, 10), (20, 20)], 3, "failed"),
        ({**STEADY, "multiplier": 1}, [(503, {})], [(10, 10), (10, 10)], 3, "failed"),
        ({**STEADY, "backoff_s": 0}, [(503, {})], [(0, 0), (0, 0)], 3, "failed"),
        ({**STEADY, "jitter": 0.5, "backoff_s": 100}, [(503, {})], [(50, 150), (150, 450)], 3, "failed"),
        ({**STEADY, "jitter": 1, "max_backoff_s": 60}, [(503, {})], [(0, 20), (0, 60)], 3, "failed"),
        (STEADY, [(429, {"Retry-After": "120"}), (503, {})], [(120, 120), (30, 30)], 3, "failed"),
        (
            {**STEADY, "max_backoff_s": 20},
            [(503, {"Retry-After": "120"}), (200, {})],
            [(120, 120)],
            2,
            "completed",
        ),
        (STEADY, [(503, {"Retry-After": "99999999"}), (200, {})], [(3_600, 3_600)], 2, "completed"),
        (STEADY, [(503, {"Retry-After": "0"}), (200, {})], [(0, 0)], 2, "completed"),
        (
            STEADY,
            [(503, {"Retry-After": "غداً".encode().decode("latin-1")}), (200, {})],
            [(10, 10)],
            2,
            "completed",
        ),
        ({**STEADY, "attempts": 1}, [(429, {"Retry-After": "5"})], [], 1, "failed"),
        ({**STEADY, "non_retryable": ["WebhookBusyError"]}, [(503, {})], [], 1, "failed"),
        ({**STEADY, "non_retryable": ["OtherError"]}, [(503, {}), (200, {})], [(10, 10)], 2, "completed"),
        (STEADY, [(400, {})], [], 1, "failed"),
        (STEADY, [(503, {}), (404, {})], [(10, 10)], 2, "failed"),
        ({**STEADY, "attempts": 5}, [(503, {}), (408, {}), (200, {})], [(10, 10), (30, 30)], 3, "completed"),
    ]

    @pytest.mark.parametrize(("retry", "answers", "bounds", "calls", "state"), TABLE)
    def test_table(self, engine, httpserver, retry, answers, bounds, calls, state):
        answering(httpserver, *answers)
        engine.workflow(call(httpserver, retry))
        engine.happen(engine.contact())

        waited = waits(engine)

        assert len(waited) == len(bounds)
        for seconds, (least, most) in zip(waited, bounds, strict=True):
            assert least - 5 <= seconds <= most + 0.5
        assert len(httpserver.log) == calls
        step = ActionExecution.objects.get()
        assert (step.state, step.attempts) == (state, calls)
        assert WorkflowExecution.objects.get().state == state
        keys = {request.headers["Idempotency-Key"] for request, _ in httpserver.log}
        assert len(keys) == 1, "the same effect key at each try"


def standing(engine, place: str, httpserver: HTTPServer, *, caught: bool) -> None:
    """A call that fails twice and then for good, at the top, in a branch, in a turn, or in a called workflow; ``caught``:
    by its own error port."""
    nodes = [call(httpserver, {**STEADY, "attempts": 2})]
    edges: list[dict[str, Any]] = []
    if caught:
        nodes.append({"id": "sorry", "action": "add_note", "config": {"text": "{{ steps.call.error }}"}})
        edges.append(edge("call", "sorry", "error"))
    after = {"id": "after", "action": "add_note", "config": {"text": "after"}}
    if place == "branch":
        nodes += [
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {"id": "b", "action": "add_note", "config": {"text": "b"}},
            {"id": "meet", "type": "join"},
            after,
        ]
        edges += [edge("fork", "call", "a"), edge("fork", "b", "b"), edge("b", "meet"), edge("meet", "after")]
        edges += [edge("sorry", "meet")] if caught else []
        engine.workflow(nodes=nodes, edges=edges, start="fork")
    elif place == "turn":
        nodes += [{"id": "each", "type": "loop", "config": {"items": "event.data.items"}}, after]
        edges += [edge("each", "call", "each"), edge("each", "after")]
        engine.workflow(nodes=nodes, edges=edges, start="each")
    elif place == "called":
        inner = engine.workflow(nodes=nodes, edges=edges, triggers=[{"type": "called"}], name="called")
        sub = {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(inner.id)}}
        engine.workflow(nodes=[sub, after], edges=[edge("sub", "after")])
    else:
        engine.workflow(nodes=nodes, edges=edges)


class TestPlaces:
    @pytest.mark.parametrize("place", ["top", "branch", "turn", "called"])
    @pytest.mark.parametrize("caught", [True, False])
    def test_it_is_tried_and_given_up_alike_wherever_it_stands(self, engine, httpserver, place, caught):
        answering(httpserver, (503, {}))
        standing(engine, place, httpserver, caught=caught)
        engine.happen(engine.contact(), items=["كتاب"])

        assert waits(engine) == [pytest.approx(10, abs=5)]

        assert len(httpserver.log) == 2
        step = ActionExecution.objects.get(node="call")
        assert (step.state, step.attempts, step.port) == ("failed", 2, "error")
        state = "completed" if caught else "failed"
        assert WorkflowExecution.objects.get(parent__isnull=True).state == state
        assert WorkflowExecution.objects.get(steps=step).state == state
        notes = engine.notes()
        assert any("503" in note for note in notes) is caught
        assert ("after" in notes) is (caught and place != "top")

    @pytest.mark.parametrize("place", ["branch", "turn", "called"])
    def test_what_is_tried_again_in_a_part_leaves_with_the_whole(self, engine, httpserver, place):
        answering(httpserver, (503, {}))
        standing(engine, place, httpserver, caught=True)
        engine.happen(engine.contact(), items=["كتاب"])
        engine.work()
        assert ActionExecution.objects.get(node="call").state == "retrying"
        from workflow.services.cancelling import cancel_execution

        cancel_execution(WorkflowExecution.objects.get(parent__isnull=True).id, by="t")
        engine.let_time_pass()
        engine.work()

        assert len(httpserver.log) == 1
        assert ActionExecution.objects.get(node="call").state == "cancelled"
        assert not WorkflowExecution.objects.filter(state__in=["running", "waiting"]).exists()

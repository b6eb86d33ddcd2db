"""Who is left by a migration and why; orders that make no sense; previews, jobs, and timers that ring meanwhile."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from events.queue.drain import Drain
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.engine.active import active_plans
from workflow.models import ActionExecution, Job, Version, Workflow, WorkflowExecution
from workflow.services.choosing import NoSuchVersionError
from workflow.services.drafts import change_workflow
from workflow.services.intake import IncomingEvent, take_event
from workflow.services.migrating import MappingError, Migration, NothingToMigrateError, Order
from workflow.services.publishing import activate, publish_draft
from workflow.tests.test_migrating import ON, WAIT, arrive, for_event, migrate, publish
from workflow.tests.test_nodes import edge, line, tag


def migrate_only(workflow: Workflow) -> list[tuple]:
    """The preview alone."""
    rows = Migration(workflow, Order()).preview().rows
    return [(row.node, row.to, row.outcome, row.reason, row.executions) for row in rows]


class TestWhoStays:
    @pytest.mark.parametrize(
        ("missing", "outcome", "state", "reason"),
        [
            ("leave", "left", "waiting", ""),
            ("exit", "exited", "exited", "migrated"),
            ("fail", "failed", "failed", "migrated"),
        ],
    )
    def test_whose_node_is_gone(self, engine, missing, outcome, state, reason):
        workflow = engine.workflow(nodes=[WAIT])
        execution = arrive(engine)
        publish(workflow, tag("a"))

        assert migrate(workflow, missing=missing) == [("rest", "", outcome, "gone", 1)]

        execution.refresh_from_db()
        assert (execution.state, execution.exit_reason, execution.version.number) == (state, reason, 1)
        assert ("there is no such node in version 2" in execution.error) is (missing == "fail")

    def test_who_is_in_the_middle_of_something(self, engine, httpserver):
        httpserver.expect_request("/hook").respond_with_data("", status=503)
        call = {"action": "webhook", "config": {"url": httpserver.url_for("/hook")}}
        fork = {"type": "parallel", "config": {"branches": ["x", "y"]}}
        loop = {"type": "loop", "config": {"items": "event.data.items"}}
        nodes = [
            {
                "id": "which",
                "type": "switch",
                "config": {
                    "cases": [
                        {"port": name, "predicate": line("event.data.text", name)}
                        for name in ("retrying", "calling", "forking", "looping")
                    ]
                },
            },
            {"id": "retrying", **call},
            {"id": "calling", **call},
            {"id": "forking", **fork},
            {"id": "looping", **loop},
            {**WAIT, "id": "in_x"},
            {**WAIT, "id": "in_y"},
            {**WAIT, "id": "in_loop"},
        ]
        edges = [
            *(edge("which", name, name) for name in ("retrying", "calling", "forking", "looping")),
            edge("forking", "in_x", "x"),
            edge("forking", "in_y", "y"),
            edge("looping", "in_loop", "each"),
        ]
        workflow = engine.workflow(nodes=nodes, edges=edges)
        for text in ("retrying", "forking", "looping"):
            engine.happen(engine.contact(), text=text, items=["یک", "دو"])
            engine.work()
        engine.happen(engine.contact(), text="calling")
        engine.drain()
        publish(workflow, *nodes, edges=edges, policy={"exits": {"signals": ["reply"]}})

        assert migrate(workflow) == [
            ("calling", "", "left", "calling", 1),
            ("forking", "", "left", "parallel", 1),
            ("looping", "", "left", "loop", 1),
            ("retrying", "", "left", "retrying", 1),
        ]
        assert not WorkflowExecution.objects.exclude(version__number=1).exists()

    def test_whom_another_workflow_called(self, engine):
        called = engine.workflow(nodes=[WAIT], name="خوانده", triggers=[{"type": "called"}])
        engine.workflow(
            nodes=[{"id": "call", "type": "sub_workflow", "config": {"workflow": str(called.id)}}],
            name="خواننده",
        )
        engine.happen(engine.contact())
        engine.work()
        publish(called, WAIT, triggers=[{"type": "called"}])

        assert migrate(called) == [("rest", "", "left", "called", 1)]

    def test_whose_node_waits_for_something_else_or_stands_in_a_branch(self, engine):
        workflow = engine.workflow(
            nodes=[tag("a"), WAIT, for_event(node_id="hear")],
            edges=[edge("a", "rest"), edge("rest", "hear")],
        )
        arrive(engine)
        late = arrive(engine)
        ActionExecution.objects.filter(execution=late, node="rest").update(state="completed")
        publish(
            workflow,
            {"id": "fork", "type": "parallel", "config": {"branches": ["x", "y"]}},
            WAIT,
            {**WAIT, "id": "hear"},
            edges=[edge("fork", "rest", "x"), edge("fork", "hear", "y")],
        )

        assert [row[:4] for row in migrate_only(workflow)] == [("rest", "", "left", "inside")]
        publish(workflow, for_event())
        assert [row[:4] for row in migrate_only(workflow)] == [("rest", "", "left", "other_wait")]

    def test_who_has_moved_on_meanwhile(self, engine):
        workflow = engine.workflow(nodes=[WAIT])
        first, second = arrive(engine), arrive(engine)
        publish(workflow, WAIT)
        migration = Migration(workflow, Order())
        ids = migration.candidates(limit=10)
        assert ids == [first.id, second.id]
        engine.let_time_pass()
        engine.work()

        with transaction.atomic():
            rows = migration.move(ids).rows

        assert [(row.outcome, row.reason, row.executions) for row in rows] == [("left", "moved_on", 2)]

    def test_only_those_of_the_named_version(self, engine):
        workflow = engine.workflow(nodes=[WAIT])
        first = arrive(engine)
        publish(workflow, WAIT)
        second = arrive(engine)
        publish(workflow, WAIT)

        migrate(workflow, source="1", target="3")

        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.version.number, second.version.number) == (3, 2)

    def test_back_to_an_old_version_that_was_drained(self, engine):
        workflow = engine.workflow(nodes=[for_event("TAG_REMOVED"), tag("b")], edges=[edge("rest", "b")])
        publish(workflow, for_event("TAG_ADDED"))
        Version.objects.filter(number=1).update(is_drained=True)
        amina = engine.contact()
        engine.tag(amina, "x")
        execution = arrive(engine, amina)

        migrate(workflow, target="1")
        engine.untag(amina, "x")
        engine.work()

        assert "TAG_REMOVED" in active_plans().waits
        execution.refresh_from_db()
        assert (execution.state, execution.version.number) == ("completed", 1)


class TestOrders:
    @pytest.mark.parametrize(
        ("mapping", "words"),
        [
            ({"nowhere": "rest"}, "no node 'nowhere'"),
            ({"rest": "nowhere"}, "no node 'nowhere' in version 2"),
            ({"rest": "b"}, "waits for something else"),
            ({"rest": "hear"}, "waits for something else"),
            ({"rest": "inside"}, "inside a branch"),
        ],
    )
    def test_a_mapping_that_cannot_be_meant(self, engine, mapping, words):
        workflow = engine.workflow(nodes=[WAIT])
        publish(
            workflow,
            WAIT,
            tag("b"),
            for_event(node_id="hear"),
            {"id": "loop", "type": "loop", "config": {"items": "event.data.items"}},
            {**WAIT, "id": "inside"},
            edges=[
                edge("rest", "b"),
                edge("b", "hear"),
                edge("hear", "loop"),
                edge("loop", "inside", "each"),
            ],
        )

        with pytest.raises(MappingError, match=words):
            Migration(workflow, Order(mapping=mapping)).check()

    @pytest.mark.parametrize(
        ("order", "error"),
        [
            ({"source": "1", "target": "1"}, NothingToMigrateError),
            ({"target": "draft"}, NothingToMigrateError),
            ({"source": "9"}, NoSuchVersionError),
            ({"target": "9"}, NoSuchVersionError),
        ],
    )
    def test_an_order_that_makes_no_sense(self, engine, order, error):
        workflow = engine.workflow(nodes=[WAIT])

        with pytest.raises(error):
            Migration(workflow, Order(**order))


class TestApi:
    @pytest.fixture
    def client(self, api, demo_key):
        """A program of demo that may write workflows."""
        return api("demo.localhost", key=demo_key("workflow:write"))

    def test_preview_then_do(self, engine, client):
        workflow = engine.workflow(nodes=[WAIT], name="کوچ")
        execution = arrive(engine)
        publish(workflow, WAIT)
        address = f"/api/v1/workflow/workflows/{workflow.id}/migrate/"

        counted = client.post(f"{address}?preview=1", {"from": 1, "to": "active"}).json()

        assert (counted["moved"], counted["left"]) == (1, 0)
        execution.refresh_from_db()
        assert execution.version.number == 1
        done = client.post(address, {}).json()
        assert done == counted
        execution.refresh_from_db()
        assert execution.version.number == 2
        assert Version.objects.get(number=1).is_drained

    def test_refusals(self, engine, client):
        workflow = engine.workflow(nodes=[WAIT])
        publish(workflow, WAIT)
        address = f"/api/v1/workflow/workflows/{workflow.id}/migrate/"

        wrong = client.post(address, {"mapping": {"rest": "gone"}})
        assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (400, ["mapping.rest"])
        assert client.post(address, {"missing": "forget"}).status_code == 400
        assert client.post(address, {"to": "7"}).status_code == 400
        assert client.post(address, {"from": "2", "to": "2"}).status_code == 400

    def test_many_are_moved_by_a_job(self, engine, client, monkeypatch):
        monkeypatch.setattr("workflow.api.migrating.MOST_AT_ONCE", 2)
        monkeypatch.setattr("workflow.jobs.migrate.Migrate.size", 2)
        workflow = engine.workflow(nodes=[WAIT])
        for _ in range(5):
            arrive(engine)
        publish(workflow, WAIT)

        answer = client.post(f"/api/v1/workflow/workflows/{workflow.id}/migrate/", {"from": "all"})

        assert (answer.status_code, answer.json()["total"]) == (202, 5)
        publish(workflow, WAIT)  # the job goes where it was sent, whatever is active by now
        engine.work()
        job = Job.objects.get()
        assert (job.state, job.done, job.result["moved"], job.result["left"]) == ("done", 5, 5, 0)
        assert job.result["rows"][0]["executions"] == 5
        assert set(WorkflowExecution.objects.values_list("version__number", flat=True)) == {2}


# -- at the same time --------------------------------------------------------------------------------------------------


def _both(demo, *works) -> list:
    """What each of ``works`` gave, begun together inside demo."""
    ready, results = threading.Barrier(len(works), timeout=10), []

    def run(work) -> None:
        try:
            ready.wait()
            with tenant_scope(demo):
                results.append(work())
        except Exception as exc:
            results.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.parametrize("retime", [False, True])
def test_a_timer_that_rings_while_its_execution_is_moved(committed_db, retime):
    """Whoever comes first: the execution goes on once, wholly in the old version or wholly in the new one."""
    demo = tenant_by_slug("demo")

    def draft(text: str, seconds: float) -> dict:
        wait = {"id": "rest", "type": "wait", "config": {"seconds": seconds}}
        note = {"id": "note", "action": "add_note", "config": {"text": text}}
        return {"triggers": ON, "actions": [wait, note]}

    with tenant_scope(demo), transaction.atomic():
        workflow = Workflow.objects.create(name="کوچ", draft=draft("کهنه", 0.3))
        publish_draft(workflow, by="t")
        activate(workflow)
    with tenant_scope(demo):
        for number in range(20):
            take_event(IncomingEvent(type="MESSAGE_RECEIVED", user_id=f"customer{number}"))
        while WorkflowExecution.objects.filter(state="waiting").count() < 20:
            Drain().run_once()
        with transaction.atomic():
            change_workflow(workflow.id, {"draft": draft("تازه", 0.4)})
            workflow.refresh_from_db()
            publish_draft(workflow, by="t")

    def move() -> int:
        migration = Migration(workflow, Order(retime=retime))
        moved = 0
        for execution_id in migration.candidates(limit=100):
            with transaction.atomic():
                moved += migration.move([execution_id]).total("moved")
        return moved

    def ring() -> int:
        worker, count = Drain(), 0
        while WorkflowExecution.objects.filter(state="waiting").exists():
            count += worker.run_once() or 0
        return count

    outcomes = _both(demo, move, ring, ring)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    with tenant_scope(demo):
        for execution in WorkflowExecution.objects.select_related("version"):
            assert execution.state == "completed"
            text = {1: "کهنه", 2: "تازه"}[execution.version.number]
            notes = execution.steps.filter(node="note")
            assert [step.input["text"] for step in notes] == [text]
            assert execution.steps.filter(node="rest", state="completed").count() == 1

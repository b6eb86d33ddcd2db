"""Waiting executions moved to another version: who goes, who stays and why; and timers that ring meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from events.queue.models import Item
from tenants.scope import public_scope
from workflow.models import ActionExecution, EventWait, Workflow, WorkflowExecution
from workflow.services.drafts import change_workflow
from workflow.services.migrating import Migration, Order
from workflow.services.publishing import publish_draft
from workflow.services.retrying import retry_execution
from workflow.tests.conftest import states
from workflow.tests.test_nodes import edge, line, tag

ON = [{"event_type": "MESSAGE_RECEIVED"}]
WAIT = {"id": "rest", "type": "wait", "config": {"hours": 1}}


def for_event(code: str = "TAG_ADDED", node_id: str = "rest", **config) -> dict:
    return {
        "id": node_id,
        "type": "wait",
        "config": {"event": {"event_type": code, "timeout": {"days": 1}}, **config},
    }


def publish(workflow: Workflow, *nodes: dict, edges=(), **parts) -> None:
    draft = {"triggers": ON, "nodes": list(nodes), "edges": list(edges), **parts}
    change_workflow(workflow.id, {"draft": draft})
    workflow.refresh_from_db()
    publish_draft(workflow, by="t")


def migrate(workflow: Workflow, **order) -> list[tuple]:
    """Check, preview, move everything; ``(node, to, outcome, reason, executions)`` of each row."""
    migration = Migration(workflow, Order(**order))
    migration.check()
    preview = migration.preview().as_json()
    with transaction.atomic():
        tally = migration.move(migration.candidates(limit=1_000))
    tally.merge(migration.called())
    assert tally.as_json() == preview
    return [(row.node, row.to, row.outcome, row.reason, row.executions) for row in tally.rows]


def arrive(engine, contact=None) -> WorkflowExecution:
    event = engine.happen(contact or engine.contact())
    engine.work()
    return WorkflowExecution.objects.get(event_id=event.id, parent__isnull=True)


def timers() -> list[tuple[str, datetime]]:
    with public_scope():
        return list(Item.objects.filter(kind="workflow.step").order_by("id").values_list("ref", "run_at"))


class TestTime:
    def test_it_keeps_its_timer_and_goes_on_in_the_new_version(self, engine):
        workflow = engine.workflow(
            nodes=[tag("a", "کهنه"), WAIT, tag("b", "کهنه۲")], edges=[edge("a", "rest"), edge("rest", "b")]
        )
        amina = engine.contact()
        execution = arrive(engine, amina)
        publish(workflow, tag("a"), WAIT, tag("b", "تازه"), edges=[edge("a", "rest"), edge("rest", "b")])
        before = timers()

        assert migrate(workflow) == [("rest", "rest", "moved", "", 1)]

        assert timers() == before
        execution.refresh_from_db()
        assert execution.version.number == 2
        engine.let_time_pass()
        engine.work()
        execution.refresh_from_db()
        assert (execution.state, engine.user(amina)["tags"]) == ("completed", ["کهنه", "تازه"])
        assert states(execution) == [("a", "completed"), ("rest", "completed"), ("b", "completed")]

    def test_a_node_by_another_name(self, engine):
        workflow = engine.workflow(
            nodes=[tag("a"), WAIT, tag("b")], edges=[edge("a", "rest"), edge("rest", "b")]
        )
        execution = arrive(engine)
        note = {
            "id": "n",
            "action": "add_note",
            "config": {"text": "{{ steps.first.tag }} {{ steps.pause.outcome }}"},
        }
        publish(
            workflow,
            tag("first"),
            {**WAIT, "id": "pause"},
            note,
            edges=[edge("first", "pause"), edge("pause", "n")],
        )

        rows = migrate(workflow, mapping={"rest": "pause", "a": "first"})

        assert rows == [("rest", "pause", "moved", "", 1)]
        execution.refresh_from_db()
        assert (execution.node, ActionExecution.objects.get(state="waiting").node) == ("pause", "pause")
        assert set(execution.outputs) == {"first"}
        engine.let_time_pass()
        engine.work()
        assert engine.notes() == ["a time"]

    def test_outputs_follow_the_mapping(self, engine):
        workflow = engine.workflow(nodes=[WAIT, {**WAIT, "id": "again"}], edges=[edge("rest", "again")])
        execution = arrive(engine)
        engine.let_time_pass()
        engine.work()
        publish(
            workflow,
            {**WAIT, "id": "one"},
            {**WAIT, "id": "two"},
            edges=[edge("one", "two")],
        )

        migrate(workflow, mapping={"rest": "one", "again": "two"})

        execution.refresh_from_db()
        assert (execution.node, list(execution.outputs)) == ("two", ["one"])

    @pytest.mark.parametrize(("hours", "left"), [(5, timedelta(hours=3)), (1, timedelta(hours=-1))])
    def test_retimed_it_lasts_as_the_new_node_says_from_when_it_began(self, engine, hours, left):
        workflow = engine.workflow(
            nodes=[{**WAIT, "config": {"hours": 3}}, tag("b")], edges=[edge("rest", "b")]
        )
        execution = arrive(engine)
        ActionExecution.objects.update(started_at=datetime.now(UTC) - timedelta(hours=2))
        publish(workflow, {**WAIT, "config": {"hours": hours}}, tag("b"), edges=[edge("rest", "b")])
        ((old, _),) = timers()

        assert migrate(workflow, retime=True) == [("rest", "rest", "moved", "", 1)]

        ((ref, run_at),) = timers()
        assert ref != old
        assert run_at - datetime.now(UTC) == pytest.approx(left, abs=timedelta(minutes=1))
        assert states(execution) == [("rest", "cancelled"), ("rest", "waiting")]
        engine.work()
        execution.refresh_from_db()
        assert execution.state == ("completed" if left < timedelta() else "waiting")

    def test_a_wait_that_cannot_be_worked_out_is_left_as_it_is(self, engine):
        workflow = engine.workflow(nodes=[WAIT])
        execution = arrive(engine)
        publish(workflow, {**WAIT, "config": {"date": {"field": "user.custom.appointment"}}})
        before = timers()
        migration = Migration(workflow, Order(retime=True))

        with transaction.atomic():
            rows = migration.move(migration.candidates(limit=10)).rows

        assert [(row.outcome, row.reason) for row in rows] == [("left", "undecided")]
        execution.refresh_from_db()
        assert (execution.version.number, execution.node, timers()) == (1, "rest", before)


class TestEvents:
    def test_it_waits_for_what_the_new_node_says(self, engine):
        workflow = engine.workflow(nodes=[for_event(), tag("b")], edges=[edge("rest", "b")])
        amina = engine.contact()
        execution = arrive(engine, amina)
        publish(workflow, for_event("TAG_REMOVED"), tag("b"), edges=[edge("rest", "b")])

        assert migrate(workflow) == [("rest", "rest", "moved", "", 1)]
        engine.work()

        assert EventWait.objects.get().event_type == "TAG_REMOVED"
        engine.tag(amina, "مهم")
        engine.work()
        execution.refresh_from_db()
        assert execution.state == "waiting"
        engine.untag(amina, "مهم")
        engine.work()
        execution.refresh_from_db()
        assert execution.state == "completed"

    def test_what_came_since_it_began_to_wait_counts(self, engine):
        workflow = engine.workflow(nodes=[for_event(), tag("b")], edges=[edge("rest", "b")])
        amina = engine.contact()
        execution = arrive(engine, amina)
        engine.change(amina, name="نامی دیگر")
        engine.work()
        publish(workflow, for_event("USER_UPDATED"), tag("b"), edges=[edge("rest", "b")])

        migrate(workflow)
        engine.work()

        execution.refresh_from_db()
        assert execution.state == "completed"

    def test_a_narrower_predicate_is_the_one_that_counts(self, engine):
        workflow = engine.workflow(nodes=[for_event()])
        amina = engine.contact()
        execution = arrive(engine, amina)
        publish(workflow, for_event(matching=line("event.data.tag", "vip")))
        migrate(workflow)

        engine.tag(amina, "x")
        engine.work()
        execution.refresh_from_db()
        assert execution.state == "waiting"

    def test_one_that_says_the_same_is_not_looked_at_again(self, engine):
        workflow = engine.workflow(nodes=[for_event(), tag("b")], edges=[edge("rest", "b")])
        arrive(engine)
        publish(workflow, for_event(), tag("c"), edges=[edge("rest", "c")])

        migrate(workflow)

        with public_scope():
            assert not Item.objects.filter(kind="workflow.look_back").exists()

    def test_its_timeout_is_retimed_too_and_the_event_still_wakes_it(self, engine):
        workflow = engine.workflow(nodes=[for_event(), tag("b")], edges=[edge("rest", "b")])
        amina = engine.contact()
        execution = arrive(engine, amina)
        node = for_event()
        node["config"]["event"]["timeout"] = {"days": 9}
        publish(workflow, node, tag("b"), edges=[edge("rest", "b")])

        migrate(workflow, retime=True)

        ((_, run_at),) = timers()
        assert run_at > datetime.now(UTC) + timedelta(days=8)
        engine.tag(amina, "x")
        engine.work()
        execution.refresh_from_db()
        assert execution.state == "completed"
        assert not timers()


def test_moved_and_retried_later_it_fails_in_the_version_that_it_is_on(engine):
    workflow = engine.workflow(nodes=[WAIT, tag("b")], edges=[edge("rest", "b")])
    execution = arrive(engine)
    publish(workflow, WAIT, tag("b", "{{ event.data.nothing }}"), edges=[edge("rest", "b")])
    migrate(workflow)
    engine.let_time_pass()
    engine.work()

    assert retry_execution(execution.id).state == "failed"
    execution.refresh_from_db()
    assert (execution.version.number, execution.node) == (2, "b")

"""One batch: events, timers and signals that are handled together come out as if each had come alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from workflow.models import ActionExecution, WorkflowExecution
from workflow.tests.test_branches import parallel, root
from workflow.tests.test_nodes import edge, line
from workflow.tests.test_parts import PAID, REST, begin, later, noting

UNDER_WAY = ["running", "waiting"]


class TestOrder:
    @pytest.mark.parametrize("together", [True, False])
    def test_what_comes_after_the_start_ends_it_however_late_it_was_begun(self, engine, together):
        engine.workflow(REST, policy={"exits": {"goal": PAID}})
        amina = engine.contact()
        engine.work()
        engine.happen(amina)
        if not together:
            engine._drain._claimer._depth = 1
        engine.tag(amina, "paid")
        engine.work()
        execution = root()
        assert (execution.state, execution.exit_reason) == ("exited", "goal")
        assert execution.converted_at is not None

    def test_who_leaves_in_the_batch_may_enter_again_in_it(self, engine):
        engine.workflow(REST, policy={"exits": {"events": [PAID]}, "reentry": {"when_inside": "skip"}})
        amina = engine.contact()
        engine.work()
        engine.happen(amina)
        engine.tag(amina, "paid")
        engine.happen(amina)
        engine.work()
        assert list(WorkflowExecution.objects.order_by("id").values_list("state", flat=True)) == [
            "exited",
            "waiting",
        ]

    @pytest.mark.parametrize("together", [True, False])
    def test_what_is_waited_for_may_come_before_the_wait_was_begun(self, engine, together):
        engine.workflow(
            {"id": "w", "type": "wait", "config": {"event": {"event_type": "TAG_ADDED", "timeout": "2h"}}}
        )
        amina = engine.contact()
        engine.work()
        engine.happen(amina)
        if not together:
            engine._drain._claimer._depth = 1
        engine.tag(amina, "طلب")
        engine.work()
        assert root().state == "completed"

    def test_what_came_before_the_start_is_not_waited_for(self, engine):
        engine.workflow(
            {"id": "w", "type": "wait", "config": {"event": {"event_type": "TAG_ADDED", "timeout": "2h"}}}
        )
        amina = engine.contact("طلب")
        begin(engine, amina)
        assert root().state == "waiting"

    def test_events_of_nobody_are_started_together(self, engine):
        engine.workflow({"id": "w", **REST}, policy={"reentry": {"when_inside": "skip"}}, on="NOTE_ADDED")
        for _ in range(20):
            engine.happen(None, "NOTE_ADDED")

        with CaptureQueriesContext(connection) as queries:
            engine._drain.run_once()

        assert WorkflowExecution.objects.count() == 20
        assert len(queries) < 60, "not one round after the other"


class TestEnding:
    @pytest.mark.parametrize("first", ["outer", "inner"])
    def test_a_branch_that_is_not_needed_any_more_does_not_go_on_by_its_own_children(self, engine, first):
        """The outer join has enough at the same instant as the inner one: its branch is cancelled, and stays so."""
        order = ("b", "a") if first == "outer" else ("a", "b")
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": list(order)}},
                {"id": "b", **REST},
                {"id": "inner", "type": "parallel", "config": {"branches": ["p", "q"]}},
                {"id": "p", **REST},
                {"id": "q", **REST},
                {"id": "j2", "type": "join"},
                {"id": "long", **REST},
                noting("late", "late"),
                {"id": "j1", "type": "join", "config": {"mode": "any"}},
                noting("after", "after"),
            ],
            edges=[
                edge("fork", "inner", "a"),
                edge("fork", "b", "b"),
                edge("b", "j1"),
                edge("inner", "p", "p"),
                edge("inner", "q", "q"),
                edge("p", "j2"),
                edge("q", "j2"),
                edge("j2", "long"),
                edge("long", "late"),
                edge("late", "j1"),
                edge("j1", "after"),
            ],
        )
        begin(engine)
        later(engine, 3)

        assert (root().state, engine.notes()) == ("completed", ["after"])
        assert WorkflowExecution.objects.get(branch="fork:a").state == "cancelled"
        assert not WorkflowExecution.objects.filter(state__in=UNDER_WAY).exists()
        assert not ActionExecution.objects.filter(state__in=[*UNDER_WAY, "retrying"]).exists()

    def test_who_is_removed_by_another_of_the_same_batch_stays_removed(self, engine):
        victim = engine.workflow(
            {"id": "w", **REST}, {"id": "w2", **REST}, noting("n", "late"), name="victim"
        )
        engine.workflow(
            {"id": "w", **REST},
            {"action": "remove_from_workflow", "config": {"workflow": str(victim.id)}},
            name="remover",
        )
        amina = engine.contact()
        engine.happen(amina)
        engine.work()
        later(engine, 3)

        execution = WorkflowExecution.objects.get(workflow=victim)
        assert (execution.state, execution.exit_reason) == ("exited", "removed")
        assert engine.notes() == []
        assert not ActionExecution.objects.filter(state__in=UNDER_WAY).exists()

    @pytest.mark.parametrize("by", ["timer", "event"])
    def test_a_branch_that_may_stay_leaves_with_the_whole_when_another_may_not(self, engine, by):
        """``unless`` reads what the branches found out: one of them says that it does not hold."""
        wait = (
            REST
            if by == "timer"
            else {"type": "wait", "config": {"event": {"event_type": "TAG_ADDED", "timeout": "9h"}}}
        )
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "x", "type": "set_variables", "config": {"values": {"bad": "yes"}}},
                {"id": "wa", **wait},
                {"id": "wb", **wait},
                {"id": "ra", **REST},
                {"id": "rb", **REST},
            ],
            edges=[
                edge("fork", "x", "a"),
                edge("x", "wa"),
                edge("fork", "wb", "b"),
                edge("wa", "ra"),
                edge("wb", "rb"),
            ],
            policy={"exits": {"unless": {"not": line("vars.bad", "yes")}}},
        )
        amina = engine.contact()
        begin(engine, amina)
        if by == "timer":
            engine.let_time_pass()
        else:
            engine.tag(amina, "x")
        engine.work()

        assert set(WorkflowExecution.objects.values_list("state", "exit_reason")) == {
            ("exited", "no_longer_matches")
        }
        later(engine)
        assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"exited"}

"""Going on: cycles and long loops, workers whose clocks differ, and what happens when telling a parent fails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from events.queue.models import Item, ItemState
from tenants.scope import public_scope
from workflow.engine import runner, steps
from workflow.engine.plan import _plans
from workflow.models import Version, WorkflowExecution
from workflow.nodes.parallel import Parallel
from workflow.nodes.sub_workflow import SubWorkflow
from workflow.nodes.switch import Switch
from workflow.services.retrying import retry_execution
from workflow.tests.conftest import states
from workflow.tests.test_branches import parallel, root
from workflow.tests.test_nodes import edge, line, tag
from workflow.tests.test_parts import REST, begin, later, noting


class TestCycles:
    def test_an_event_is_taken_once_however_often_the_wait_looks_back(self, engine):
        engine.workflow(
            nodes=[
                {
                    "id": "w",
                    "type": "wait",
                    "config": {"event": {"event_type": "TAG_ADDED", "timeout": "2h", "look_back": "1h"}},
                },
                noting("n", "{{ steps.w.event.data.tag }}"),
            ],
            edges=[edge("w", "n"), edge("n", "w")],
        )
        amina = engine.contact("أول")
        engine.work()
        engine.happen(amina)
        for _ in range(30):
            engine._drain.run_once()
        assert engine.notes() == ["أول"]
        engine.tag(amina, "ثان")
        for _ in range(30):
            engine._drain.run_once()
        assert engine.notes() == ["أول", "ثان"]
        assert root().state == "waiting"

    def test_a_wait_for_what_is_past_on_a_cycle_comes_to_an_end(self, engine):
        engine.workflow(
            nodes=[{"id": "w", "type": "wait", "config": {"until": "2020-01-01"}}, tag("x")],
            edges=[edge("w", "x"), edge("x", "w")],
        )
        execution = begin(engine)
        assert execution.state == "failed"
        assert "over at once" in execution.error
        assert execution.steps.filter(node="x").count() == 100

    def test_variables_that_hold_one_another_are_bounded(self, engine):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                {"id": "grow", "type": "set_variables", "config": {"fields": {"a": "vars", "b": "vars"}}},
            ],
            edges=[edge("each", "grow", "each")],
        )
        execution = begin(engine, items=list(range(60)))
        assert execution.state == "failed"
        assert "The variables would" in execution.error


class _Clock(datetime):
    """A worker's clock that is behind."""

    behind = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) - cls.behind


class TestClocks:
    def test_turns_that_a_worker_with_a_late_clock_begins_are_heard_of(self, engine, monkeypatch):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                {"id": "w", **REST},
                noting("n", "{{ loop.item }}"),
            ],
            edges=[edge("each", "w", "each"), edge("w", "n")],
        )
        begin(engine, items=[1, 2, 3])
        monkeypatch.setattr(steps, "datetime", _Clock)
        for _ in range(3):
            _Clock.behind += timedelta(minutes=5)
            later(engine)

        assert (root().state, engine.notes()) == ("completed", ["1", "2", "3"])

    def test_branches_of_the_time_before_do_not_count_whatever_the_clocks_say(self, engine, monkeypatch):
        engine.workflow(
            nodes=[
                {"id": "w", **REST},
                parallel("a", "b"),
                {"id": "wa", **REST},
                tag("b"),
                {"id": "meet", "type": "join"},
                noting("n", "round"),
            ],
            edges=[
                edge("w", "fork"),
                edge("fork", "wa", "a"),
                edge("fork", "b", "b"),
                edge("wa", "meet"),
                edge("b", "meet"),
                edge("meet", "n"),
                edge("n", "w"),
            ],
        )
        begin(engine)
        later(engine, 2)
        assert engine.notes() == ["round"]
        monkeypatch.setattr(steps, "datetime", _Clock)
        _Clock.behind = timedelta(hours=1)
        later(engine)
        assert engine.notes() == ["round"], "the second round's branch still waits"
        later(engine)
        assert engine.notes() == ["round", "round"]


class TestTelling:
    @pytest.mark.parametrize("hours", [1, 400])
    def test_a_parent_that_cannot_be_told_fails_with_the_reason_and_can_be_retried(
        self, engine, monkeypatch, hours
    ):
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "wa", **REST},
                {"id": "wb", "type": "wait", "config": {"hours": hours}},
                {"id": "meet", "type": "join"},
                tag("after"),
            ],
            edges=[
                edge("fork", "wa", "a"),
                edge("fork", "wb", "b"),
                edge("wa", "meet"),
                edge("wb", "meet"),
                edge("meet", "after"),
            ],
        )
        amina = engine.contact()
        begin(engine, amina)
        told = Parallel.child_ended

        def broken(self: Parallel, run: Any, child: Any) -> None:
            raise ZeroDivisionError("bad news")

        # Only the short wait is over.

        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE public.queue_item SET run_at = now() WHERE run_at < now() + interval '2 hours'"
            )
            cursor.execute(
                "UPDATE public.queue_lane SET wake_at = now() WHERE wake_at < now() + interval '2 hours'"
            )
        monkeypatch.setattr(Parallel, "child_ended", broken)
        for _ in range(6):
            engine.work()
            with connection.cursor() as cursor:
                cursor.execute("UPDATE public.queue_item SET run_at = now() WHERE kind = 'workflow.child'")
                cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE key LIKE 'wake:%'")

        execution = root()
        assert execution.state == "failed"
        assert "bad news" in execution.error
        other = WorkflowExecution.objects.get(branch="fork:b")
        assert other.state == ("completed" if hours == 1 else "cancelled"), "nobody waits for it any more"
        with public_scope():
            assert Item.objects.filter(kind="workflow.child", state=ItemState.DEAD).exists()

        monkeypatch.setattr(Parallel, "child_ended", told)
        retry_execution(execution.id)
        later(engine, 2)
        assert (root().state, engine.user(amina)["tags"]) == ("completed", ["after"])

    def test_a_caller_whose_news_were_given_up_hears_them_when_it_is_retried(self, engine, monkeypatch):
        """The dead letter must not keep the same news out for ever."""
        inner = engine.workflow(nodes=[{"id": "w", **REST}], triggers=[{"type": "called"}], name="called")
        engine.workflow(
            nodes=[
                {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(inner.id)}},
                noting("n", "بعد"),
            ],
            edges=[edge("sub", "n")],
        )
        begin(engine)
        told = SubWorkflow.child_ended

        def broken(self: SubWorkflow, run: Any, child: Any) -> None:
            raise ZeroDivisionError("bad news")

        monkeypatch.setattr(SubWorkflow, "child_ended", broken)
        later(engine, 6)
        assert root().state == "failed"
        monkeypatch.setattr(SubWorkflow, "child_ended", told)

        retry_execution(root().id)
        engine.work()

        assert (root().state, engine.notes()) == ("completed", ["بعد"])

    def test_a_caller_goes_on_when_the_called_version_cannot_be_run_any_more(self, engine):
        inner = engine.workflow(nodes=[{"id": "w", **REST}], triggers=[{"type": "called"}], name="called")
        engine.workflow(
            nodes=[
                {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(inner.id)}},
                noting("sorry", "آسف"),
            ],
            edges=[edge("sub", "sorry", "error")],
        )
        begin(engine)
        Version.objects.filter(workflow=inner).update(document={"nodes": [{"id": "w", "type": "gone"}]})
        _plans.clear()
        later(engine)

        child = WorkflowExecution.objects.get(parent__isnull=False)
        assert (child.state, "cannot be run any more" in child.error) == ("failed", True)
        assert (root().state, engine.notes()) == ("completed", ["آسف"])

    def test_a_node_that_breaks_fails_its_own_execution_and_holds_up_no_other(self, engine, monkeypatch):
        """Neither those of its batch, nor other workflows that start for the same event."""
        real = Switch.run

        def broken(self: Switch, runs: Any) -> None:
            for run in runs:
                if run.event.data.get("n") == 1:
                    raise ZeroDivisionError("bad node")
                real(self, [run])

        monkeypatch.setattr(Switch, "run", broken)
        case = {"port": "x", "predicate": line("event.data.n", 99)}
        engine.workflow(
            nodes=[
                {"id": "which", "type": "switch", "config": {"cases": [case]}},
                noting("n", "{{ event.data.n }}"),
            ],
            edges=[edge("which", "n", "default")],
            name="switching",
        )
        engine.workflow(noting("n", "other {{ event.data.n }}"), name="other")
        for number in range(3):
            engine.happen(engine.contact(), n=number)
        engine.work()

        assert sorted(engine.notes()) == ["0", "2", "other 0", "other 1", "other 2"]
        (failed,) = WorkflowExecution.objects.filter(state="failed")
        assert failed.error == "which: BrokenNodeError: ZeroDivisionError: bad node"
        assert states(failed) == [("which", "failed")]


class TestLongLoops:
    def test_a_loop_goes_on_in_other_transactions_when_one_has_taken_long(self, engine, monkeypatch):
        monkeypatch.setattr(runner, "LONGEST_S", 0.0)
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items", "at_once": 2}},
                parallel("a", "b"),
                noting("x", "x{{ loop.item }}"),
                noting("y", "y{{ loop.item }}"),
                tag("after"),
            ],
            edges=[
                edge("each", "fork", "each"),
                edge("fork", "x", "a"),
                edge("fork", "y", "b"),
                edge("each", "after"),
            ],
        )
        amina = engine.contact()
        engine.happen(amina, items=list(range(5)))
        engine._drain.run_once()
        assert len(engine.notes()) == 4, "the first two turns, and no more in this transaction"
        engine.work()

        assert sorted(engine.notes()) == sorted(f"{port}{n}" for port in "xy" for n in range(5))
        assert (root().state, engine.user(amina)["tags"]) == ("completed", ["after"])

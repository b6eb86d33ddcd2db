"""Leaving while something is being done, on real connections: what is ended stays ended, with all that it spawns meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from events.queue.drain import Drain
from events.queue.models import Item
from events.queue.tests.helpers import execute, let_leases_end
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import ActionExecution, Entry, EventWait, TriggerEventLog, WorkflowExecution
from workflow.services.cancelling import AlreadyEndedError, cancel_execution
from workflow.tests.racing import (
    Background,
    at_once,
    batch_held,
    contact,
    happen,
    made,
    notes,
    ring,
    states,
    tags,
    until_blocked,
    work,
)
from workflow.tests.test_branches import parallel
from workflow.tests.test_nodes import edge, line, tag

NOW = {"type": "wait", "config": {"seconds": 0.01}}
LONG = {"type": "wait", "config": {"hours": 1}}


@pytest.fixture(autouse=True)
def _inside_demo(committed_db: None) -> Iterator[None]:
    with tenant_scope(tenant_by_slug("demo")):
        yield


class TestWhileItIsTakenOn:
    def spawning(self, kind: str) -> None:
        """A root that waits, and spawns children that wait when it is taken on."""
        if kind == "fork":
            nodes = [
                {"id": "w", **LONG},
                parallel("a", "b"),
                {"id": "wa", **LONG},
                {"id": "wb", **LONG},
                tag("late"),
            ]
            edges = [edge("w", "fork"), edge("fork", "wa", "a"), edge("fork", "wb", "b"), edge("wa", "late")]
            made(nodes, edges)
        elif kind == "turn":
            nodes = [
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                {"id": "w", **LONG},
                tag("late", "{{ loop.item }}"),
            ]
            made(nodes, [edge("each", "w", "each"), edge("w", "late")])
        else:
            inner = made(
                [{"id": "w", **LONG}, tag("late")], [edge("w", "late")], triggers=[{"type": "called"}]
            )
            sub = {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(inner.id)}}
            made([{"id": "w", **LONG}, sub], [edge("w", "sub")])

    @pytest.mark.parametrize("kind", ["fork", "turn", "called"])
    def test_cancelling_takes_along_what_is_spawned_meanwhile(self, monkeypatch, kind):
        self.spawning(kind)
        amina = contact()
        happen(amina, items=["0", "1"])
        work()
        root = WorkflowExecution.objects.get(parent__isnull=True)
        if kind == "turn":  # the first turn ends; its end is what is held
            ring()
            Drain().run_once()
        ring()
        with batch_held(monkeypatch) as (reached, go):
            worker = Background(lambda: Drain().run_once())
            assert reached.wait(10)
            cancelling = Background(lambda: cancel_execution(root.id, by="t"))
            until_blocked()
            go.set()
            assert worker.wait() == 1
            cancelling.wait()
        assert WorkflowExecution.objects.filter(parent__isnull=False).exists()
        ring()
        work()

        root.refresh_from_db()
        assert root.state == "cancelled"
        assert not states() & {"running", "waiting"}
        assert tags(amina) == (["0"] if kind == "turn" else [])

    def test_an_event_that_takes_out_while_the_timer_rings(self, monkeypatch):
        paid = {"event_type": "NOTE_ADDED"}
        self_nodes = [{"id": "w", **LONG}, parallel("a", "b"), {"id": "wa", **LONG}, {"id": "wb", **LONG}]
        made(
            self_nodes,
            [edge("w", "fork"), edge("fork", "wa", "a"), edge("fork", "wb", "b")],
            policy={"exits": {"goal": paid}},
        )
        amina = contact()
        happen(amina)
        work()
        ring()
        with batch_held(monkeypatch) as (reached, go):
            worker = Background(lambda: Drain().run_once())
            assert reached.wait(10)
            happen(amina, "NOTE_ADDED")
            other = Background(lambda: Drain().run_until_empty())
            until_blocked()
            go.set()
            worker.wait()
            assert isinstance(other.wait(), int)
        work()
        root = WorkflowExecution.objects.get(parent__isnull=True)
        assert (root.state, root.exit_reason) == ("exited", "goal")
        assert root.converted_at is not None
        assert states() == {"exited"}

    @pytest.mark.parametrize("first", ["timer", "event"])
    def test_the_awaited_event_and_the_timer_at_once_take_it_on_once(self, monkeypatch, first):
        made(
            [
                {
                    "id": "w",
                    "type": "wait",
                    "config": {"event": {"event_type": "NOTE_ADDED", "timeout": "2h"}},
                },
                {"id": "n", "action": "add_note", "config": {"text": "event"}},
                {"id": "t", "action": "add_note", "config": {"text": "timeout"}},
            ],
            [edge("w", "n"), edge("w", "t", "timeout")],
        )
        amina = contact()
        happen(amina)
        work()
        if first == "timer":
            ring()
        else:
            happen(amina, "NOTE_ADDED")
            Drain().run_once()  # its dispatch; the waking is held
        with batch_held(monkeypatch) as (reached, go):
            worker = Background(lambda: Drain().run_once())
            assert reached.wait(10)
            if first == "timer":
                happen(amina, "NOTE_ADDED")
            else:
                ring()
            other = Background(lambda: Drain().run_until_empty())
            until_blocked()
            go.set()
            worker.wait()
            assert isinstance(other.wait(), int)
        work()
        ring()
        work()
        assert notes() == ["timeout" if first == "timer" else "event"]
        assert not EventWait.objects.exists()
        with public_scope():
            assert not Item.objects.exists()


class TestFrozenWorker:
    def test_one_that_comes_back_after_its_lease_writes_nothing(self, monkeypatch):
        """All that a batch may write: executions, children, steps, waits for events, entries, the log, and the queue."""
        waiting = {"type": "wait", "config": {"event": {"event_type": "NOTE_ADDED", "timeout": "2h"}}}
        made(
            [parallel("a", "b"), {"id": "wa", **waiting}, {"id": "wb", **LONG}],
            [edge("fork", "wa", "a"), edge("fork", "wb", "b")],
            policy={"reentry": {"rule": "once"}},
        )
        amina = contact()
        happen(amina)
        with batch_held(monkeypatch) as (reached, go):
            frozen = Background(lambda: Drain().run_once())
            assert reached.wait(10)
            let_leases_end()
            execute("UPDATE queue_lane SET token = token + 1")
            go.set()
            frozen.wait()
        for model in (WorkflowExecution, ActionExecution, EventWait, Entry, TriggerEventLog):
            assert not model.objects.exists(), model
        with public_scope():
            assert Item.objects.count() == 1, "the event waits to be dispatched, nothing else"
        let_leases_end()
        execute("UPDATE queue_lane SET lease_until = NULL")
        work()
        assert WorkflowExecution.objects.count() == 3

    def test_one_that_woke_somebody_withdraws_no_timer(self, monkeypatch):
        made(
            [
                {
                    "id": "w",
                    "type": "wait",
                    "config": {"event": {"event_type": "NOTE_ADDED", "timeout": "2h"}},
                },
                tag("x"),
            ],
            [edge("w", "x")],
        )
        amina = contact()
        happen(amina)
        work()
        happen(amina, "NOTE_ADDED")
        Drain().run_once()
        with batch_held(monkeypatch) as (reached, go):
            frozen = Background(lambda: Drain().run_once())
            assert reached.wait(10)
            execute("UPDATE queue_lane SET token = token + 1 WHERE lease_until IS NOT NULL")
            go.set()
            frozen.wait()
        assert (tags(amina), EventWait.objects.count(), states()) == ([], 1, {"waiting"})
        with public_scope():
            assert sorted(Item.objects.values_list("kind", flat=True)) == ["workflow.step", "workflow.wake"]


class TestManyAtOnce:
    def test_limits_hold_for_batches_side_by_side(self, settings):
        settings.QUEUE_BATCH = 10
        made([tag("x", "x")], [], policy={"limits": {"per_hour": 7}})
        people = [contact(f"customer{n}") for n in range(40)]
        for each in people:
            happen(each)
        at_once(*[work] * 3)
        assert WorkflowExecution.objects.count() == 7

    def test_one_entry_for_a_key_that_many_bring_at_once(self, settings):
        settings.QUEUE_BATCH = 10
        made(
            [{"id": "n", "action": "wait", "config": {"hours": 1}}],
            [],
            policy={"reentry": {"rule": "once_per_key", "key": "event.data.order"}},
        )
        for number in range(60):
            happen(None, order=f"طلب {(number * 7) % 11}")
        at_once(*[work] * 3)
        let_leases_end()
        work()
        assert WorkflowExecution.objects.count() == Entry.objects.count() == 11
        with public_scope():
            assert not Item.objects.filter(state=1).exists()

    def test_cancelling_leaving_and_ringing_at_once_leave_nobody_behind(self, settings):
        """Roots of many branches, taken on, cancelled and exited side by side, again and again."""
        settings.QUEUE_BATCH = 7
        made(
            [
                {"id": "each", "type": "loop", "config": {"items": "event.data.items", "at_once": 2}},
                parallel("a", "b"),
                {"id": "wa", **NOW},
                {"id": "wb", **NOW},
                {"id": "meet", "type": "join", "config": {"mode": "any"}},
                {"id": "say", "action": "add_note", "config": {"text": "{{ event.data.n }}/{{ loop.item }}"}},
                {"id": "rest", **NOW},
            ],
            [
                edge("each", "fork", "each"),
                edge("fork", "wa", "a"),
                edge("fork", "wb", "b"),
                edge("wa", "meet"),
                edge("wb", "meet"),
                edge("meet", "say"),
                edge("say", "rest"),
                edge("rest", "each"),
            ],
            policy={
                "exits": {"events": [{"event_type": "NOTE_ADDED", "predicate": line("event.data.n", 1)}]}
            },
        )
        people = [contact(f"customer{n}") for n in range(12)]
        for number, each in enumerate(people):
            happen(each, n=number, items=list(range(6)))

        def cancel() -> None:
            for _ in range(10):
                for root in WorkflowExecution.objects.filter(parent__isnull=True, contact_id__in=people[::3]):
                    with suppress(AlreadyEndedError):
                        cancel_execution(root.id, by="t")
                threading.Event().wait(0.02)

        def leave() -> None:
            for each in people[1::3]:
                happen(each, "NOTE_ADDED", n=1)
                threading.Event().wait(0.01)

        def busy() -> None:
            for _ in range(30):
                work()
                threading.Event().wait(0.01)

        results = at_once(busy, busy, cancel, leave)
        let_leases_end()
        for _ in range(40):
            ring()
            work()
        assert not [r for r in results if isinstance(r, Exception)], results
        assert not states() & {"running", "waiting"}
        assert not ActionExecution.objects.filter(state__in=["running", "waiting", "retrying"]).exists()
        said = notes()
        assert len(said) == len(set(said)), "each turn says its word once"
        untouched = WorkflowExecution.objects.filter(parent__isnull=True, contact_id__in=people[2::3])
        assert {row.state for row in untouched} == {"completed"}
        for number in range(2, 12, 3):
            assert {note for note in said if note.startswith(f"{number}/")} == {
                f"{number}/{n}" for n in range(6)
            }
        with public_scope():
            assert not Item.objects.exists()

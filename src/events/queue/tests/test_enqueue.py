"""Work enters with the transaction that it follows, once, and in the order of commits."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError

from core.registry import UnknownKeyError
from events.queue.enqueue import PLATFORM, NewItem, collecting, enqueue, savepoint
from events.queue.models import Item, Lane
from events.queue.tests.helpers import delay_of, done, execute, item, lane, put, waiting
from events.queue.tests.probes import KIND
from tenants.scope import tenant_scope


def test_it_enters_with_the_transaction_and_leaves_with_it(shop, probe):
    with tenant_scope(shop), transaction.atomic():
        enqueue(NewItem(lane="a", kind=KIND, ref="1"))
        transaction.set_rollback(True)
    assert Item.objects.count() == 0
    assert Lane.objects.count() == 0
    put(shop, ("a", "1"))
    assert item("1").tenant_id == shop.id


def test_outside_a_transaction_it_is_refused(shop, probe):
    with tenant_scope(shop), pytest.raises(TransactionManagementError):
        enqueue(NewItem(lane="a", kind=KIND, ref="1"))
    assert waiting() == 0


def test_an_unknown_kind_is_refused(shop, probe):
    with tenant_scope(shop), transaction.atomic(), pytest.raises(UnknownKeyError):
        enqueue(NewItem(lane="a", kind="test.nobody", ref="1"))


def test_outside_any_tenant_it_is_the_platforms(committed_db, probe):
    with transaction.atomic():
        enqueue(NewItem(lane="a", kind=KIND, ref="1"))
    assert item("1").tenant_id == PLATFORM


def test_the_same_work_waits_once(shop, rival, probe, drain):
    put(shop, ("a", "1"), ("a", "1"))
    put(shop, ("b", "1"))
    put(rival, ("a", "1"))
    assert waiting() == 2
    drain.run_until_empty()
    assert done(shop) == done(rival) == ["1"]
    put(shop, ("a", "1"))
    drain.run_until_empty()
    assert done(shop) == ["1", "1"]


def test_a_key_of_its_own_decides_what_is_the_same(shop, probe):
    put(shop, ("a", "1"), dedupe_key="x")
    put(shop, ("a", "2"), dedupe_key="x")
    put(shop, ("a", "1"), dedupe_key="y")
    assert sorted(Item.objects.values_list("ref", "dedupe_key")) == [("1", "x"), ("1", "y")]


def test_the_order_in_a_lane_is_the_order_of_commits(shop, probe):
    """The second transaction begins to enqueue while the first is open: it waits for the lane and comes second."""
    entered, results = threading.Event(), []

    def second() -> None:
        entered.wait()
        put(shop, ("a", "second"))
        results.append("second")
        connections.close_all()

    thread = threading.Thread(target=second)
    thread.start()
    with tenant_scope(shop), transaction.atomic():
        enqueue(NewItem(lane="a", kind=KIND, ref="first"))
        entered.set()
        thread.join(0.5)
        assert results == [], "the second did not wait for the lane"
        enqueue(NewItem(lane="a", kind=KIND, ref="first again"))
    thread.join(10)
    assert list(Item.objects.order_by("id").values_list("ref", flat=True)) == [
        "first",
        "first again",
        "second",
    ]


def test_two_transactions_with_the_same_lanes_in_opposite_orders_both_commit(shop, probe):
    barrier = threading.Barrier(2)
    failures: list[Exception] = []

    def worker(lanes: list[str], name: str) -> None:
        try:
            for round_ in range(20):
                barrier.wait(10)
                put(shop, *((key, f"{name}-{key}-{round_}") for key in lanes))
        except Exception as exc:
            failures.append(exc)
            barrier.abort()
        finally:
            connections.close_all()

    keys = [f"lane {n}" for n in range(10)]
    threads = [
        threading.Thread(target=worker, args=(keys, "up")),
        threading.Thread(target=worker, args=(keys[::-1], "down")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert waiting() == 400


def test_a_lane_wakes_for_whatever_is_first_due(shop, probe, drain):
    """Regression: a later item of the same statement must not put the earlier one to sleep."""
    soon = datetime.now(UTC) + timedelta(minutes=10)
    with tenant_scope(shop), transaction.atomic():
        enqueue(
            NewItem(lane="a", kind=KIND, ref="now"), NewItem(lane="a", kind=KIND, ref="later", run_at=soon)
        )
    drain.run_until_empty()
    assert done(shop) == ["now"]
    assert 590 < delay_of("later") < 600
    assert lane("a").wake_at == item("later").run_at


def test_a_sleeping_lane_is_woken_by_new_work(shop, probe, drain):
    """Regression: LEAST() with the null of a finished lane must give the new time, not null."""
    put(shop, ("a", "1"))
    drain.run_until_empty()
    assert lane("a").wake_at is None
    put(shop, ("a", "2"))
    drain.run_until_empty()
    assert done(shop) == ["1", "2"]


def test_a_lane_that_comes_back_has_a_higher_token(shop, probe, drain):
    put(shop, ("a", "1"))
    drain.run_until_empty()
    token = lane("a").token
    execute("DELETE FROM queue_lane")
    put(shop, ("a", "2"))
    assert lane("a").token > token


def test_what_a_batch_enqueues_is_held_back_and_rolls_back_with_its_savepoint(shop, probe):
    with tenant_scope(shop), collecting() as outbox, transaction.atomic():
        enqueue(NewItem(lane="a", kind=KIND, ref="kept"))
        with suppress(ZeroDivisionError), savepoint():
            enqueue(NewItem(lane="a", kind=KIND, ref="undone"))
            raise ZeroDivisionError
        with savepoint():
            enqueue(NewItem(lane="b", kind=KIND, ref="kept too"))
    assert [new.ref for new in outbox.items] == ["kept", "kept too"]
    assert {new.tenant_id for new in outbox.items} == {shop.id}
    assert waiting() == 0

"""The drain: effect, end and fence in one transaction; the guilty pays alone; what is given up says why."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import OperationalError, connection, connections, transaction

from core.errors import PermanentError, RetryableError
from crm.models import Note
from events.queue.drain import group
from events.queue.enqueue import NewItem, Outbox, enqueue
from events.queue.finish import BatchResult, LeaseLostError, finish
from events.queue.models import Item, ItemState, Lane
from events.queue.selectors import invariants
from events.queue.tests.helpers import (
    delay_of,
    done,
    execute,
    item,
    lane,
    let_leases_end,
    pass_time,
    put,
    waiting,
)
from events.queue.tests.probes import BURIED, CALL_KIND, KIND, OTHER_KIND


def fail(error: BaseException):
    """An act that raises ``error``."""

    def act() -> None:
        raise error

    return act


# -- batches ------------------------------------------------------------------------------------------------------------


def test_a_batch_is_one_call_of_one_tenant_in_lane_order(shop, rival, probe, drain):
    put(shop, ("a", "1"), ("b", "2"), ("a", "3"))
    put(rival, ("a", "4"))
    drain.run_once()
    assert sorted(probe.batches) == [["1", "2", "3"], ["4"]]
    assert (done(shop), done(rival)) == (["1", "2", "3"], ["4"])


def test_a_finished_lane_sleeps_and_nothing_is_left_of_its_items(shop, drain):
    put(shop, ("a", "1"))
    drain.run_until_empty()
    assert Item.objects.count() == 0
    assert (lane("a").wake_at, lane("a").lease_until) == (None, None)
    assert drain.run_once() == 0


def test_only_the_guilty_fails(shop, probe, drain):
    """In a batch of three lanes: the failing item leaves no trace, later items of its lane wait, other lanes go on."""
    put(shop, ("a", "1"), ("a", "bad"), ("a", "3"), ("b", "4"), ("b", "5"))
    probe.acts["bad"] = fail(ValueError("لا"))
    drain.run_once()
    assert sorted(done(shop)) == ["1", "4", "5"]
    assert (item("bad").attempts, item("bad").error) == (1, "ValueError: لا")
    assert item("3").attempts == 0, "an item that was not tried keeps its attempts"
    assert lane("a").wake_at == item("bad").run_at, "the lane wakes for its head"
    assert invariants().sleeping_lanes == 0
    drain.run_until_empty()
    assert sorted(done(shop)) == ["1", "4", "5"]
    del probe.acts["bad"]
    pass_time(11)
    drain.run_until_empty()
    assert sorted(done(shop)) == ["1", "3", "4", "5", "bad"]
    assert done(shop).index("bad") < done(shop).index("3")


def test_kinds_share_a_lane_in_order(shop, drain):
    put(shop, ("a", "1"))
    put(shop, ("a", "2"), kind=OTHER_KIND)
    put(shop, ("a", "3"))
    drain.run_until_empty()
    assert done(shop) == ["1", "2", "3"]


def test_small_tenants_go_first_and_suspects_last(shop, rival, probe, drain):
    put(shop, ("a", "1"), ("b", "2"), ("c", "3"), ("d", "twice"), ("e", "once"))
    put(rival, ("a", "4"))
    execute("UPDATE queue_item SET attempts = 2 WHERE ref = 'twice'")
    execute("UPDATE queue_item SET attempts = 1 WHERE ref = 'once'")
    batches = group(drain._claimer.claim(100))
    assert [[lease.items[0].ref for lease in batch] for batch in batches[:1]] == [["4"]]
    assert {lease.items[0].ref for lease in batches[1]} == {"1", "2", "3"}
    assert [batch[0].items[0].ref for batch in batches[2:]] == ["once", "twice"]


# -- failures -----------------------------------------------------------------------------------------------------------


def test_failures_wait_by_the_policy_and_end_in_the_dead_letters(shop, probe, drain):
    put(shop, ("a", "bad"), ("a", "next"))
    probe.acts["bad"] = fail(ValueError("no"))
    drain.run_until_empty()
    assert delay_of("bad") == pytest.approx(10, abs=1)
    pass_time(11)
    drain.run_until_empty()
    assert delay_of("bad") == pytest.approx(20, abs=1)
    assert done(shop) == []
    pass_time(21)
    drain.run_until_empty()
    dead = item("bad")
    assert (dead.state, dead.attempts, dead.error) == (ItemState.DEAD, 3, "ValueError: no")
    assert done(shop, BURIED) == ["bad"]
    assert done(shop) == ["next"], "the lane goes on without the dead item"


def test_an_error_can_say_when_to_come_back(shop, probe, drain):
    put(shop, ("a", "1"))
    probe.acts["1"] = fail(RetryableError("busy", retry_after=77))
    drain.run_until_empty()
    assert delay_of("1") == pytest.approx(77, abs=1)


def test_a_permanent_error_is_dead_at_once(shop, probe, drain):
    put(shop, ("a", "1"), ("a", "2"))
    probe.acts["1"] = fail(PermanentError("never"))
    drain.run_until_empty()
    assert (item("1").state, item("1").attempts) == (ItemState.DEAD, 1)
    assert done(shop) == ["2"]


def test_errors_are_kept_short_and_storable(shop, probe, drain):
    put(shop, ("a", "1"))
    probe.acts["1"] = fail(ValueError("nul \x00 " + "س" * 5_000))
    drain.run_until_empty()
    assert len(item("1").error) < 2_001
    assert item("1").error.startswith("ValueError: nul  سس")


def test_on_dead_shares_the_transaction_and_cannot_prevent_the_end(shop, probe, drain):
    put(shop, ("a", "bad"), ("b", "good"))
    probe.acts["bad"] = fail(PermanentError("never"))
    probe.acts["bury bad"] = fail(RuntimeError("on_dead is broken too"))
    drain.run_until_empty()
    assert item("bad").state == ItemState.DEAD
    assert done(shop, BURIED) == [], "the broken hook's own writes are undone"
    assert done(shop) == ["good"]


def break_a_foreign_key() -> None:
    # Deferred by Django: the database complains at the commit, when the item's own savepoint is long released.
    Note.objects.create(contact_id=uuid.uuid4(), text="ملاحظة", author="system")


def test_what_the_database_refuses_at_the_commit_fails_its_item_alone(shop, probe, drain):
    put(shop, ("a", "bad"), ("b", "good"))
    probe.acts["bad"] = break_a_foreign_key
    for _ in range(4):
        drain.run_until_empty()
        pass_time(30)
    assert done(shop) == ["good"]
    assert item("bad").state == ItemState.DEAD
    assert item("bad").error.startswith("IntegrityError")
    assert done(shop, BURIED) == ["bad"]


def cancel_myself() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        cursor.execute("SELECT pg_sleep(5)")


def test_a_cancelled_statement_undoes_the_batch_then_fails_its_item_alone(shop, probe, drain):
    """An OperationalError may mean that the database is away, so the batch is undone; alone, the item is to blame and
    waits by its policy instead of coming back at once, for ever."""
    put(shop, ("a", "bad"), ("b", "good"))
    probe.acts["bad"] = cancel_myself
    drain.run_until_empty()
    assert done(shop) == ["good"]
    assert item("bad").error.startswith("OperationalError")
    assert delay_of("bad") > 5


def test_a_batch_that_fails_as_a_whole_is_tried_one_by_one(shop, probe, drain):
    """What a handler queues is written at the end: a lane name that cannot be stored fails only who made it."""
    put(shop, ("a", "bad"), ("b", "good"))
    probe.acts["bad"] = lambda: enqueue(NewItem(lane="x" * 300, kind=KIND, ref="never"))
    drain.run_until_empty()
    assert done(shop) == ["good"]
    assert item("bad").error.startswith("DataError")


def test_an_unknown_kind_waits_for_the_release_that_knows_it(shop, probe, drain):
    put(shop, ("a", "1"), ("b", "2"))
    execute("UPDATE queue_item SET kind = 'test.tomorrow' WHERE ref = '1'")
    drain.run_until_empty()
    assert done(shop) == ["2"]
    assert "unknown item kind 'test.tomorrow'" in item("1").error
    assert item("1").state == ItemState.PENDING


def test_a_kind_of_the_other_pool_in_the_lane_is_dead_and_says_why(shop, probe, call_probe, drain):
    put(shop, ("a", "1"))
    put(shop, ("a", "call"), kind=CALL_KIND)
    drain.run_until_empty()
    assert done(shop) == ["1"]
    assert item("call").state == ItemState.DEAD
    assert "WrongPoolError" in item("call").error


def test_a_suspect_lane_that_fails_as_a_whole_is_tried_item_by_item(shop, probe, drain):
    """Near a crash together, they come back together; the one that breaks the commit is then found alone."""
    put(shop, ("a", "1"), ("a", "bad"), ("a", "3"))
    execute("UPDATE queue_item SET attempts = 1")
    probe.acts["bad"] = break_a_foreign_key
    drain.run_until_empty()
    assert probe.batches == [["1", "bad", "3"], ["1"], ["bad"], ["3"]]
    assert done(shop) == ["1", "3"]
    assert (item("bad").state, item("bad").attempts) == (ItemState.DEAD, 3)
    assert item("bad").error.startswith("IntegrityError")


# -- what a handler queues ----------------------------------------------------------------------------------------------


def test_what_a_handler_queues_comes_with_its_effect_or_not_at_all(shop, probe, drain):
    put(shop, ("a", "1"), ("b", "bad"))
    probe.acts["1"] = lambda: enqueue(NewItem(lane="next", kind=OTHER_KIND, ref="follow"))

    def enqueue_and_fail() -> None:
        enqueue(NewItem(lane="next", kind=OTHER_KIND, ref="ghost"))
        raise ValueError

    probe.acts["bad"] = enqueue_and_fail
    drain.run_until_empty()
    assert done(shop) == ["1", "follow"]
    assert not Item.objects.filter(ref="ghost").exists()


def test_a_handler_may_queue_its_own_successor_under_the_same_key(shop, probe, drain):
    put(shop, ("a", "again"))
    left = [1, 2, 3]

    def again() -> None:
        if left:
            left.pop()
            enqueue(NewItem(lane="a", kind=KIND, ref="again"))

    probe.acts["again"] = again
    drain.run_until_empty()
    assert done(shop) == ["again"] * 4


# -- the fence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE queue_lane SET token = token + 1 WHERE key = 'a'",
        "UPDATE queue_lane SET lease_until = now() - interval '1 second' WHERE key = 'a'",
        "DELETE FROM queue_lane WHERE key = 'a'",
    ],
    ids=["another worker took the lane", "the lease ran out", "the lane is gone"],
)
def test_a_worker_that_lost_a_lane_writes_nothing(shop, probe, drain, meanwhile):
    put(shop, ("a", "1"), ("b", "2"))
    leases = drain._claimer.claim(10)
    drain._claimer.claim = lambda limit: leases
    execute(meanwhile)
    before = Lane.objects.filter(key="a").values("token", "lease_until", "wake_at").first()
    drain.run_once()
    assert probe.batches, "the handler ran"
    assert done(shop) == [], "and left no trace"
    assert waiting() == 2
    assert lane("b").lease_until is None, "the lane that is still ours is given back"
    if before and before["token"] != leases[0].token:
        assert Lane.objects.filter(key="a").values("token", "lease_until", "wake_at").first() == before


def test_finish_raises_when_a_lease_is_lost(shop, probe, drain):
    put(shop, ("a", "1"))
    leases = drain._claimer.claim(10)
    let_leases_end()
    with transaction.atomic(), pytest.raises(LeaseLostError):
        finish(leases, BatchResult(done=leases[0].items), Outbox())
    assert waiting() == 1


def test_a_suspect_that_waited_too_long_behind_others_is_left_to_its_new_owner(shop, probe, drain):
    put(shop, ("a", "1"))
    execute("UPDATE queue_item SET attempts = 1")
    leases = drain._claimer.claim(10)
    drain._claimer.claim = lambda limit: leases
    execute("UPDATE queue_lane SET token = token + 1")
    drain.run_once()
    assert probe.batches == []
    assert item("1").attempts == 1


def test_the_effect_is_there_once_although_the_item_was_run_twice(shop, probe, drain):
    """The first worker freezes before its commit; a second one does the work; the first wakes up and must yield."""
    put(shop, ("a", "1"))

    def freeze() -> None:
        del probe.acts["1"]
        connection.close_if_unusable_or_obsolete()
        _second_worker(let_leases_end)
        _second_worker(drain.__class__().run_until_empty)

    probe.acts["1"] = freeze
    drain.run_once()
    assert probe.batches == [["1"], ["1"]]
    assert done(shop) == ["1"]
    assert waiting() == 0


def _second_worker(work) -> None:
    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)


# -- a database that is away --------------------------------------------------------------------------------------------


def test_a_lost_connection_undoes_the_batch_and_costs_nothing_but_time(shop, probe, drain):
    put(shop, ("a", "1"), ("b", "2"))

    def lose_the_connection() -> None:
        del probe.acts["1"]
        execute("SELECT pg_terminate_backend(pg_backend_pid())")

    probe.acts["1"] = lose_the_connection
    drain.run_once()
    assert done(shop) == []
    let_leases_end()
    drain.run_until_empty()
    assert sorted(done(shop)) == ["1", "2"]
    assert waiting() == 0


def test_a_claim_without_a_database_raises_to_the_loop(shop, drain, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(drain._claimer, "claim", refuse)
    with pytest.raises(OperationalError):
        drain.run_once()


def test_effects_are_in_the_items_tenant(shop, rival, probe, drain):
    put(shop, *((f"lane {n}", f"shop {n}") for n in range(30)))
    put(rival, *((f"lane {n}", f"rival {n}") for n in range(30)))
    drain.run_until_empty()
    assert {ref.split()[0] for ref in done(shop)} == {"shop"}
    assert {ref.split()[0] for ref in done(rival)} == {"rival"}

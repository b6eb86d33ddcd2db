"""Calls to the outside: intent first, no transaction meanwhile, the result under the same fence."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from django.db import connection

from core.errors import PermanentError, RetryableError
from events.queue.handlers import TryAgain
from events.queue.models import Item, ItemState
from events.queue.tests.helpers import delay_of, done, execute, item, lane, pass_time, put, waiting
from events.queue.tests.probes import BURIED, CALL_KIND, INTENT
from tenants.models import TenantState
from tenants.services.lifecycle import change_state


def call(tenant, *refs: str) -> None:
    put(tenant, *((f"lane of {ref}", ref) for ref in refs), kind=CALL_KIND)


def open_transactions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state LIKE 'idle in transaction%'"
        )
        return cursor.fetchone()[0]


class Gate:
    """An outside that holds every call until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.opened = threading.Event()
        self.calls: list[str] = []

    async def __call__(self, ref: str) -> str:
        self.calls.append(ref)
        self.entered.release()
        while not self.opened.is_set():
            await asyncio.sleep(0.005)
        return f"answer to {ref}"


@pytest.fixture
def gate(call_probe):
    call_probe.outside = gate = Gate()
    yield gate
    gate.opened.set()


def test_the_intent_is_committed_and_no_transaction_is_open_while_the_call_flies(shop, pump, gate):
    call(shop, "1")
    pump.run_once()
    assert gate.entered.acquire(timeout=5)
    seen: dict[str, object] = {}

    def look() -> None:
        seen.update(intents=done(shop, INTENT), effects=done(shop), open=open_transactions())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(5)
    assert seen == {"intents": ["1"], "effects": [], "open": 0}
    assert not connection.in_atomic_block
    gate.opened.set()
    pump.run_until_empty()
    assert done(shop) == ["1"]
    assert waiting() == 0


def test_calls_fly_side_by_side_but_one_at_a_time_in_a_lane(shop, pump, gate):
    put(shop, ("a", "1"), ("a", "2"), kind=CALL_KIND)
    put(shop, ("b", "3"), kind=CALL_KIND)
    pump.run_once()
    for _ in range(2):
        assert gate.entered.acquire(timeout=5)
    pump.run_once()
    assert sorted(gate.calls) == ["1", "3"]
    gate.opened.set()
    pump.run_until_empty()
    assert sorted(done(shop)) == ["1", "2", "3"]
    assert done(shop).index("1") < done(shop).index("2")


def test_no_more_calls_than_there_is_room_for(shop, pump, gate, settings):
    settings.QUEUE_EXTERNAL_SLOTS = 4
    call(shop, *map(str, range(10)))
    pump.run_once()
    assert pump.flying == 4
    pump.run_once()
    assert pump.flying == 4
    gate.opened.set()
    pump.run_until_empty()
    assert len(done(shop)) == 10


def test_an_item_without_a_call_is_done(shop, pump, call_probe):
    call(shop, "quiet 1", "2")
    pump.run_until_empty()
    assert done(shop) == ["2"]
    assert waiting() == 0


def test_the_lease_of_a_slow_call_is_renewed(shop, pump, gate, settings):
    settings.QUEUE_LEASE_S = 1
    call(shop, "1")
    pump.run_once()
    first = lane("lane of 1").lease_until
    deadline = time.monotonic() + 1.6
    while time.monotonic() < deadline:
        pump.run_once(wait_s=0.05)
    assert (lane("lane of 1").lease_until - first).total_seconds() > 1.0
    assert gate.calls == ["1"], "nobody called a second time"
    gate.opened.set()
    pump.run_until_empty()
    assert done(shop) == ["1"]


def test_a_result_that_comes_after_the_lease_was_lost_is_not_recorded(shop, pump, gate):
    call(shop, "1")
    pump.run_once()
    execute("UPDATE queue_lane SET token = token + 1, lease_until = now() + interval '1 hour'")
    gate.opened.set()
    pump.run_until_empty()
    assert done(shop) == []
    assert item("1").state == ItemState.PENDING
    assert lane("lane of 1").lease_until is not None, "the new owner's lease stands"


def test_an_answer_worth_another_try_waits_by_the_policy(shop, pump, call_probe):
    call(shop, "1", "2")
    call_probe.again = {"1": TryAgain(), "2": RetryableError("slow down", retry_after=99)}
    pump.run_until_empty()
    assert delay_of("1") == pytest.approx(10, abs=1)
    assert delay_of("2") == pytest.approx(99, abs=1)
    for _ in range(2):
        pass_time(100)
        pump.run_until_empty()
    assert {i.state for i in Item.objects.all()} == {ItemState.DEAD}
    assert sorted(done(shop, BURIED)) == ["1", "2"]


def test_an_error_of_the_call_reaches_settle(shop, pump, call_probe):
    call(shop, "1")

    def fail(ref: str) -> None:
        raise ConnectionResetError("reset")

    call_probe.outside = fail
    pump.run_until_empty()
    assert done(shop) == ["1"]
    assert waiting() == 0


def test_an_intent_that_cannot_be_recorded_makes_no_call_and_harms_no_other(shop, pump, call_probe):
    call(shop, "bad", "good")

    def fail() -> None:
        raise PermanentError("cannot be rendered")

    called: list[str] = []
    call_probe.outside = called.append
    call_probe.acts["prepare bad"] = fail
    pump.run_until_empty()
    assert called == ["good"]
    assert item("bad").state == ItemState.DEAD
    assert done(shop, INTENT) == ["good"]
    assert done(shop, BURIED) == ["bad"]


def test_a_result_that_cannot_be_recorded_harms_no_other_and_comes_back_later(shop, pump, call_probe):
    call(shop, "bad", "good")

    def fail() -> None:
        raise ValueError("a bug in settle")

    call_probe.acts["settle bad"] = fail
    pump.run_until_empty()
    assert done(shop) == ["good"]
    assert delay_of("bad") == pytest.approx(10, abs=1), "not at once and for ever"
    assert item("bad").error == "ValueError: a bug in settle"


def test_a_result_outlives_a_short_absence_of_the_database(shop, pump, gate, call_probe):
    call(shop, "1")
    pump.run_once()
    assert gate.entered.acquire(timeout=5)

    def lose_the_connection() -> None:
        del call_probe.acts["settle 1"]
        execute("SELECT pg_terminate_backend(pg_backend_pid())")

    call_probe.acts["settle 1"] = lose_the_connection
    gate.opened.set()
    with pytest.raises(Exception, match=r"terminating connection|closed"):
        pump.run_until_empty()
    connection.close()
    pump.run_until_empty()
    assert done(shop) == ["1"]
    assert gate.calls == ["1"], "the call was not made again"


def test_what_happened_for_a_tenant_is_recorded_though_it_was_suspended_meanwhile(shop, pump, gate):
    call(shop, "1", "2")
    pump.run_once()
    change_state(shop, TenantState.SUSPENDED)
    call(shop, "3")
    gate.opened.set()
    pump.run_until_empty()
    assert sorted(done(shop)) == ["1", "2"]
    assert item("3").attempts == 0

"""Withdrawing: what is not wanted any more leaves the queue, and its lane goes to sleep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core.errors import RetryableError
from events.queue.enqueue import NewItem, enqueue, withdraw
from events.queue.models import Item
from events.queue.tests.helpers import done, execute, lane, put, waiting
from events.queue.tests.probes import KIND
from tenants.scope import public_scope, tenant_scope

LATER = datetime.now(UTC) + timedelta(days=30)


def key(ref: str) -> str:
    return f"{KIND}:{ref}"


def refs() -> list[str]:
    with public_scope():
        return sorted(Item.objects.values_list("ref", flat=True))


@pytest.fixture
def handled(probe, drain, shop):
    """``handled(act)``: ``act`` is called by the handler of an item in another lane."""

    def run(act) -> None:
        probe.acts["actor"] = act
        put(shop, ("actor", "actor"))
        drain.run_until_empty()

    return run


def test_within_a_plain_transaction(shop, probe):
    put(shop, ("a", "1"), run_at=LATER)
    with tenant_scope(shop), transaction.atomic():
        withdraw(key("1"), key("unknown"))

    assert refs() == []
    assert lane("a").wake_at is None


def test_from_a_handler_and_the_lane_sleeps_at_once(shop, handled):
    put(shop, ("a", "1"), run_at=LATER)

    handled(lambda: withdraw(key("1")))

    assert refs() == []
    assert lane("a").wake_at is None


def test_the_lane_wakes_for_what_is_left(shop, probe, handled, drain):
    put(shop, ("a", "1"), run_at=LATER)
    put(shop, ("a", "2"))

    handled(lambda: withdraw(key("1")))
    drain.run_until_empty()

    assert done(shop) == ["actor", "2"]


def test_what_the_same_batch_queued_is_taken_back_and_may_be_queued_again(shop, handled):
    def act() -> None:
        enqueue(NewItem(lane="a", kind=KIND, ref="first", dedupe_key="k", run_at=LATER))
        withdraw("k")
        enqueue(NewItem(lane="a", kind=KIND, ref="second", dedupe_key="k", run_at=LATER))

    handled(act)

    assert refs() == ["second"]
    assert lane("a").wake_at == LATER


def test_one_that_waits_gives_way_to_its_successor(shop, handled):
    put(shop, ("a", "old"), dedupe_key="k", run_at=LATER)

    def act() -> None:
        withdraw("k")
        enqueue(NewItem(lane="a", kind=KIND, ref="new", dedupe_key="k", run_at=LATER))

    handled(act)

    assert refs() == ["new"]


def test_a_handler_that_fails_withdraws_nothing(shop, handled):
    put(shop, ("a", "1"), run_at=LATER)

    def act() -> None:
        withdraw(key("1"))
        raise RetryableError("not now")

    handled(act)

    assert refs() == ["1", "actor"]
    assert lane("a").wake_at == LATER


def test_another_tenants_item_stays(shop, rival, handled):
    put(rival, ("a", "1"), run_at=LATER)

    handled(lambda: withdraw(key("1")))

    assert refs() == ["1"]


def test_dead_items_stay(shop, handled):
    put(shop, ("a", "1"), run_at=LATER)
    execute("UPDATE queue_item SET state = 1")

    handled(lambda: withdraw(key("1")))

    assert refs() == ["1"]
    assert waiting() == 0

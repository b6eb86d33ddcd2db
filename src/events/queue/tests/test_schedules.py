"""Schedules: each tick once, whoever ticks; missed ticks are counted and caught up by one run."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from events.queue.models import Item, Schedule
from events.queue.schedules import InvalidCronError, fire_due, set_schedule
from events.queue.tests.helpers import done, execute
from events.queue.tests.probes import KIND
from tenants.models import TenantState
from tenants.services.lifecycle import change_state

#: No tick of its own comes while a test runs.
YEARLY = "0 0 1 1 *"


def make_due(name: str, *, ago: str = "1 second") -> None:
    execute("UPDATE queue_schedule SET next_run_at = now() - %s::interval WHERE name = %s", ago, name)


def test_the_first_run_is_the_next_match(committed_db, probe):
    schedule = set_schedule("nightly", cron="30 3 * * *", kind=KIND)
    assert (schedule.next_run_at.hour, schedule.next_run_at.minute) == (3, 30)
    assert timedelta(0) < schedule.next_run_at - datetime.now(UTC) <= timedelta(days=1)
    assert fire_due() == 0


@pytest.mark.parametrize("cron", ["", "every minute", "* * * * * *", "61 * * * *", "@daily"])
def test_a_line_that_is_no_cron_is_refused(committed_db, probe, cron):
    with pytest.raises(InvalidCronError, match="five fields"):
        set_schedule("bad", cron=cron, kind=KIND)
    assert not Schedule.objects.exists()


def test_setting_it_again_keeps_its_next_run_unless_something_changed(committed_db, shop, probe):
    set_schedule("s", cron="0 * * * *", kind=KIND)
    make_due("s")
    assert set_schedule("s", cron="0 * * * *", kind=KIND).next_run_at < datetime.now(UTC)
    assert set_schedule("s", cron="0 * * * *", kind=KIND, tenant_id=shop.id).tenant_id == shop.id
    assert set_schedule("s", cron="5 * * * *", kind=KIND).next_run_at > datetime.now(UTC)


def test_a_tick_becomes_an_item_of_the_tenant(shop, drain):
    set_schedule("s", cron=YEARLY, kind=KIND, ref="تقرير", tenant_id=shop.id)
    make_due("s")
    assert fire_due() == 1
    assert fire_due() == 0
    drain.run_until_empty()
    assert done(shop) == ["تقرير"]
    schedule = Schedule.objects.get()
    assert schedule.next_run_at > datetime.now(UTC)
    assert schedule.missed == 0


def test_without_a_tenant_it_runs_once_for_the_platform(committed_db, probe):
    set_schedule("s", cron=YEARLY, kind=KIND)
    make_due("s")
    fire_due()
    assert [item.tenant_id.int for item in Item.objects.all()] == [0]
    assert Item.objects.get().ref == "s"


def test_ticks_that_nobody_was_there_for_are_counted_and_caught_up_once(shop, probe, drain):
    set_schedule("s", cron="* * * * *", kind=KIND, tenant_id=shop.id)
    make_due("s", ago="10 minutes")
    assert fire_due() == 1
    drain.run_until_empty()
    assert done(shop) == ["s"]
    assert 9 <= Schedule.objects.get().missed <= 10


def test_tickers_side_by_side_fire_each_tick_once(shop, probe):
    names = [f"s{n}" for n in range(20)]
    for name in names:
        set_schedule(name, cron=YEARLY, kind=KIND, tenant_id=shop.id)
    fired: list[int] = []
    for _ in range(3):
        for name in names:
            make_due(name)
        barrier = threading.Barrier(4)

        def tick(barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            fired.append(fire_due())
            fired.append(fire_due())
            connections.close_all()

        threads = [threading.Thread(target=tick) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert sum(fired) == 60
    assert Item.objects.count() == 60


def test_a_suspended_tenants_tick_is_missed_not_queued(shop, probe):
    set_schedule("s", cron=YEARLY, kind=KIND, tenant_id=shop.id)
    change_state(shop, TenantState.SUSPENDED)
    make_due("s")
    assert fire_due() == 0
    assert Item.objects.count() == 0
    schedule = Schedule.objects.get()
    assert (schedule.missed, schedule.last_run_at) == (1, None)
    assert schedule.next_run_at > datetime.now(UTC)


def test_a_schedule_that_cannot_be_fired_holds_up_no_other(shop, probe):
    set_schedule("gone", cron="* * * * *", kind="test.removed", tenant_id=shop.id)
    set_schedule("good", cron=YEARLY, kind=KIND, tenant_id=shop.id)
    make_due("gone", ago="1 hour")
    make_due("good")
    assert fire_due() == 1
    assert [item.ref for item in Item.objects.all()] == ["good"]
    assert Schedule.objects.get(name="gone").missed >= 60

"""Lanes are leased, not items: one worker a lane, tenants in turn, nobody starves, the suspended wait."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from events.queue.claim import Claimer
from events.queue.models import Item, Lane, Pool
from events.queue.selectors import invariants
from events.queue.tests.helpers import (
    done,
    execute,
    item,
    lane,
    let_leases_end,
    pass_time,
    put,
    waiting,
)
from events.queue.tests.probes import CALL_KIND, OTHER_KIND
from tenants.models import Tenant, TenantState
from tenants.services.lifecycle import change_state


def claimed(leases) -> list[str]:
    return [claimed_item.ref for lease in leases for claimed_item in lease.items]


@pytest.fixture
def crowd(committed_db):
    """Makes tenants that are rows only: the claim looks at no schema."""
    made: list[uuid.UUID] = []

    def make(count: int) -> list[Tenant]:
        tenants = [
            Tenant(slug=f"crowd-{n}", schema_name=f"t_crowd_{n}", name="زحمة", data_key=b"-", state="ready")
            for n in range(count)
        ]
        made.extend(tenant.id for tenant in Tenant.objects.bulk_create(tenants))
        return tenants

    yield make
    Tenant.objects.filter(id__in=made).delete()


def test_a_claim_leases_the_lane_and_counts_the_attempt_at_once(shop, probe):
    put(shop, ("a", "1"), ("a", "2"))
    [lease] = Claimer(Pool.INTERNAL).claim(10)
    assert [i.attempts for i in lease.items] == [1, 1]
    assert item("1").attempts == item("2").attempts == 1
    assert lane("a").token == lease.token
    assert lane("a").lease_until > datetime.now(UTC) + timedelta(seconds=20)


def test_a_leased_lane_is_nobody_elses(shop, probe):
    put(shop, ("a", "1"))
    first, second = Claimer(Pool.INTERNAL), Claimer(Pool.INTERNAL)
    assert claimed(first.claim(10)) == ["1"]
    put(shop, ("a", "2"), ("b", "3"))
    assert claimed(second.claim(10)) == ["3"]


def test_a_lease_that_ran_out_can_be_claimed_again_with_a_new_token(shop, probe):
    put(shop, ("a", "1"))
    [before] = Claimer(Pool.INTERNAL).claim(10)
    let_leases_end()
    [after] = Claimer(Pool.INTERNAL).claim(10)
    assert after.token == before.token + 1
    assert claimed([after]) == ["1"]


def test_a_pool_takes_only_its_own_lanes(shop, probe, call_probe):
    put(shop, ("a", "1"))
    put(shop, ("b", "2"), kind=CALL_KIND)
    assert claimed(Claimer(Pool.EXTERNAL).claim(10)) == ["2"]
    assert claimed(Claimer(Pool.INTERNAL).claim(10)) == ["1"]


def test_items_of_one_kind_are_taken_together_up_to_the_depth(shop, probe):
    put(shop, ("a", "1"), ("a", "2"), ("a", "3"))
    put(shop, ("a", "4"), kind=OTHER_KIND)
    put(shop, ("a", "5"))
    assert claimed(Claimer(Pool.INTERNAL, depth=2).claim(10)) == ["1", "2"]
    let_leases_end()
    execute("UPDATE queue_item SET attempts = 0")
    assert claimed(Claimer(Pool.INTERNAL, depth=20).claim(10)) == ["1", "2", "3"]


def test_once_suspected_a_lanes_items_go_together_and_twice_suspected_alone(shop, probe):
    put(shop, *(("a", f"{n}") for n in range(4)))
    execute("UPDATE queue_item SET attempts = 1 WHERE ref < '3'")
    assert claimed(Claimer(Pool.INTERNAL).claim(10)) == ["0", "1", "2"]
    let_leases_end()
    execute("UPDATE queue_item SET attempts = 2 WHERE ref < '3'")
    assert claimed(Claimer(Pool.INTERNAL).claim(10)) == ["0"]


def test_a_suspect_is_not_counted_before_its_turn(shop, probe):
    put(shop, ("a", "1"), ("a", "2"))
    execute("UPDATE queue_item SET attempts = 1 WHERE ref = '1'")
    [lease] = Claimer(Pool.INTERNAL).claim(10)
    assert lease.suspect
    assert claimed([lease]) == ["1"]
    assert (item("1").attempts, item("2").attempts) == (1, 0)


def test_a_timer_waits_for_its_time(shop, probe, drain):
    put(shop, ("a", "1"), run_at=datetime.now(UTC) + timedelta(minutes=10))
    drain.run_until_empty()
    assert done(shop) == []
    pass_time(601)
    drain.run_until_empty()
    assert done(shop) == ["1"]


def test_the_databases_clock_decides(shop, probe, drain, time_machine):
    """A worker whose clock is five minutes off, either way, fires nothing early and holds nothing back."""
    true = datetime.now(UTC)
    put(shop, ("late", "1"), run_at=true + timedelta(minutes=2))
    put(shop, ("now", "2"))
    time_machine.move_to(true + timedelta(minutes=5))
    drain.run_until_empty()
    assert done(shop) == ["2"]
    time_machine.move_to(true - timedelta(minutes=5))
    put(shop, ("now", "3"))
    drain.run_until_empty()
    assert done(shop) == ["2", "3"]
    put(shop, ("leased", "4"))
    assert claimed(Claimer(Pool.INTERNAL).claim(10)) == ["4"]
    time_machine.move_to(true + timedelta(minutes=5))
    assert Claimer(Pool.INTERNAL).claim(10) == []


def test_every_tenant_has_its_turn(crowd, probe):
    """One tenant with a thousand lanes, nine with one: two claims of 40 reach all the small ones."""
    noisy, *quiet = crowd(10)
    put(noisy, *((f"lane {n}", f"noisy {n}") for n in range(1000)))
    for tenant in quiet:
        put(tenant, ("lane", f"quiet {tenant.slug}"))
    claimer = Claimer(Pool.INTERNAL)
    got = Counter(ref.split()[0] for ref in claimed(claimer.claim(40)) + claimed(claimer.claim(40)))
    assert got["quiet"] == 9
    assert got["noisy"] == 71


def test_turns_go_round(crowd, probe):
    """What one claim has no room for comes first in the next."""
    tenants = crowd(12)
    for tenant in tenants:
        put(tenant, *((f"lane {n}", f"{tenant.slug} {n}") for n in range(40)))
    claimer = Claimer(Pool.INTERNAL)
    rounds = [Counter(ref.split()[0] for ref in claimed(claimer.claim(16))) for _ in range(3)]
    assert all(len(counted) >= 4 for counted in rounds)
    assert len(rounds[0] | rounds[1] | rounds[2]) == 12


def test_spare_room_goes_to_whoever_waits(shop, probe):
    put(shop, *((f"lane {n}", f"{n}") for n in range(100)))
    assert len(Claimer(Pool.INTERNAL).claim(80)) == 80


def test_a_finished_crowd_does_not_hide_the_last_tenant(crowd, probe, drain):
    """Regression: finished lanes have no wake time; kept "ready", they starved the tenant behind them."""
    busy, last = crowd(2)
    put(busy, *((f"lane {n}", f"busy {n}") for n in range(300)))
    execute("UPDATE queue_lane SET wake_at = NULL")
    execute("DELETE FROM queue_item")
    put(last, ("lane", "last"))
    assert claimed(Claimer(Pool.INTERNAL).claim(1)) == ["last"]


def test_workers_side_by_side_never_hold_the_same_lane(shop, rival, probe):
    for tenant in (shop, rival):
        put(tenant, *((f"lane {n}", f"{tenant.slug} {n}") for n in range(150)))
    got: list[str] = []

    def work() -> None:
        claimer = Claimer(Pool.INTERNAL)
        while refs := claimed(claimer.claim(7)):
            got.extend(refs)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == len(set(got)) == 300


def test_a_suspended_tenants_work_waits_and_goes_on_after_it_resumes(shop, rival, drain):
    put(shop, ("a", "1"))
    put(rival, ("a", "2"))
    change_state(shop, TenantState.SUSPENDED)
    drain.run_until_empty()
    assert (done(shop), done(rival)) == ([], ["2"])
    assert item("1").attempts == 0
    assert invariants().sleeping_lanes == 0
    change_state(shop, TenantState.READY)
    drain.run_until_empty()
    assert done(shop) == ["1"]
    assert waiting() == 0


def test_work_claimed_before_the_suspension_is_not_done_during_it(shop, probe, drain):
    put(shop, ("a", "1"))
    probe.acts["1"] = lambda: pytest.fail("ran for a suspended tenant")
    claim, drain._claimer.claim = drain._claimer.claim, None

    def claim_then_suspend(limit):
        leases = claim(limit)
        change_state(shop, TenantState.SUSPENDED)
        return leases

    drain._claimer.claim = claim_then_suspend
    drain.run_once()
    assert done(shop) == []
    assert lane("a").lease_until is None
    assert Item.objects.filter(state=0).count() == Lane.objects.count() == 1

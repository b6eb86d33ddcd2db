"""Looking at the queue and mending it: status, metrics, invariants, redrive, sweep."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from prometheus_client import CollectorRegistry, generate_latest

from events.queue.dead import redrive
from events.queue.metrics import QueueCollector
from events.queue.models import Item, ItemState, Lane
from events.queue.selectors import Invariants, invariants, status_by_kind
from events.queue.sweep import Swept, sweep
from events.queue.tests.helpers import done, execute, item, lane, put, waiting
from events.queue.tests.probes import KIND, OTHER_KIND
from tenants.models import TenantState
from tenants.services.lifecycle import change_state


def bury(tenant, probe, drain, *refs: str) -> None:
    """Put items of those refs into the dead letters."""

    def fail() -> None:
        raise PermissionError("refused")

    for ref in refs:
        probe.acts[ref] = fail
    put(tenant, *((f"lane of {ref}", ref) for ref in refs))
    execute("UPDATE queue_item SET attempts = 2")
    drain.run_until_empty()
    probe.acts.clear()


def run(capsys, *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def test_status_counts_by_kind(shop, probe, drain, capsys):
    bury(shop, probe, drain, "dead")
    put(shop, ("a", "1"), ("b", "2"))
    put(shop, ("c", "3"), kind=OTHER_KIND)
    execute("UPDATE queue_item SET run_at = now() - interval '90 seconds' WHERE ref = '1'")
    execute("UPDATE queue_item SET run_at = now() + interval '1 hour', attempts = 4 WHERE ref = '3'")
    first, second = status_by_kind()
    assert (first.kind, first.depth, first.due, first.attempts, first.dead) == (OTHER_KIND, 1, 0, 4, 0)
    assert (second.kind, second.depth, second.due, second.dead) == (KIND, 2, 2, 1)
    assert second.oldest_age_s == pytest.approx(90, abs=2)
    report = json.loads(run(capsys, "queue_status", "--json"))
    assert [kind["kind"] for kind in report["kinds"]] == [OTHER_KIND, KIND]
    assert report["invariants"] == {"sleeping_lanes": 0, "overdue_leases": 0}
    lines = run(capsys, "queue_status").splitlines()
    assert lines[0].split() == ["kind", "depth", "due", "oldest", "s", "attempts", "dead"]
    assert lines[2].split()[:3] == [KIND, "2", "2"]
    assert lines[-1] == "sleeping lanes 0, overdue leases 0 (both must be 0)"


def test_an_empty_queue_has_a_status_too(committed_db, capsys):
    assert json.loads(run(capsys, "queue_status", "--json"))["kinds"] == []


def test_metrics_tell_of_every_kind(shop, probe, drain):
    bury(shop, probe, drain, "dead")
    put(shop, ("a", "1"))
    registry = CollectorRegistry()
    registry.register(QueueCollector())
    text = generate_latest(registry).decode()
    for line in (
        f'wasl_queue_depth{{kind="{KIND}"}} 1.0',
        f'wasl_queue_due{{kind="{KIND}"}} 1.0',
        f'wasl_queue_dead{{kind="{KIND}"}} 1.0',
        f'wasl_queue_attempts{{kind="{KIND}"}} 3.0',
        "wasl_queue_sleeping_lanes 0.0",
        "wasl_queue_overdue_leases 0.0",
    ):
        assert line in text.splitlines()
    assert f'wasl_queue_oldest_age_seconds{{kind="{KIND}"}}' in text
    assert str(shop.id) not in text
    assert shop.slug not in text


@pytest.mark.parametrize(
    "damage", ["UPDATE queue_lane SET wake_at = NULL", "DELETE FROM queue_lane"], ids=["asleep", "lane gone"]
)
def test_a_lane_that_nothing_will_wake_is_found(shop, probe, damage):
    put(shop, ("a", "1"), ("a", "2"))
    assert invariants() == Invariants(sleeping_lanes=0, overdue_leases=0)
    execute(damage)
    assert invariants() == Invariants(sleeping_lanes=1, overdue_leases=0)


def test_a_lease_that_nobody_takes_over_is_found_unless_its_tenant_is_suspended(shop, probe):
    put(shop, ("a", "1"))
    execute("UPDATE queue_lane SET lease_until = now() - interval '10 minutes'")
    assert invariants().overdue_leases == 1
    change_state(shop, TenantState.SUSPENDED)
    assert invariants().overdue_leases == 0


def test_redrive_gives_fresh_attempts_and_the_old_place(shop, probe, drain):
    bury(shop, probe, drain, "1")
    put(shop, ("lane of 1", "after"))
    assert redrive() == 1
    again = item("1")
    assert (again.state, again.attempts, again.error) == (ItemState.PENDING, 0, "")
    drain.run_until_empty()
    assert done(shop) == ["1", "after"]
    assert lane("lane of 1").wake_at is None


def test_redrive_works_after_the_lane_was_swept(shop, probe, drain):
    bury(shop, probe, drain, "1")
    sweep()
    assert not Lane.objects.exists()
    redrive()
    drain.run_until_empty()
    assert done(shop) == ["1"]


def test_redrive_takes_only_what_was_named(shop, rival, probe, drain, capsys):
    bury(shop, probe, drain, "1", "2")
    bury(rival, probe, drain, "3")
    assert run(capsys, "redrive", "--id", str(item("1").id)) == "1 items put back\n"
    assert run(capsys, "redrive", "--tenant", "other", "--kind", KIND) == "1 items put back\n"
    assert run(capsys, "redrive", "--kind", OTHER_KIND) == "0 items put back\n"
    assert Item.objects.get(state=ItemState.DEAD).ref == "2"
    with pytest.raises(CommandError, match="no tenant 'nobody'"):
        call_command("redrive", "--tenant", "nobody")


def test_redrive_leaves_kinds_that_this_release_does_not_know(shop, probe, drain):
    bury(shop, probe, drain, "1", "2")
    execute("UPDATE queue_item SET kind = 'test.removed' WHERE ref = '1'")
    assert redrive() == 1
    assert item("1").state == ItemState.DEAD


def test_the_sweep_takes_idle_lanes_and_nothing_else(shop, probe, drain):
    put(shop, ("done", "1"))
    drain.run_until_empty()
    put(shop, ("leased", "2"))
    drain._claimer.claim(10)
    put(shop, ("waiting", "3"))
    assert sweep() == Swept(idle_lanes=1, orphans=0)
    assert sorted(Lane.objects.values_list("key", flat=True)) == ["leased", "waiting"]
    assert waiting() == 2


def test_the_sweep_takes_what_deleted_tenants_left(shop, probe):
    put(shop, ("a", "1"), ("b", "2"))
    execute("UPDATE queue_item SET tenant_id = gen_random_uuid() WHERE ref = '1'")
    execute("UPDATE queue_lane SET tenant_id = gen_random_uuid() WHERE key = 'a'")
    assert sweep() == Swept(idle_lanes=0, orphans=2)
    assert [left.ref for left in Item.objects.all()] == ["2"]

"""Work that kills its process, in processes of their own: it is counted, given up in the end, and takes nobody with it."""

from __future__ import annotations

from events.models import Event
from events.queue.models import ItemState
from events.queue.selectors import invariants
from events.queue.suspects import AttemptsUsedUpError
from events.queue.tests.helpers import done, item, lane, let_leases_end, put, run_worker, waiting
from events.queue.tests.probes import BURIED, CALL_KIND, INTENT, RETRY
from tenants.scope import tenant_scope


def test_an_item_that_kills_its_worker_ends_in_the_dead_letters(shop, rival, probe):
    put(shop, ("a", "killer"), ("a", "after"), *((f"lane {n}", f"{n}") for n in range(20)))
    put(rival, ("a", "elsewhere"))
    deaths = 0
    while run_worker("internal") == -9:
        deaths += 1
        assert item("killer").attempts == deaths, "counted before the handler ran"
        let_leases_end()
    assert deaths == RETRY.attempts
    dead = item("killer")
    assert (dead.state, dead.attempts) == (ItemState.DEAD, RETRY.attempts)
    assert dead.error == f"AttemptsUsedUpError: {AttemptsUsedUpError.__doc__}"
    assert done(shop, BURIED) == ["killer"]
    # Nobody else paid: all were done once, and none was near the end of its attempts.
    assert sorted(done(shop)) == sorted(["after", *map(str, range(20))])
    assert done(rival) == ["elsewhere"]
    assert waiting() == 0
    assert invariants().sleeping_lanes == 0


def test_who_was_only_near_a_killer_is_done_before_it_strikes_again(shop, probe):
    put(shop, ("a", "killer"), *((f"lane {n}", f"{n}") for n in range(5)))
    assert run_worker("internal") == -9
    assert done(shop) == [], "they shared its batch, which left no trace"
    let_leases_end()
    assert run_worker("internal") == -9
    # The second worker ran the killer alone; whatever came before it in that claim is done.
    let_leases_end()
    assert run_worker("internal") == -9
    assert sorted(done(shop)) == ["0", "1", "2", "3", "4"]
    assert all(attempts <= 2 for attempts in _attempts(shop))


def _attempts(shop) -> list[int]:
    with tenant_scope(shop):
        return [
            data["attempt"] for data in Event.objects.filter(type="EFFECT").values_list("data", flat=True)
        ]


def test_a_crash_between_call_and_result_leaves_the_intent_for_the_next_attempt(shop, call_probe, pump):
    """The ledger's case: the call may have had its effect; whoever comes next sees the intent and decides."""
    put(shop, ("a", "killer call"), kind=CALL_KIND)
    assert run_worker("external") == -9
    assert done(shop, INTENT) == ["killer call"], "committed before the call"
    assert done(shop) == []
    assert item("killer call").attempts == 1
    let_leases_end()
    seen: list[bool] = []

    def look() -> None:
        seen.append(_earlier(shop))

    call_probe.acts["prepare killer call"] = look
    pump.run_until_empty()
    assert seen == [True]
    assert done(shop) == ["killer call"]


def _earlier(shop) -> bool:
    rows = Event.objects.filter(type=INTENT).values_list("data", flat=True)
    return max(rows, key=lambda data: data["attempt"])["earlier"]


def test_a_call_that_kills_its_worker_ends_in_the_dead_letters_too(shop, call_probe):
    put(shop, ("a", "killer call"), ("b", "good call"), kind=CALL_KIND)
    deaths = 0
    while run_worker("external") == -9:
        deaths += 1
        let_leases_end()
    assert deaths == RETRY.attempts
    assert item("killer call").state == ItemState.DEAD
    assert done(shop, BURIED) == ["killer call"]
    assert "good call" in done(shop)
    assert lane("a").wake_at is None

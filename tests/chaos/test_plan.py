"""A chaos run is all of it in its seed."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from ops.chaos.faults import STRIKES
from ops.chaos.plan import COPIED_EVERY, COPIES, Plan, make_plan
from ops.chaos.site import WORKERS

POISON = {"raise": 3, "kill": 2, "hang": 1}


def plan(seed: int = 1) -> Plan:
    return make_plan(seed=seed, events=2_000, kills=12, poison=POISON, workers=WORKERS)


def test_the_same_seed_is_the_same_run():
    assert plan(5) == plan(5)
    assert plan(5) != plan(6)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_asked_for_is_in_it(seed):
    made = plan(seed)
    assert len(made.messages) == 2_000
    assert dict(made.poisoned) == POISON
    assert Counter(m.copies for m in made.messages)[COPIES] == 2_000 / COPIED_EVERY
    struck = Counter(fault.what for fault in made.faults)
    assert struck == {"kill": 12, "restart PostgreSQL": 3, "freeze": 2, "flush Redis": 1, "kill Redis": 1}
    assert set(struck) == set(STRIKES)
    assert {fault.target for fault in made.faults if fault.what == "kill"} <= {*WORKERS, "web"}
    assert all(0 < fault.at_s < made.duration_s for fault in made.faults)


def test_each_contact_counts_from_one_and_goes_on_after_its_poison():
    numbers: dict[tuple[int, str], list[int]] = defaultdict(list)
    made = plan()
    for message in sorted(made.messages, key=lambda message: message.at_s):
        numbers[message.account, message.contact].append(message.seq)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in numbers.values())
    for message in made.messages:
        if message.poison:
            assert len(numbers[message.account, message.contact]) > message.seq
    assert len({message.message_id for message in made.messages}) == 2_000
    assert made.messages[0].text("demo").startswith("#00001 demo ")

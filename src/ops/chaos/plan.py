"""The plan of a chaos run: every message and every fault, all of it from one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

Poison = Literal["", "raise", "kill", "hang"]

#: How often each kind of fault strikes, beside the kills.
POSTGRES_RESTARTS = 3
FREEZES = 2
COPIES = 5
COPIED_EVERY = 10


class Account(BaseModel):
    """One tenant's WhatsApp account, as the set-up made it."""

    model_config = ConfigDict(frozen=True)

    slug: str
    tenant_id: str
    schema_name: str
    account_id: str
    token: str
    app_secret: str
    webhook_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """A customer's message. ``seq`` counts the contact's messages from 1; ``at_s`` is when it is sent, at the earliest;
    ``copies`` is how often the provider delivers it."""

    account: int
    contact: str
    seq: int
    at_s: float
    copies: int = 1
    poison: Poison = ""

    @property
    def message_id(self) -> str:
        """The provider's id."""
        return f"wamid.chaos.{self.account}.{self.contact}.{self.seq}"

    def text(self, slug: str) -> str:
        """What it says: enough to find out later whose it is and which place it had."""
        return f"#{self.seq:05d} {slug} سلام" + (f" POISON:{self.poison}" if self.poison else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """``what`` is a key of ``faults.STRIKES``; ``target`` names a process where it needs one."""

    at_s: float
    what: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole run."""

    seed: int
    duration_s: float
    messages: tuple[PlannedMessage, ...]
    faults: tuple[PlannedFault, ...]

    @property
    def poisoned(self) -> Counter[Poison]:
        """How many messages of each sort of poison there are."""
        return Counter(message.poison for message in self.messages if message.poison)


def make_plan(
    *, seed: int, events: int, kills: int, poison: dict[Poison, int], workers: Sequence[str]
) -> Plan:
    """The same arguments give the same plan."""
    chance = random.Random(seed)
    # Two cores bear a start of a process every three seconds, and some hundred messages a second beside it.
    duration_s = max(10.0, kills * 3.0, events / 120)
    messages = _messages(chance, events=events, duration_s=duration_s, poison=poison)
    faults = _faults(chance, kills=kills, duration_s=duration_s, workers=workers)
    return Plan(seed=seed, duration_s=duration_s, messages=tuple(messages), faults=tuple(faults))


def _messages(
    chance: random.Random, *, events: int, duration_s: float, poison: dict[Poison, int]
) -> list[PlannedMessage]:
    contacts = [(account, f"2135{n:08d}") for account in (0, 1) for n in range(max(5, events // 100))]
    per_contact = Counter(chance.choices(contacts, k=events))
    # A contact's poison is its third message: enough before it, and time enough behind it to be given up.
    doses: list[Poison] = [sort for sort, count in poison.items() for _ in range(count)]
    busy = [contact for contact in contacts if per_contact[contact] > 5]
    poisoned = dict(zip(chance.sample(busy, len(doses)), doses, strict=True))
    messages: list[PlannedMessage] = []
    for (account, contact), count in sorted(per_contact.items()):
        times = sorted(chance.uniform(0, duration_s) for _ in range(count))
        if (account, contact) in poisoned:
            times = [at / 4 for at in times[:3]] + times[3:]
        for seq, at_s in enumerate(times, 1):
            dose = poisoned.get((account, contact), "") if seq == 3 else ""
            copies = COPIES if len(messages) % COPIED_EVERY == 0 else 1
            messages.append(
                PlannedMessage(
                    account=account, contact=contact, seq=seq, at_s=at_s, copies=copies, poison=dose
                )
            )
    return messages


def _faults(
    chance: random.Random, *, kills: int, duration_s: float, workers: Sequence[str]
) -> list[PlannedFault]:
    def moment() -> float:
        return chance.uniform(0.05, 0.95) * duration_s

    victims = [*workers, *workers, "web"]
    faults = [PlannedFault(at_s=moment(), what="kill", target=chance.choice(victims)) for _ in range(kills)]
    faults += [PlannedFault(at_s=moment(), what="restart PostgreSQL") for _ in range(POSTGRES_RESTARTS)]
    faults += [
        PlannedFault(at_s=moment(), what="freeze", target=chance.choice(list(workers)))
        for _ in range(FREEZES)
    ]
    faults += [PlannedFault(at_s=moment(), what=what) for what in ("flush Redis", "kill Redis")]
    return sorted(faults, key=lambda fault: fault.at_s)

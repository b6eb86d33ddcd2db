"""What the checker reads with, and what it writes down."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from ops.chaos.plan import Account, PlannedMessage
from ops.chaos.workflows import JOURNEY_EVERY

_TEXT = re.compile(r"#(\d{5}) (\S+) ")
_SHOWN = 5


@dataclass(slots=True)
class Findings:
    """What the checker saw. ``violations`` by sort; everything else is told, not judged."""

    violations: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    dead: list[str] = field(default_factory=list)

    def violate(self, sort: str, examples: Iterable[object]) -> None:
        """Note one violation for each of ``examples``."""
        for example in examples:
            self.violations[sort] += 1
            if len(self.examples[sort]) < _SHOWN:
                self.examples[sort].append(str(example))


Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be there for one account: the contact and number of each acknowledged message."""

    acknowledged: frozenset[Place]
    poisoned: frozenset[Place]

    @classmethod
    def of(cls, messages: Sequence[PlannedMessage], account: int) -> Expected:
        """From what the client saw acknowledged."""
        mine = [message for message in messages if message.account == account]
        return cls(
            frozenset((message.contact, message.seq) for message in mine),
            frozenset((message.contact, message.seq) for message in mine if message.poison),
        )

    @property
    def handled(self) -> frozenset[Place]:
        """Those that the workflow had to run for."""
        return self.acknowledged - self.poisoned

    @property
    def journeyed(self) -> frozenset[Place]:
        """Those that also went on a journey."""
        return frozenset(place for place in self.handled if place[1] % JOURNEY_EVERY == 0)


@dataclass(frozen=True, slots=True)
class Reader:
    connection: psycopg.Connection[tuple[Any, ...]]
    account: Account
    findings: Findings

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the account's schema, named ``{s}`` in the query."""
        statement = sql.SQL(query).format(s=sql.Identifier(self.account.schema_name))
        return self.connection.execute(statement).fetchall()

    def places(self, what: str, rows: Iterable[tuple[Any, ...]]) -> list[Place]:
        """The (contact, number) of each row of (contact, text, …); texts of the other tenant are violations."""
        found: list[Place] = []
        for contact, text, *_ in rows:
            match = _TEXT.search(text or "")
            if match is None or match[2] != self.account.slug:
                self.findings.violate("cross_tenant", [f"{what} of {self.account.slug}: {text!r}"])
                continue
            found.append((contact, int(match[1])))
        return found

    def compare(self, what: str, found: Sequence[Place], wanted: frozenset[Place]) -> None:
        """Each wanted place exactly once, each contact's in ascending order, nothing else."""
        self.once_each(what, found, wanted)
        self.ascending(f"{what} of {self.account.slug}", found)

    def once_each(self, what: str, found: Sequence[Place], wanted: frozenset[Place]) -> None:
        """Each wanted place exactly once, in any order, nothing else."""
        where = f"{what} of {self.account.slug}"
        times = Counter(found)
        self.findings.counts[what] += len(found)
        self.findings.violate("lost", (f"{where}: {place}" for place in sorted(wanted - times.keys())))
        self.findings.violate("unexpected", (f"{where}: {place}" for place in sorted(times.keys() - wanted)))
        self.findings.violate("duplicates", (f"{where}: {p} {n} times" for p, n in times.items() if n > 1))

    def ascending(self, where: str, found: Sequence[Place]) -> None:
        """Each contact's numbers never go back."""
        last: dict[str, int] = {}
        for contact, number in found:
            if number < last.get(contact, 0):
                self.findings.violate("order_breaks", [f"{where}: {contact} {last[contact]} before {number}"])
            last[contact] = number

"""Seeded faults: which request, webhook or status goes wrong, and how."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FaultKind = Literal[
    "delay_send",
    "fail_send",
    "drop_connection",
    "hang",
    "fail_status",
    "lose_status",
    "delay_webhook",
    "duplicate_webhook",
    "reorder_webhook",
]
Target = Literal["any", "message", "status"]


class FaultRule(BaseModel):
    """One thing that goes wrong, and when.

    When: on each ``every``-th opportunity, with ``probability``, at most ``count`` times, for ``account`` and
    ``customer`` if named (a sink is the account ``sink:<name>``); webhook faults also look at ``target``.

    What, by ``kind``:

    * ``delay_send``: the request waits ``ms``.
    * ``fail_send``: refused with HTTP ``status`` and the provider's ``code``, ``message``, ``retry_after``.
    * ``drop_connection``: the connection is cut without an answer; ``accepted`` tells if the message went out.
    * ``hang``: the answer comes ``ms`` late; ``accepted`` tells if the message went out.
    * ``fail_status``: accepted, then a ``failed`` status with ``code`` (WhatsApp).
    * ``lose_status``: the status never comes; ``statuses`` narrows it (WhatsApp).
    * ``delay_webhook``: posted ``ms`` late.
    * ``duplicate_webhook``: posted ``times`` further times.
    * ``reorder_webhook``: held for ``ms`` with its neighbours, then posted in another order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    account: str = ""
    customer: str = ""
    target: Target = "any"
    probability: float = Field(default=1.0, ge=0.0, le=1.0)
    every: int = Field(default=1, ge=1)
    count: int | None = Field(default=None, ge=0)
    ms: int = Field(default=200, ge=0)
    times: int = Field(default=1, ge=1, le=100)
    status: int = Field(default=500, ge=400, le=599)
    code: int = 131000
    message: str = ""
    retry_after: int | None = None
    accepted: bool = True
    statuses: tuple[str, ...] = ()


class FaultPlan(BaseModel):
    """The body of ``PUT /control/faults``: it replaces every earlier rule. The same seed fires alike."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    rules: tuple[FaultRule, ...] = ()


@dataclass(slots=True)
class _Active:
    """A rule with its own dice, so that one rule's firing does not change another's."""

    rule: FaultRule
    dice: random.Random
    seen: int = 0
    fired: int = 0

    def fires(self) -> bool:
        self.seen += 1
        rule = self.rule
        if rule.count is not None and self.fired >= rule.count:
            return False
        if self.seen % rule.every or (rule.probability < 1.0 and self.dice.random() >= rule.probability):
            return False
        self.fired += 1
        return True


@dataclass(slots=True)
class Faults:
    """The rules in force. ``pick`` is on the hot path: with no rules it is one dictionary look-up."""

    plan: FaultPlan = field(default_factory=FaultPlan)
    _by_kind: dict[str, list[_Active]] = field(default_factory=dict)
    dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - reproducible, not secret

    def __post_init__(self) -> None:
        self.load(self.plan)

    def load(self, plan: FaultPlan) -> None:
        """Replace all rules and start their dice anew."""
        self.plan = plan
        self.dice = random.Random(plan.seed)  # noqa: S311
        by_kind: dict[str, list[_Active]] = defaultdict(list)
        for index, rule in enumerate(plan.rules):
            dice = random.Random(f"{plan.seed}:{index}")  # noqa: S311
            by_kind[rule.kind].append(_Active(rule, dice))
        self._by_kind = dict(by_kind)

    def pick(
        self, kind: FaultKind, account: str, *, customer: str = "", target: Target = "any", status: str = ""
    ) -> FaultRule | None:
        """The rule of this kind that strikes now, if any. Asking counts as one opportunity."""
        for active in self._by_kind.get(kind, ()):
            rule = active.rule
            if rule.account and rule.account != account:
                continue
            if rule.customer and rule.customer != customer:
                continue
            if rule.target not in ("any", target):
                continue
            if rule.statuses and status not in rule.statuses:
                continue
            if active.fires():
                return rule
        return None

    def report(self) -> dict[str, Any]:
        """The rules with how often each was asked and fired, in the order given."""
        active = [item for items in self._by_kind.values() for item in items]
        by_rule = {id(item.rule): item for item in active}
        return {
            "seed": self.plan.seed,
            "rules": [
                {
                    **rule.model_dump(exclude_defaults=True),
                    "kind": rule.kind,
                    "seen": by_rule[id(rule)].seen,
                    "fired": by_rule[id(rule)].fired,
                }
                for rule in self.plan.rules
            ],
        }

"""The life of a WhatsApp message after acceptance: sent, delivered, read, posted in batches when they are due."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import defaultdict
from dataclasses import dataclass, field

from channels_app.simulator import whatsapp_payloads as payloads
from channels_app.simulator.webhooks import Webhooks
from channels_app.simulator.world import Account, Message, World

#: Statuses due within this time travel together, as Meta batches them under load.
TICK_S = 0.01


@dataclass(slots=True, order=True)
class _Due:
    at: float
    number: int
    account: Account = field(compare=False)
    message: Message = field(compare=False)
    state: str = field(compare=False)
    code: int = field(compare=False)


@dataclass(slots=True)
class StatusFeed:
    """One task serves all accounts from a heap, so that a send costs no timer of its own."""

    world: World
    webhooks: Webhooks
    _heap: list[_Due] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def clear(self) -> None:
        """Forget every status that is not yet due."""
        self._heap.clear()

    def follow(self, account: Account, message: Message) -> None:
        """Plan the statuses of a message that was just accepted."""
        customer = account.customers.get(message.customer)
        now = asyncio.get_running_loop().time()
        sent, delivered, read = (delay / 1000 for delay in account.spec.status_delays_ms)
        broken = self.world.faults.pick("fail_status", account.id, customer=message.customer)
        if broken is not None:
            self._plan(now + sent, account, message, state="failed", code=broken.code)
            return
        self._plan(now + sent, account, message, state="sent")
        if customer is not None and customer.blocked:
            return
        self._plan(now + delivered, account, message, state="delivered")
        if account.spec.reads and (customer is None or customer.reads):
            self._plan(now + read, account, message, state="read")

    def _plan(self, at: float, account: Account, message: Message, *, state: str, code: int = 0) -> None:
        heapq.heappush(self._heap, _Due(at, next(self._numbers), account, message, state, code))
        self._filled.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if not self._heap:
                self._filled.clear()
                await self._filled.wait()
            await asyncio.sleep(max(TICK_S, min(self._heap[0].at - loop.time(), 0.05) if self._heap else 0))
            due: dict[str, list[_Due]] = defaultdict(list)
            now = loop.time()
            while self._heap and self._heap[0].at <= now:
                item = heapq.heappop(self._heap)
                due[item.account.id].append(item)
            for items in due.values():
                self._post(items)

    def _post(self, items: list[_Due]) -> None:
        """Raise the states on the phone, then tell the product in as few webhooks as allowed."""
        account = items[0].account
        told = []
        for item in items:
            self.world.advance(item.message, item.state)
            lost = account.spec.statuses and self.world.faults.pick(
                "lose_status", account.id, customer=item.message.customer, target="status", status=item.state
            )
            if lost:
                self.webhooks.counts["statuses_lost"] += 1
            else:
                told.append(payloads.status(account, item.message, state=item.state, code=item.code))
        if not (account.spec.statuses and account.webhook_url):
            return
        size = self.world.limits.statuses_per_webhook
        for start in range(0, len(told), size):
            signed = payloads.sign(
                account, payloads.change(account, {"statuses": told[start : start + size]})
            )
            self.webhooks.post(account, signed.body, signed.headers, target="status")

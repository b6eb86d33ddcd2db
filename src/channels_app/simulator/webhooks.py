"""Delivery of webhooks to the product: posting, retrying what is not answered 2xx, and the webhook faults."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections import Counter
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp.abc import ResolveResult

from channels_app.simulator.faults import FaultRule, Target
from channels_app.simulator.world import Account, World


@dataclass(slots=True, kw_only=True)
class Posting:
    """One body on its way to one account's webhook.

    ``first`` resolves to the HTTP status of the first attempt (0: no answer), ``final`` to the status of the last;
    ``attempts`` counts them. Copies made by a fault are not told of here, only counted.
    """

    account: Account
    body: bytes
    headers: Mapping[str, str]
    target: Target
    customer: str
    retry: bool
    first: asyncio.Future[int]
    final: asyncio.Future[int]
    attempts: int = 0


class _LocalhostResolver(aiohttp.ThreadedResolver):
    """Takes tenants' development hosts (``demo.localhost``) for this machine, as browsers do (RFC 6761)."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return await super().resolve("127.0.0.1" if host.endswith(".localhost") else host, port, family)


@dataclass(slots=True)
class _Turn:
    """A posting held back by the reorder fault: ``go`` lets it start, ``done`` says that it was tried."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Webhooks:
    """Posts webhooks concurrently, a limited number per account at once, as the providers do."""

    world: World
    counts: Counter[str] = field(default_factory=Counter)
    _session: aiohttp.ClientSession | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    _held: dict[str, list[_Turn]] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return len(self._tasks)

    async def open(self) -> None:
        """Open the HTTP session; call once inside the running loop."""
        timeout = aiohttp.ClientTimeout(total=self.world.limits.webhook_timeout_s)
        self._session = aiohttp.ClientSession(
            timeout=timeout,
            connector=aiohttp.TCPConnector(limit=0, resolver=_LocalhostResolver()),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Give up everything pending and close the session."""
        await self.drop_pending()
        if self._session is not None:
            await self._session.close()

    async def drop_pending(self) -> None:
        """Cancel every posting and retry that is still under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._held.clear()

    async def get(self, url: str, params: Mapping[str, str]) -> tuple[int, str]:
        """GET once, for the handshake: status and text, or 0 and the reason when nothing answered."""
        assert self._session is not None
        try:
            async with self._session.get(url, params=params, allow_redirects=False) as response:
                return response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return 0, f"{type(error).__name__}: {error}"

    def post(
        self,
        account: Account,
        body: bytes,
        headers: Mapping[str, str],
        *,
        target: Target = "message",
        customer: str = "",
        retry: bool = True,
    ) -> Posting:
        """Start to deliver ``body`` and return at once. Above the limit of pending ones it is dropped and counted."""
        loop = asyncio.get_running_loop()
        posting = Posting(
            account=account,
            body=body,
            headers=headers,
            target=target,
            customer=customer,
            retry=retry,
            first=loop.create_future(),
            final=loop.create_future(),
        )
        if self.pending >= self.world.limits.pending_webhooks:
            self.counts["dropped"] += 1
            _settle(posting, 0)
            return posting
        self._start(self._deliver(posting))
        duplicate = self._fault("duplicate_webhook", posting)
        for _ in range(duplicate.times if duplicate else 0):
            self.counts["duplicated"] += 1
            self._start(self._send(posting))
        return posting

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        async def run() -> None:
            await work

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fault(self, kind: Any, posting: Posting) -> FaultRule | None:
        faults = self.world.faults
        return faults.pick(kind, posting.account.id, customer=posting.customer, target=posting.target)

    async def _deliver(self, posting: Posting) -> None:
        """Attempt until a 2xx, along the retry delays, then give up."""
        try:
            turn = await self._hold_back(posting)
            status = await self._send(posting)
            if turn is not None:
                turn.done.set()
            if not posting.first.done():
                posting.first.set_result(status)
            if posting.retry and not _accepted(status):
                status = await self._retry(posting)
            self.counts["delivered" if _accepted(status) else "given_up"] += 1
            _settle(posting, status)
        finally:
            _settle(posting, 0)

    async def _retry(self, posting: Posting) -> int:
        limits = self.world.limits
        deadline = time.monotonic() + limits.retry_for_s
        status = 0
        for attempt in range(10**6):
            delay = limits.retry_delays_s[min(attempt, len(limits.retry_delays_s) - 1)]
            if time.monotonic() + delay > deadline:
                break
            await asyncio.sleep(delay * random.uniform(0.9, 1.1))  # noqa: S311 - spreads retries, no secret
            self.counts["retried"] += 1
            status = await self._send(posting)
            if _accepted(status):
                break
        return status

    async def _send(self, posting: Posting) -> int:
        """One attempt. The address is read now, so that a product that moved is found. 0 = no answer."""
        account = posting.account
        slots = self._slots.setdefault(account.id, asyncio.Semaphore(self.world.limits.webhook_connections))
        assert self._session is not None
        async with slots:
            self.counts["posted"] += 1
            posting.attempts += 1
            try:
                async with self._session.post(
                    account.webhook_url, data=posting.body, headers=posting.headers, allow_redirects=False
                ) as response:
                    await response.read()
                    status = response.status
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                account.last_error = (time.time(), f"{type(error).__name__}: {error}"[:200])
                return 0
        if not _accepted(status):
            account.last_error = (time.time(), f"Wrong response from the webhook: {status}")
        return status

    async def _hold_back(self, posting: Posting) -> _Turn | None:
        """Apply the delay and reorder faults before the first attempt."""
        delay = self._fault("delay_webhook", posting)
        if delay:
            await asyncio.sleep(delay.ms / 1000)
        reorder = self._fault("reorder_webhook", posting)
        if not reorder:
            return None
        self.counts["reordered"] += 1
        turn = _Turn()
        held = self._held.setdefault(posting.account.id, [])
        held.append(turn)
        if len(held) == 1:
            self._start(self._release(posting.account.id, window_s=reorder.ms / 1000))
        await turn.go.wait()
        return turn

    async def _release(self, account_id: str, *, window_s: float) -> None:
        """After the window, let the held ones go one by one in an order that is surely another."""
        await asyncio.sleep(window_s)
        held = self._held.pop(account_id, [])
        order = list(held)
        self.world.faults.dice.shuffle(order)
        if order == held:
            order.reverse()
        for turn in order:
            turn.go.set()
            try:
                await asyncio.wait_for(turn.done.wait(), 5.0)
            except TimeoutError:
                continue


def _accepted(status: int) -> bool:
    return 200 <= status < 300


def _settle(posting: Posting, status: int) -> None:
    for future in (posting.first, posting.final):
        if not future.done():
            future.set_result(status)

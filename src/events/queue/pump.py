"""The pump: keeps a number of outside calls in the air at once, with no transaction open while they fly."""

from __future__ import annotations

import asyncio
import queue
import time
import uuid
from collections import defaultdict

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from core.http import HttpThread
from events.queue.claim import Claimer, Lease
from events.queue.doorbell import ring
from events.queue.drain import give_back, group, scope_of
from events.queue.enqueue import collecting, savepoint
from events.queue.finish import BatchResult, LeaseLostError, finish, judge
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, Outcome
from events.queue.models import Pool
from tenants.scope import public_scope

log = structlog.get_logger(__name__)

_RENEW = """
UPDATE public.queue_lane AS lane SET lease_until = now() + make_interval(secs => %s)
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS x(t, k, n)
WHERE lane.tenant_id = x.t AND lane.key = x.k AND lane.token = x.n
"""


class Pump:
    """One loop's hands on the external pool; the calls themselves run in ``http``'s event loop."""

    def __init__(self, http: HttpThread) -> None:
        self._http = http
        # One item of a lane at a time: the next may only fly when the first has landed.
        self._claimer = Claimer(Pool.EXTERNAL, depth=1)
        self._flying: dict[int, Lease] = {}
        self._landed: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._renewed_at = time.monotonic()

    @property
    def flying(self) -> int:
        """Calls under way."""
        return len(self._flying)

    def run_once(self, *, wait_s: float = 0.0) -> int:
        """Start what there is room for, settle what has landed (waiting up to ``wait_s`` for a first landing).

        Returns how many items were started or settled; 0 means that nothing is due and nothing landed.
        """
        started = self._start()
        landed = self._collect(wait_s if self._flying and not started else 0.0)
        self._settle(landed)
        self._renew()
        return started + len(landed)

    def run_until_empty(self, *, timeout_s: float = 30.0) -> int:
        """Work until nothing is due and nothing flies; returns the number of items. For tests and commands."""
        total, deadline = 0, time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            count = self.run_once(wait_s=0.05)
            total += count
            if not count and not self._flying:
                return total
        raise TimeoutError(f"{self.flying} calls still under way after {timeout_s} s")

    def _start(self) -> int:
        room = settings.QUEUE_EXTERNAL_SLOTS - len(self._flying)
        # Many small claims cost more than a short wait for a few landings.
        if room < settings.QUEUE_EXTERNAL_SLOTS // 4:
            return 0
        leases = self._claimer.claim(room)
        for batch in group(leases):
            self._prepare(batch)
        return sum(len(lease.items) for lease in leases)

    def _prepare(self, leases: list[Lease]) -> None:
        """Intents in one transaction; then the calls take off."""
        heads = {lease.items[0].id: lease for lease in leases if lease.items}
        result, calls = BatchResult(), list[Call]()
        try:
            with scope_of(leases[0].tenant_id), collecting() as outbox, transaction.atomic():
                by_kind: dict[str, list[Claimed]] = defaultdict(list)
                for lease in heads.values():
                    by_kind[lease.items[0].kind].append(lease.items[0])
                for kind, items in by_kind.items():
                    _prepare_items(_external(kind), items, calls, result)
                called = {call.item.id for call in calls}
                aloft = [lease for lease in leases if lease.items and lease.items[0].id in called]
                grounded = [lease for lease in leases if lease not in aloft]
                # Lanes with a call in the air stay leased; the rest of the bookkeeping is settled now.
                finish(grounded, result, outbox.items, keep=aloft)
        except (LeaseLostError, OperationalError) as exc:
            log.warning("calls not started", error=str(exc), lanes=len(leases))
            give_back(leases)
            return
        if outbox.items:
            ring({item.pool for item in outbox.items})
        for call in calls:
            self._flying[call.item.id] = heads[call.item.id]
            self._http.submit(self._fly(call))

    async def _fly(self, call: Call) -> None:
        try:
            outcome = Outcome(call.item, value=await call.perform(self._http.client))
        except (Exception, asyncio.CancelledError) as exc:
            outcome = Outcome(call.item, error=exc)
        self._landed.put(outcome)

    def _collect(self, wait_s: float) -> list[Outcome]:
        landed: list[Outcome] = []
        try:
            landed.append(self._landed.get(timeout=wait_s) if wait_s else self._landed.get_nowait())
            while True:
                landed.append(self._landed.get_nowait())
        except queue.Empty:
            return landed

    def _settle(self, landed: list[Outcome]) -> None:
        by_tenant: dict[uuid.UUID, list[Outcome]] = defaultdict(list)
        for outcome in landed:
            by_tenant[outcome.item.tenant_id].append(outcome)
        for outcomes in by_tenant.values():
            if not self._settle_batch(outcomes) and len(outcomes) > 1:
                # One result that cannot be recorded, or one lost lease, must not hold up the others.
                for outcome in outcomes:
                    self._settle_batch([outcome])

    def _settle_batch(self, outcomes: list[Outcome]) -> bool:
        leases = [self._flying[outcome.item.id] for outcome in outcomes]
        try:
            with scope_of(leases[0].tenant_id), collecting() as outbox, transaction.atomic():
                result = BatchResult()
                by_kind: dict[str, list[Outcome]] = defaultdict(list)
                for outcome in outcomes:
                    by_kind[outcome.item.kind].append(outcome)
                for kind, same in by_kind.items():
                    _settle_kind(kind, same, result)
                finish(leases, result, outbox.items)
        except Exception as exc:
            log.warning("results not recorded", error=f"{type(exc).__name__}: {exc}", calls=len(outcomes))
            if len(outcomes) == 1:
                self._flying.pop(outcomes[0].item.id)
                give_back(leases)
            return False
        for outcome in outcomes:
            self._flying.pop(outcome.item.id)
        if outbox.items:
            ring({item.pool for item in outbox.items})
        return True

    def _renew(self) -> None:
        """Keep the lanes of slow calls ours: renewed each third of a lease."""
        if not self._flying or time.monotonic() - self._renewed_at < settings.QUEUE_LEASE_S / 3:
            return
        self._renewed_at = time.monotonic()
        leases = list(self._flying.values())
        with public_scope(), connection.cursor() as cursor:
            cursor.execute(
                _RENEW,
                [
                    settings.QUEUE_LEASE_S,
                    [x.tenant_id for x in leases],
                    [x.key for x in leases],
                    [x.token for x in leases],
                ],
            )


def _external(kind: str) -> ExternalHandler:
    handler = HANDLERS.get(kind)
    assert isinstance(handler, ExternalHandler)
    return handler


def _prepare_items(
    handler: ExternalHandler, items: list[Claimed], calls: list[Call], result: BatchResult
) -> None:
    """All at once; when that fails, one by one."""
    try:
        with savepoint():
            made = handler.prepare(items)
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        if len(items) == 1:
            _fail(handler, items[0], exc, result)
            return
        for item in items:
            _prepare_items(handler, [item], calls, result)
    else:
        calls.extend(made)
        called = {call.item.id for call in made}
        result.done.extend(item for item in items if item.id not in called)


def _settle_kind(kind: str, outcomes: list[Outcome], result: BatchResult) -> None:
    handler = _external(kind)
    again = handler.settle(outcomes)
    for outcome in outcomes:
        error = again.get(outcome.item.id)
        if error is None:
            result.done.append(outcome.item)
        else:
            _fail(handler, outcome.item, error, result)


def _fail(handler: ExternalHandler, item: Claimed, error: Exception, result: BatchResult) -> None:
    failure = judge(item, error)
    result.failed.append(failure)
    log.warning(
        "call failed",
        kind=item.kind,
        ref=item.ref,
        attempt=item.attempts,
        dead=failure.dead,
        error=failure.error,
    )
    if failure.dead:
        handler.on_dead(item, failure.error)

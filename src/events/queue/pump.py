"""The pump: keeps a number of outside calls in the air at once, with no transaction open while they fly."""

from __future__ import annotations

import asyncio
import queue
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from core.http import HttpThread
from events.queue.claim import Claimer, Lease
from events.queue.doorbell import ring
from events.queue.drain import WrongPoolError, give_back, group
from events.queue.enqueue import collecting, savepoint
from events.queue.finish import BatchResult, LeaseLostError, finish, judge
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, Outcome
from events.queue.models import Pool
from events.queue.scopes import scope_of
from events.queue.suspects import AttemptsUsedUpError, begin, bury, fail_alone, spent
from tenants.scope import TenantRef, current_tenant, public_scope, tenant_scope

log = structlog.get_logger(__name__)

_RENEW = """
UPDATE public.queue_lane AS lane SET lease_until = now() + make_interval(secs => %s)
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS x(t, k, n)
WHERE lane.tenant_id = x.t AND lane.key = x.k AND lane.token = x.n
"""

_GATHER_S = 0.005


@dataclass(frozen=True, slots=True)
class _Flight:
    """A call under way. Its result is recorded for the tenant that it was made for, even if that one was suspended
    meanwhile: what happened outside has happened."""

    lease: Lease
    tenant: TenantRef | None

    @property
    def scope(self) -> AbstractContextManager[object]:
        return tenant_scope(self.tenant) if self.tenant is not None else public_scope()


class Pump:
    """One loop's hands on the external pool; the calls themselves run in ``http``'s event loop. ``beat`` is called
    before each batch, as a sign of life."""

    def __init__(self, http: HttpThread, beat: Callable[[], None] = lambda: None) -> None:
        self._http = http
        self._beat = beat
        # One item of a lane at a time: the next may only fly when the first has landed.
        self._claimer = Claimer(Pool.EXTERNAL, depth=1)
        self._flying: dict[int, _Flight] = {}
        self._landed: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._unsettled: list[Outcome] = []
        self._renewed_at = time.monotonic()
        self._hungry = True
        self._look_at = 0.0

    @property
    def flying(self) -> int:
        """Calls under way."""
        return len(self._flying)

    def run_once(self, *, wait_s: float = 0.0, woken: bool = True) -> int:
        """Start what there is room for, settle what has landed (waiting up to ``wait_s`` for a first landing).

        Looks for new work when ``woken``, when there was more than it could take, or when it has not looked for a poll's
        time: not at each landing. Returns how many items were started or settled.
        """
        self._hungry |= woken or time.monotonic() >= self._look_at
        started = self._start() if self._hungry else 0
        landed = self._collect(wait_s if self._flying and not started else 0.0)
        self._unsettled.extend(landed)
        self._renew()
        self._settle()
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
        self._hungry = len(leases) >= room
        self._look_at = time.monotonic() + settings.QUEUE_POLL_S
        for batch in group(leases):
            self._beat()
            self._prepare(batch)
        return sum(len(lease.items) for lease in leases)

    def _prepare(self, leases: list[Lease]) -> None:
        """Intents in one transaction; then the calls take off."""
        suspect = leases[0] if leases[0].suspect else None
        heads = {lease.items[0].id: lease for lease in leases if lease.items}
        result, calls = BatchResult(), list[Call]()
        try:
            with scope_of(leases[0].tenant_id):
                tenant = current_tenant()
                if suspect is not None and not spent(suspect.items[0]):
                    begin(suspect)
                with collecting() as outbox, transaction.atomic():
                    for kind, items in _by_kind([lease.items[0] for lease in heads.values()]).items():
                        _prepare_items(kind, items, calls, result)
                    called = {call.item.id for call in calls}
                    aloft = [lease for lease in leases if lease.items and lease.items[0].id in called]
                    grounded = [lease for lease in leases if lease not in aloft]
                    # Lanes with a call in the air stay leased; the rest of the bookkeeping is settled now.
                    finish(grounded, result, outbox, keep=aloft)
        except Exception as exc:
            log.warning("calls not started", error=f"{type(exc).__name__}: {exc}", lanes=len(leases))
            if suspect is not None and not isinstance(exc, LeaseLostError):
                fail_alone(suspect, exc)
            else:
                give_back(leases)
            return
        if outbox.items:
            ring({item.pool for item in outbox.items})
        for call in calls:
            self._flying[call.item.id] = _Flight(heads[call.item.id], tenant)
            self._http.submit(self._fly(call))

    async def _fly(self, call: Call) -> None:
        try:
            outcome = Outcome(call.item, value=await call.perform(self._http.client), memo=call.memo)
        except (Exception, asyncio.CancelledError) as exc:
            outcome = Outcome(call.item, error=exc, memo=call.memo)
        self._landed.put(outcome)

    def _collect(self, wait_s: float) -> list[Outcome]:
        landed: list[Outcome] = []
        try:
            landed.append(self._landed.get(timeout=wait_s) if wait_s else self._landed.get_nowait())
            if wait_s and len(self._flying) > 1:
                # Calls come back in swarms: a moment's patience settles many in one transaction.
                time.sleep(_GATHER_S)
            while True:
                landed.append(self._landed.get_nowait())
        except queue.Empty:
            return landed

    def _settle(self) -> None:
        """Record what has landed. Raises ``OperationalError`` when the database is away: the results are kept, and
        recorded as long as their leases last."""
        by_tenant: dict[uuid.UUID, list[Outcome]] = defaultdict(list)
        for outcome in self._unsettled:
            by_tenant[outcome.item.tenant_id].append(outcome)
        for outcomes in by_tenant.values():
            self._beat()
            if len(outcomes) > 1 and self._settle_batch(outcomes):
                continue
            # One result that cannot be recorded, or one lost lease, must not hold up the others.
            for outcome in outcomes:
                self._settle_batch([outcome])

    def _settle_batch(self, outcomes: list[Outcome]) -> bool:
        flights = [self._flying[outcome.item.id] for outcome in outcomes]
        leases = [flight.lease for flight in flights]
        alone = len(outcomes) == 1
        try:
            with flights[0].scope, collecting() as outbox, transaction.atomic():
                result = BatchResult()
                for kind, same in _by_kind_of_outcome(outcomes).items():
                    _settle_kind(kind, same, result)
                finish(leases, result, outbox)
        except OperationalError:
            if alone:
                raise
            return False
        except Exception as exc:
            log.warning("results not recorded", error=f"{type(exc).__name__}: {exc}", calls=len(outcomes))
            if alone:
                self._landed_for_good(outcomes)
                if isinstance(exc, LeaseLostError):
                    give_back(leases)
                else:
                    fail_alone(leases[0], exc)
            return False
        self._landed_for_good(outcomes)
        if outbox.items:
            ring({item.pool for item in outbox.items})
        return True

    def _landed_for_good(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._flying.pop(outcome.item.id)
            self._unsettled.remove(outcome)

    def _renew(self) -> None:
        """Keep the lanes of slow calls ours: renewed each third of a lease. A result that could not be recorded yet
        has what is left of its lease."""
        if not self._flying or time.monotonic() - self._renewed_at < settings.QUEUE_LEASE_S / 3:
            return
        self._renewed_at = time.monotonic()
        waiting = {outcome.item.id for outcome in self._unsettled}
        leases = [flight.lease for item_id, flight in self._flying.items() if item_id not in waiting]
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


def _by_kind(items: Iterable[Claimed]) -> dict[str, list[Claimed]]:
    kinds: dict[str, list[Claimed]] = defaultdict(list)
    for item in items:
        kinds[item.kind].append(item)
    return kinds


def _by_kind_of_outcome(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.item.kind].append(outcome)
    return kinds


def _external(kind: str) -> ExternalHandler:
    handler = HANDLERS.get(kind)
    if not isinstance(handler, ExternalHandler):
        raise WrongPoolError(f"{kind!r} waits in a lane of the external pool: {WrongPoolError.__doc__}")
    return handler


def _prepare_items(kind: str, items: list[Claimed], calls: list[Call], result: BatchResult) -> None:
    """All at once; when that fails, one by one."""
    if spent(items[0]):
        _fail(items[0], AttemptsUsedUpError(), result)
        return
    try:
        with savepoint():
            made = _external(kind).prepare(items)
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        if len(items) == 1:
            _fail(items[0], exc, result)
            return
        for item in items:
            _prepare_items(kind, [item], calls, result)
    else:
        calls.extend(made)
        called = {call.item.id for call in made}
        result.done.extend(item for item in items if item.id not in called)


def _settle_kind(kind: str, outcomes: list[Outcome], result: BatchResult) -> None:
    again = _external(kind).settle(outcomes)
    for outcome in outcomes:
        error = again.get(outcome.item.id)
        if error is None:
            result.done.append(outcome.item)
        else:
            _fail(outcome.item, error, result)


def _fail(item: Claimed, error: Exception, result: BatchResult) -> None:
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
        bury(item, failure.error)

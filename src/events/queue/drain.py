"""The drain: takes what waits for the internal pool and does it in batches of one tenant, exactly once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from events.queue.claim import Claimer, Lease
from events.queue.doorbell import ring
from events.queue.enqueue import PLATFORM, collecting, savepoint
from events.queue.finish import BatchResult, LeaseLostError, finish, free, judge
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from events.queue.models import Pool
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import ready_tenant

log = structlog.get_logger(__name__)


def scope_of(tenant_id: uuid.UUID) -> AbstractContextManager[object]:
    """The scope in which an item runs. Raises ``LeaseLostError`` when its tenant is served no more."""
    if tenant_id == PLATFORM:
        return public_scope()
    tenant = ready_tenant(tenant_id)
    if tenant is None:
        raise LeaseLostError("the tenant is not ready any more")
    return tenant_scope(tenant)


def group(leases: Sequence[Lease]) -> list[list[Lease]]:
    """Batches: one tenant each, smallest first so that nobody waits behind a crowd; suspects alone, at the end."""
    by_tenant: dict[uuid.UUID, list[Lease]] = defaultdict(list)
    for lease in leases:
        if not lease.suspect:
            by_tenant[lease.tenant_id].append(lease)
    return sorted(by_tenant.values(), key=len) + [[lease] for lease in leases if lease.suspect]


class Drain:
    """One loop's hands on the internal pool."""

    def __init__(self) -> None:
        self._claimer = Claimer(Pool.INTERNAL)

    def run_once(self) -> int:
        """Claim once and work it off; returns how many items were claimed. 0 means that nothing is due."""
        leases = self._claimer.claim(settings.QUEUE_BATCH)
        for batch in group(leases):
            self._run_batch(batch)
        return sum(max(1, len(lease.items)) for lease in leases)

    def run_until_empty(self, *, limit: int = 10_000) -> int:
        """Work until nothing is due (or ``limit`` claims were made); returns the number of items."""
        total = 0
        for _ in range(limit):
            count = self.run_once()
            if not count:
                break
            total += count
        return total

    def _run_batch(self, leases: list[Lease]) -> None:
        try:
            with scope_of(leases[0].tenant_id), collecting() as outbox, transaction.atomic():
                result = BatchResult()
                for kind, items in _by_kind(leases).items():
                    _run_items(HANDLERS.get(kind), items, result)
                finish(leases, result, outbox.items)
        except (LeaseLostError, OperationalError) as exc:
            # Nothing was written. A lost lane is somebody else's; a lost database gives the lanes back by their lease.
            log.warning("batch undone", error=str(exc), lanes=len(leases))
            give_back(leases)
        else:
            if outbox.items:
                ring({item.pool for item in outbox.items})


def _by_kind(leases: Sequence[Lease]) -> dict[str, list[Claimed]]:
    kinds: dict[str, list[Claimed]] = defaultdict(list)
    for lease in leases:
        for item in lease.items:
            kinds[item.kind].append(item)
    for items in kinds.values():
        items.sort(key=lambda item: item.id)
    return kinds


def _run_items(handler: object, items: list[Claimed], result: BatchResult) -> None:
    """All at once where the speed is; when that fails, one by one so that only the guilty pays."""
    assert isinstance(handler, InternalHandler)
    try:
        with savepoint():
            handler.handle(items)
        result.done.extend(items)
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        if len(items) == 1:
            _give_up(handler, items[0], exc, result)
        else:
            _run_each(handler, items, result)


def _run_each(handler: InternalHandler, items: list[Claimed], result: BatchResult) -> None:
    blocked: set[str] = set()
    for item in items:
        if item.lane in blocked:
            result.untouched.append(item)
            continue
        before = len(result.failed)
        _run_items(handler, [item], result)
        if len(result.failed) > before and not result.failed[-1].dead:
            blocked.add(item.lane)


def _give_up(handler: InternalHandler, item: Claimed, error: Exception, result: BatchResult) -> None:
    failure = judge(item, error)
    result.failed.append(failure)
    log.warning(
        "item failed",
        kind=item.kind,
        ref=item.ref,
        attempt=item.attempts,
        dead=failure.dead,
        error=failure.error,
    )
    if failure.dead:
        handler.on_dead(item, failure.error)


def give_back(leases: Sequence[Lease]) -> None:
    """After an undone batch: free the lanes that are still ours at once, instead of when their lease ends."""
    try:
        with public_scope(), connection.cursor() as cursor:
            free(cursor, leases)
    except DatabaseError:
        connection.close()

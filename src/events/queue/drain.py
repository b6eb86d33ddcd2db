"""The drain: takes what waits for the internal pool and does it in batches of one tenant, exactly once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from core.errors import PermanentError
from events.queue.claim import Claimer, Lease
from events.queue.doorbell import ring
from events.queue.enqueue import collecting, savepoint
from events.queue.finish import BatchResult, LeaseLostError, finish, free, judge
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from events.queue.models import Pool
from events.queue.scopes import scope_of
from events.queue.suspects import AttemptsUsedUpError, begin, bury, fail_alone, spent
from tenants.scope import public_scope

log = structlog.get_logger(__name__)


class WrongPoolError(PermanentError):
    """The item's kind belongs to the other pool: a lane serves kinds of one pool only."""


def group(leases: Sequence[Lease]) -> list[list[Lease]]:
    """Batches: one tenant each, smallest first so that nobody waits behind a crowd; suspect lanes each by itself, at the
    end.

    Among suspects those with the fewest attempts go first: who was only near a killer is done before it strikes again.
    """
    by_tenant: dict[uuid.UUID, list[Lease]] = defaultdict(list)
    for lease in leases:
        if not lease.suspect:
            by_tenant[lease.tenant_id].append(lease)
    suspects = sorted((lease for lease in leases if lease.suspect), key=lambda lease: lease.items[0].attempts)
    return sorted(by_tenant.values(), key=len) + [[lease] for lease in suspects]


class Drain:
    """One loop's hands on the internal pool. ``beat`` is called before each batch, as a sign of life."""

    def __init__(self, beat: Callable[[], None] = lambda: None) -> None:
        self._claimer = Claimer(Pool.INTERNAL)
        self._beat = beat

    def run_once(self) -> int:
        """Claim once and work it off; returns how many items were claimed. 0 means that nothing is due."""
        leases = self._claimer.claim(settings.QUEUE_BATCH)
        for batch in group(leases):
            self._beat()
            _run_batch(batch)
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


def _run_batch(leases: list[Lease]) -> None:
    suspect = leases[0] if leases[0].suspect else None
    try:
        with scope_of(leases[0].tenant_id):
            if suspect is not None and not spent(suspect.items[0]):
                begin(suspect)
            with collecting() as outbox, transaction.atomic():
                result = BatchResult()
                for kind, items in _by_kind(leases).items():
                    _run_items(kind, items, result)
                finish(leases, result, outbox)
    except LeaseLostError as exc:
        log.warning("batch undone", error=str(exc), lanes=len(leases))
        give_back(leases)
    except Exception as exc:
        # Nothing was written. The lanes of a batch come back each by itself, the items of a lane one by one; whoever is
        # alone already is the one that failed.
        log.warning("batch undone", error=f"{type(exc).__name__}: {exc}", lanes=len(leases))
        if suspect is not None and len(suspect.items) == 1:
            fail_alone(suspect, exc)
        else:
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


def _run_items(kind: str, items: list[Claimed], result: BatchResult) -> None:
    """All at once where the speed is; when that fails, one by one so that only the guilty pays."""
    if spent(items[0]):
        _fail(items[0], AttemptsUsedUpError(), result)
        return
    try:
        with savepoint():
            _internal(kind).handle(items)
        result.done.extend(items)
    except (OperationalError, LeaseLostError):
        raise
    except Exception as exc:
        if len(items) == 1:
            _fail(items[0], exc, result)
        else:
            _run_each(kind, items, result)


def _internal(kind: str) -> InternalHandler:
    handler = HANDLERS.get(kind)
    if not isinstance(handler, InternalHandler):
        raise WrongPoolError(f"{kind!r} waits in a lane of the internal pool: {WrongPoolError.__doc__}")
    return handler


def _run_each(kind: str, items: list[Claimed], result: BatchResult) -> None:
    blocked: set[str] = set()
    for item in items:
        if item.lane in blocked:
            result.untouched.append(item)
            continue
        before = len(result.failed)
        _run_items(kind, [item], result)
        if len(result.failed) > before and not result.failed[-1].dead:
            blocked.add(item.lane)


def _fail(item: Claimed, error: Exception, result: BatchResult) -> None:
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
        bury(item, failure.error)


def give_back(leases: Sequence[Lease]) -> None:
    """After an undone batch: free the lanes that are still ours at once, instead of when their lease ends."""
    try:
        with public_scope(), connection.cursor() as cursor:
            free(cursor, leases)
    except DatabaseError:
        connection.close()

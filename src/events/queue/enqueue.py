"""Putting work into the queue, in the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from events.queue.doorbell import ring
from events.queue.handlers import HANDLERS
from events.queue.models import Pool
from tenants.scope import current_tenant

#: The owner of work that belongs to no tenant.
PLATFORM = uuid.UUID(int=0)

# A lane that was swept away and comes back must not repeat a token that a worker may still hold: tokens start at the time.
UPSERT_LANES = """
INSERT INTO public.queue_lane (tenant_id, key, pool, wake_at, token)
SELECT t, k, p, min(COALESCE(w, now())), (extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::timestamptz[]) AS x(t, k, p, w)
GROUP BY t, k, p ORDER BY t, k
ON CONFLICT (tenant_id, key) DO UPDATE SET wake_at = LEAST(queue_lane.wake_at, EXCLUDED.wake_at)
"""
INSERT_ITEMS = """
INSERT INTO public.queue_item (tenant_id, lane_key, kind, ref, dedupe_key, run_at)
SELECT t, k, d, r, u, COALESCE(w, now())
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
     WITH ORDINALITY AS x(t, k, d, r, u, w, n) ORDER BY n
ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
"""
_LANES_OF = "SELECT DISTINCT lane_key FROM public.queue_item WHERE tenant_id = %s AND dedupe_key = ANY(%s) AND state = 0"
_LOCK_LANES = "SELECT FROM public.queue_lane WHERE tenant_id = %s AND key = ANY(%s) ORDER BY key FOR UPDATE"
_REMOVE = "DELETE FROM public.queue_item WHERE tenant_id = %s AND dedupe_key = ANY(%s) AND state = 0 RETURNING lane_key"
_WAKE_FOR_THE_REST = """
UPDATE public.queue_lane AS lane SET wake_at = (
    SELECT run_at FROM public.queue_item
    WHERE tenant_id = lane.tenant_id AND lane_key = lane.key AND state = 0 ORDER BY id LIMIT 1)
WHERE tenant_id = %s AND key = ANY(%s) AND lease_until IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Work to be queued. ``run_at`` ``None`` means now, by the database's clock. ``dedupe_key`` defaults to kind and ref."""

    lane: str
    kind: str
    ref: str
    dedupe_key: str = ""
    run_at: datetime | None = None
    tenant_id: uuid.UUID = PLATFORM

    @property
    def pool(self) -> Pool:
        """The pool of the kind's handler."""
        return HANDLERS.get(self.kind).pool


@dataclass(slots=True)
class Outbox:
    """What one batch wants to queue, held back so that it is written once, with all its locks taken in one order."""

    items: list[NewItem] = field(default_factory=list)
    #: Dedupe keys of items that are not wanted any more; one that is queued after it was withdrawn is.
    withdrawn: list[str] = field(default_factory=list)

    def mark(self) -> Outbox:
        """A point to roll back to."""
        return Outbox(list(self.items), list(self.withdrawn))

    def rollback(self, mark: Outbox) -> None:
        """Forget what came after ``mark``."""
        self.items, self.withdrawn = mark.items, mark.withdrawn

    def withdraw(self, keys: Collection[str]) -> None:
        """Take back what this batch has queued itself, and note the rest."""
        self.items = [item for item in self.items if item.dedupe_key not in keys]
        self.withdrawn.extend(keys)


_outbox: ContextVar[Outbox | None] = ContextVar("wasl_outbox", default=None)


@contextmanager
def collecting() -> Iterator[Outbox]:
    """Hold back what the block enqueues; the caller writes the outbox before it commits."""
    outbox = Outbox()
    token = _outbox.set(outbox)
    try:
        yield outbox
    finally:
        _outbox.reset(token)


@contextmanager
def savepoint() -> Iterator[None]:
    """A savepoint of the transaction that takes the outbox back with it when the block raises."""
    outbox = _outbox.get()
    mark = outbox.mark() if outbox is not None else Outbox()
    try:
        with transaction.atomic():
            yield
    except BaseException:
        if outbox is not None:
            outbox.rollback(mark)
        raise


def enqueue(*items: NewItem) -> None:
    """Queue work in the current transaction, for the current tenant (or the platform, outside any).

    The lane is touched before the item is inserted: its row lock makes the items' ids follow the order of commits.
    Raises ``TransactionManagementError`` outside a transaction and ``UnknownKeyError`` for an unknown kind.
    """
    tenant = current_tenant()
    tenant_id = tenant.id if tenant else PLATFORM
    owned = [_owned(item, tenant_id) for item in items]
    outbox = _outbox.get()
    if outbox is not None:
        outbox.items.extend(owned)
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "enqueue() needs the transaction of the change that it follows"
        )
    with connection.cursor() as cursor:
        write_items(cursor, owned)
    pools = {item.pool for item in owned}
    transaction.on_commit(lambda: ring(pools))


def _owned(item: NewItem, tenant_id: uuid.UUID) -> NewItem:
    return NewItem(
        lane=item.lane,
        kind=item.kind,
        ref=item.ref,
        dedupe_key=item.dedupe_key or f"{item.kind}:{item.ref}",
        run_at=item.run_at,
        tenant_id=tenant_id,
    )


def withdraw(*dedupe_keys: str) -> None:
    """Take waiting items of the current tenant (or the platform) out of the queue, in the current transaction. One that is
    being worked on runs to its end."""
    outbox = _outbox.get()
    if outbox is not None:
        outbox.withdraw(dedupe_keys)
        return
    tenant = current_tenant()
    tenant_id = tenant.id if tenant else PLATFORM
    with connection.cursor() as cursor:
        # Lanes before items, as a batch's end takes them, so that the two never deadlock.
        cursor.execute(_LOCK_LANES, [tenant_id, lanes_of(cursor, tenant_id, dedupe_keys)])
        remove_items(cursor, tenant_id, dedupe_keys)


def lanes_of(cursor: Any, tenant_id: uuid.UUID, dedupe_keys: Sequence[str]) -> list[str]:
    """The lanes in which these items wait."""
    cursor.execute(_LANES_OF, [tenant_id, list(dedupe_keys)])
    return [lane for (lane,) in cursor.fetchall()]


def remove_items(cursor: Any, tenant_id: uuid.UUID, dedupe_keys: Sequence[str]) -> None:
    """Delete waiting items; lanes that nobody holds wake for what is left in them, if anything."""
    cursor.execute(_REMOVE, [tenant_id, list(dedupe_keys)])
    lanes = sorted({lane for (lane,) in cursor.fetchall()})
    if lanes:
        cursor.execute(_WAKE_FOR_THE_REST, [tenant_id, lanes])


def write_items(cursor: Any, items: Iterable[NewItem]) -> None:
    """Write lanes, then items, by the two statements above. ``tenant_id`` and ``dedupe_key`` must be set."""
    rows = list(items)
    if not rows:
        return
    tenants = [row.tenant_id for row in rows]
    lanes = [row.lane for row in rows]
    runs = [row.run_at for row in rows]
    cursor.execute(UPSERT_LANES, [tenants, lanes, [int(row.pool) for row in rows], runs])
    cursor.execute(
        INSERT_ITEMS,
        [tenants, lanes, [r.kind for r in rows], [r.ref for r in rows], [r.dedupe_key for r in rows], runs],
    )

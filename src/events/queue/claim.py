"""Claiming: lanes under a lease, tenants in turn, first attempts counted before any handler runs."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction

from events.queue.enqueue import PLATFORM
from events.queue.handlers import Claimed
from events.queue.models import Pool

# Jumps from tenant to tenant along the index (a "loose scan"), so ten thousand waiting lanes of one tenant cost
# the others nothing; starts after the tenant that the last claim ended with.
_CLAIM_LANES = """
WITH RECURSIVE turn AS (
    (SELECT tenant_id FROM public.queue_lane
     WHERE pool = %(pool)s AND wake_at IS NOT NULL AND tenant_id >= %(first)s ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT l.tenant_id FROM public.queue_lane l
            WHERE l.pool = %(pool)s AND l.wake_at IS NOT NULL AND l.tenant_id > turn.tenant_id
            ORDER BY l.tenant_id LIMIT 1)
    FROM turn WHERE turn.tenant_id IS NOT NULL
), picked AS (
    SELECT ready.tenant_id, ready.key FROM turn CROSS JOIN LATERAL (
        SELECT tenant_id, key FROM public.queue_lane
        WHERE pool = %(pool)s AND tenant_id = turn.tenant_id AND wake_at <= now()
          AND (lease_until IS NULL OR lease_until <= now())
          AND (tenant_id = %(platform)s OR EXISTS (
               SELECT 1 FROM public.tenants_tenant t WHERE t.id = turn.tenant_id AND t.state = 'ready'))
        ORDER BY wake_at LIMIT %(per_tenant)s FOR UPDATE SKIP LOCKED
    ) ready LIMIT %(limit)s
)
UPDATE public.queue_lane AS lane
SET lease_until = now() + make_interval(secs => %(lease)s), token = lane.token + 1
FROM picked WHERE lane.tenant_id = picked.tenant_id AND lane.key = picked.key
RETURNING lane.tenant_id, lane.key, lane.token
"""
_PEEK_ITEMS = """
SELECT i.id, l.t, l.k, i.kind, i.ref, i.attempts, i.run_at <= now()
FROM unnest(%s::uuid[], %s::text[]) AS l(t, k) CROSS JOIN LATERAL (
    SELECT id, kind, ref, attempts, run_at FROM public.queue_item
    WHERE tenant_id = l.t AND lane_key = l.k AND state = 0 ORDER BY id LIMIT %s
) i ORDER BY i.id
"""
_COUNT_ATTEMPTS = "UPDATE public.queue_item SET attempts = attempts + 1 WHERE id = ANY(%s)"

_LOWEST = uuid.UUID(int=0)


@dataclass(slots=True)
class Lease:
    """A claimed lane: ``token`` proves at the end that it is still ours."""

    tenant_id: uuid.UUID
    key: str
    token: int
    items: list[Claimed] = field(default_factory=list)

    @property
    def suspect(self) -> bool:
        """Its head failed, or was near when a worker died: the lane runs by itself, so that it can take no other with
        it, and its attempts are counted only when its turn has come (:func:`events.queue.suspects.begin`)."""
        return bool(self.items) and self.items[0].attempts > 1


class Claimer:
    """Claims for one pool, remembering whose turn it is."""

    def __init__(self, pool: Pool, *, depth: int = 20) -> None:
        """``depth`` is how many items are taken from one lane at a time, at the most."""
        self.pool = pool
        self._depth = depth
        self._first = _LOWEST

    def claim(self, limit: int) -> list[Lease]:
        """Lease up to ``limit`` lanes with about as many items, and count the first attempt of each fresh one. Commits.

        First a share for every tenant from where the last claim ended, then the spare capacity to whoever waits.
        """
        share = max(4, limit // 8)
        with transaction.atomic():
            leases = self._lanes(limit, per_tenant=share)
            # Only a tenant that used up its share can have more.
            if share <= len(leases) < limit and max(Counter(x.tenant_id for x in leases).values()) >= share:
                leases += self._lanes(limit - len(leases), per_tenant=limit)
            if leases:
                self._take_items(leases, depth=max(1, min(self._depth, limit // len(leases))))
        return leases

    def _lanes(self, limit: int, *, per_tenant: int) -> list[Lease]:
        leases = self._lanes_from(self._first, limit, per_tenant)
        if len(leases) < limit and self._first != _LOWEST:
            leases += self._lanes_from(_LOWEST, limit - len(leases), per_tenant)
        last = leases[-1].tenant_id if leases else None
        self._first = uuid.UUID(int=(last.int + 1) % (1 << 128)) if last is not None else _LOWEST
        return leases

    def _lanes_from(self, first: uuid.UUID, limit: int, per_tenant: int) -> list[Lease]:
        with connection.cursor() as cursor:
            cursor.execute(
                _CLAIM_LANES,
                {
                    "pool": int(self.pool),
                    "first": first,
                    "platform": PLATFORM,
                    "per_tenant": per_tenant,
                    "limit": limit,
                    "lease": settings.QUEUE_LEASE_S,
                },
            )
            rows = sorted(cursor.fetchall(), key=lambda row: row[0])
        return [Lease(tenant_id=t, key=k, token=n) for t, k, n in rows]

    def _take_items(self, leases: list[Lease], *, depth: int) -> None:
        by_lane = {(lease.tenant_id, lease.key): lease for lease in leases}
        with connection.cursor() as cursor:
            cursor.execute(
                _PEEK_ITEMS,
                [[lease.tenant_id for lease in leases], [lease.key for lease in leases], depth],
            )
            waiting: dict[tuple[uuid.UUID, str], list[tuple[Claimed, bool]]] = defaultdict(list)
            for item_id, tenant_id, key, kind, ref, attempts, due in cursor.fetchall():
                item = Claimed(item_id, tenant_id, key, kind, ref, attempts + 1)
                waiting[tenant_id, key].append((item, due))
            for lane, items in waiting.items():
                by_lane[lane].items = _takeable(items)
            fresh = [item.id for lease in leases for item in lease.items if not lease.suspect]
            if fresh:
                cursor.execute(_COUNT_ATTEMPTS, [fresh])


def _takeable(waiting: Iterable[tuple[Claimed, bool]]) -> list[Claimed]:
    """The first items of a lane that may run together: due, of one kind, equally suspect. Fresh ones and those that were
    suspected once go together; who was suspected twice goes alone."""
    taken: list[Claimed] = []
    for item, due in waiting:
        if not due or (taken and (item.attempts, item.kind) != (taken[0].attempts, taken[0].kind)):
            break
        taken.append(item)
        if item.attempts > 2:
            break
    return taken

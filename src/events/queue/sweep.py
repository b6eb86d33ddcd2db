"""Sweeping: lanes that nothing waits in, and what deleted tenants left behind."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from events.queue.enqueue import PLATFORM
from tenants.scope import public_scope

# Many lanes serve once (a call, a timer, a file). A lane that is wanted again is made again by the next enqueue, which
# waits for this row's lock and starts its tokens at the time, above all that were ever given out.
_IDLE = """
DELETE FROM public.queue_lane WHERE (tenant_id, key) IN (
    SELECT tenant_id, key FROM public.queue_lane
    WHERE wake_at IS NULL AND lease_until IS NULL LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_ORPHANS = """
DELETE FROM public.{table} x
WHERE tenant_id <> %s AND NOT EXISTS (SELECT FROM public.tenants_tenant t WHERE t.id = x.tenant_id)
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows went."""

    idle_lanes: int
    orphans: int


def sweep(*, limit: int = 50_000) -> Swept:
    """Delete up to ``limit`` idle lanes, and every lane and item whose tenant is gone. Safe beside running workers."""
    with public_scope(), connection.cursor() as cursor:
        orphans = 0
        for table in ("queue_item", "queue_lane"):
            cursor.execute(_ORPHANS.format(table=table), [PLATFORM])
            orphans += cursor.rowcount
        cursor.execute(_IDLE, [limit])
        return Swept(idle_lanes=cursor.rowcount, orphans=orphans)

"""Reads: the state of the queue, by kind, and the invariants that must hold."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection

from events.queue.enqueue import PLATFORM
from events.queue.models import Pool
from tenants.scope import public_scope


@dataclass(frozen=True, slots=True)
class KindStatus:
    """One kind of item: how many wait (``due`` of them now), the age of the oldest due in seconds, attempts, dead."""

    kind: str
    depth: int
    due: int
    oldest_age_s: float
    attempts: int
    dead: int


@dataclass(frozen=True, slots=True)
class Invariants:
    """Both must be 0: lanes with pending items that nothing will wake, and leases held far beyond their time."""

    sleeping_lanes: int
    overdue_leases: int


def status_by_kind() -> list[KindStatus]:
    """The queue, a row a kind."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute("""
            SELECT kind, count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 0 AND run_at <= now()),
                   COALESCE(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 0 AND run_at <= now())), 0)::float8,
                   COALESCE(sum(attempts), 0)::bigint, count(*) FILTER (WHERE state = 1)
            FROM public.queue_item GROUP BY kind ORDER BY kind
        """)
        return [KindStatus(*row) for row in cursor.fetchall()]


def invariants() -> Invariants:
    """Check the queue's own bookkeeping."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
              (SELECT count(DISTINCT (i.tenant_id, i.lane_key)) FROM public.queue_item i
               LEFT JOIN public.queue_lane l ON l.tenant_id = i.tenant_id AND l.key = i.lane_key
               WHERE i.state = 0 AND l.wake_at IS NULL),
              (SELECT count(*) FROM public.queue_lane l
               WHERE lease_until < now() - interval '5 minutes' AND wake_at IS NOT NULL
                 AND (tenant_id = %s OR EXISTS (
                      SELECT 1 FROM public.tenants_tenant t WHERE t.id = l.tenant_id AND t.state = 'ready')))
        """,
            [PLATFORM],
        )
        return Invariants(*cursor.fetchone())


def tenant_backlog(tenant_id: uuid.UUID, *, limit: int) -> int:
    """How many items of a tenant wait in lanes that are due, counted up to ``limit``. Timers of later are not looked at."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM (
              SELECT 1 FROM public.queue_lane l
              JOIN public.queue_item i ON i.tenant_id = l.tenant_id AND i.lane_key = l.key AND i.state = 0
              WHERE l.tenant_id = %s AND l.pool = ANY(%s) AND l.wake_at <= now() LIMIT %s) due
            """,
            [tenant_id, [int(pool) for pool in Pool], limit],
        )
        count: int = cursor.fetchone()[0]
        return count

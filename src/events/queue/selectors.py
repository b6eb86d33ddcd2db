"""Reads: the state of the queue, by kind, and the invariants that must hold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

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
        cursor.execute("""
            SELECT
              (SELECT count(*) FROM public.queue_lane l WHERE wake_at IS NULL AND EXISTS (
                 SELECT 1 FROM public.queue_item i
                 WHERE i.tenant_id = l.tenant_id AND i.lane_key = l.key AND i.state = 0)),
              (SELECT count(*) FROM public.queue_lane
               WHERE lease_until < now() - interval '5 minutes' AND wake_at IS NOT NULL)
        """)
        return Invariants(*cursor.fetchone())

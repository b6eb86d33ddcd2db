"""Ending a batch: fence check, effects' items, done and failed items, and the lanes' next wake, in the effect's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.errors import PermanentError, RetryableError, WaslError
from events.queue.claim import Lease
from events.queue.enqueue import Outbox, lanes_of, remove_items, write_items
from events.queue.handlers import Claimed, retry_policy

_LOCK_LANES = """
SELECT lane.tenant_id, lane.key, lane.token, lane.lease_until > clock_timestamp()
FROM public.queue_lane lane JOIN unnest(%s::uuid[], %s::text[]) AS x(t, k) ON lane.tenant_id = x.t AND lane.key = x.k
ORDER BY lane.tenant_id, lane.key FOR UPDATE OF lane
"""
_DELETE_DONE = "DELETE FROM public.queue_item WHERE id = ANY(%s)"
_POSTPONE = """
UPDATE public.queue_item AS item
SET run_at = now() + make_interval(secs => x.delay), error = x.error, state = x.state,
    attempts = GREATEST(item.attempts - x.uncount, 0)
FROM unnest(%s::bigint[], %s::float8[], %s::text[], %s::smallint[], %s::int[]) AS x(id, delay, error, state, uncount)
WHERE item.id = x.id
"""
# A lane wakes for its head: order within the lane holds even while the head backs off. No head: null, never LEAST()
# with what was there, which would leave a finished lane for ever ready.
_FREE_LANES = """
UPDATE public.queue_lane AS lane
SET lease_until = NULL, wake_at = (
    SELECT run_at FROM public.queue_item
    WHERE tenant_id = lane.tenant_id AND lane_key = lane.key AND state = 0 ORDER BY id LIMIT 1)
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS x(t, k, n)
WHERE lane.tenant_id = x.t AND lane.key = x.k AND lane.token = x.n
"""

_ERROR_LENGTH = 2_000


class LeaseLostError(WaslError):
    """The lease ran out and the lane is someone else's now; this batch must leave no trace."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that did not work out: postponed by ``delay_s``, or dead."""

    item: Claimed
    error: str
    delay_s: float = 0.0
    dead: bool = False


@dataclass(slots=True)
class BatchResult:
    """What became of a batch: every claimed item is in exactly one of the three lists."""

    done: list[Claimed] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    #: Not tried, because an earlier item of their lane failed: their attempt is given back.
    untouched: list[Claimed] = field(default_factory=list)


def judge(item: Claimed, error: BaseException) -> Failure:
    """What an error means for its item: permanent ones and used-up attempts are dead, the rest waits."""
    text = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH].replace("\x00", "")
    policy = retry_policy(item.kind)
    if isinstance(error, PermanentError) or not policy.allows(item.attempts):
        return Failure(item, text, dead=True)
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return Failure(item, text, delay_s=policy.delay(item.attempts, key=item.ref) if asked is None else asked)


def finish(
    leases: Sequence[Lease], result: BatchResult, outbox: Outbox, *, keep: Sequence[Lease] = ()
) -> None:
    """Write the end of a batch, in the transaction of its effects; ``leases`` are given back, ``keep`` stay held.

    Raises ``LeaseLostError`` when any of them is not ours any more.

    All lanes that this transaction touches are locked first, in one order, so that two batches never deadlock.
    """
    new_items = list(outbox.items)
    held_leases = [*leases, *keep]
    tenant_id = held_leases[0].tenant_id
    touched = {(lease.tenant_id, lease.key) for lease in held_leases} | {
        (item.tenant_id, item.lane) for item in new_items
    }
    tokens = {(lease.tenant_id, lease.key): lease.token for lease in held_leases}
    with connection.cursor() as cursor:
        if outbox.withdrawn:
            touched |= {(tenant_id, lane) for lane in lanes_of(cursor, tenant_id, outbox.withdrawn)}
        cursor.execute(_LOCK_LANES, [[t for t, _ in touched], [k for _, k in touched]])
        for owner, key, token, held in cursor.fetchall():
            if (owner, key) in tokens and (tokens.pop((owner, key)) != token or not held):
                raise LeaseLostError
        if tokens:
            raise LeaseLostError
        if result.done:
            cursor.execute(_DELETE_DONE, [[item.id for item in result.done]])
        _postpone(cursor, result)
        if outbox.withdrawn:
            remove_items(cursor, tenant_id, outbox.withdrawn)
        write_items(cursor, new_items)
        if leases:
            free(cursor, leases)


def _postpone(cursor: Any, result: BatchResult) -> None:
    rows = [(f.item.id, f.delay_s, f.error, int(f.dead), 0) for f in result.failed]
    rows += [(item.id, 0.0, "", 0, 1) for item in result.untouched]
    if rows:
        cursor.execute(_POSTPONE, [list(column) for column in zip(*rows, strict=True)])


def free(cursor: Any, leases: Sequence[Lease]) -> None:
    """Give lanes back, each to wake for its head item."""
    cursor.execute(
        _FREE_LANES,
        [
            [lease.tenant_id for lease in leases],
            [lease.key for lease in leases],
            [lease.token for lease in leases],
        ],
    )

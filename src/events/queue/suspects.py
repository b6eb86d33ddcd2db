"""Suspects: items that failed, or were near when a worker died. Once suspected, a lane runs by itself; twice, the item
does; and attempts that end without a result are used up in the end."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from core.errors import PermanentError
from events.queue.claim import Lease
from events.queue.enqueue import collecting, savepoint
from events.queue.finish import BatchResult, LeaseLostError, finish, judge
from events.queue.handlers import HANDLERS, Claimed, retry_policy
from events.queue.scopes import scope_of
from tenants.scope import public_scope

log = structlog.get_logger(__name__)

# The lease starts anew with the item: it may have waited behind other suspects of the same claim.
_BEGIN = """
WITH held AS (
    UPDATE public.queue_lane SET lease_until = now() + make_interval(secs => %s)
    WHERE tenant_id = %s AND key = %s AND token = %s AND lease_until > now() RETURNING 1
)
UPDATE public.queue_item SET attempts = attempts + 1 WHERE id = ANY(%s) AND EXISTS (SELECT FROM held)
"""


class AttemptsUsedUpError(PermanentError):
    """Every attempt at this item ended without a result: its worker died or hung in it."""


def spent(item: Claimed) -> bool:
    """Whether the attempts before this one were all that its kind allows: it is given up without being run."""
    return not retry_policy(item.kind).allows(item.attempts - 1)


def begin(lease: Lease) -> None:
    """Count the attempts of a suspect lane's items and commit, just before they run: whatever they do to their worker
    now, the count stands. Raises ``LeaseLostError``."""
    items = [item.id for item in lease.items]
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(_BEGIN, [settings.QUEUE_LEASE_S, lease.tenant_id, lease.key, lease.token, items])
        if not cursor.rowcount:
            raise LeaseLostError


def bury(item: Claimed, error: str) -> None:
    """Tell the handler that the item is given up. A handler that fails at this too keeps nobody from giving it up."""
    handler = HANDLERS.find(item.kind)
    if handler is None:
        return
    try:
        with savepoint():
            handler.on_dead(item, error)
    except Exception as exc:
        log.error("on_dead failed", kind=item.kind, ref=item.ref, error=f"{type(exc).__name__}: {exc}")


def fail_alone(lease: Lease, error: BaseException) -> None:
    """After the transaction of a lone item was undone as a whole (refused at its commit, timed out, ...): record the
    failure in one of its own. With the database away nothing can be recorded, and the lease runs out."""
    failure = judge(lease.items[0], error)
    try:
        with scope_of(lease.tenant_id), collecting() as outbox, transaction.atomic():
            if failure.dead:
                bury(failure.item, failure.error)
            finish([lease], BatchResult(failed=[failure]), outbox)
    except (LeaseLostError, DatabaseError) as exc:
        log.warning("failure not recorded", kind=failure.item.kind, ref=failure.item.ref, error=str(exc))

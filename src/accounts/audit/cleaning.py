"""Old entries of the audit: deleted each night, as old as the tenant says, in small batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from accounts.audit.models import AuditEntry
from core.ids import uuid7_bound
from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from events.queue.schedules import set_schedule
from tenants.models import Tenant
from tenants.scope import require_tenant
from tenants.services.migrating import on_migrated
from tenants.services.provisioning import on_provisioned

CLEANUP = "audit.cleanup"
BATCH = 500


def clean_batch(*, batch: int) -> int:
    """Delete up to ``batch`` of the oldest that are kept no longer, in the caller's transaction; returns how many."""
    days = Tenant.objects.values_list("audit_retention_days", flat=True).get(id=require_tenant().id)
    # Ids are in the order of time, so the primary key leads from the oldest to those that are young enough.
    old = AuditEntry.objects.filter(id__lt=uuid7_bound(datetime.now(UTC) - timedelta(days=days))).order_by(
        "id"
    )
    ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:batch])
    AuditEntry.objects.filter(id__in=ids).forget()
    return len(ids)


class AuditCleanup(InternalHandler):
    """One batch an item, and another item while there may be more."""

    kind = CLEANUP

    def handle(self, items: Sequence[Claimed]) -> None:
        """Several schedules' ticks at once are one."""
        last = items[-1]
        if clean_batch(batch=BATCH) == BATCH:
            enqueue(
                NewItem(lane=last.lane, kind=CLEANUP, ref=last.ref, dedupe_key=f"{CLEANUP}:after:{last.id}")
            )


HANDLERS.add(CLEANUP, AuditCleanup())


@on_provisioned
@on_migrated
def schedule_cleanup() -> None:
    """Have the current tenant cleaned each night; tenants are spread over the hour."""
    tenant = require_tenant()
    set_schedule(
        f"{CLEANUP}:{tenant.slug}", cron=f"{tenant.id.int % 60} 4 * * *", kind=CLEANUP, tenant_id=tenant.id
    )

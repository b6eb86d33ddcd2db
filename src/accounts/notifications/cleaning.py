"""Old notifications: deleted each night, in small batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from accounts.notifications.models import Notification
from core.ids import uuid7_bound
from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from events.queue.schedules import set_schedule
from tenants.scope import require_tenant
from tenants.services.migrating import on_migrated
from tenants.services.provisioning import on_provisioned

CLEANUP = "notifications.cleanup"
BATCH = 500
#: How long a notification is kept that its recipient has read, and one that nobody ever looked at.
READ_KEPT = timedelta(days=90)
UNREAD_KEPT = timedelta(days=365)


def clean_batch(*, batch: int) -> int:
    """Delete up to ``batch`` of the oldest that are kept no longer, in the caller's transaction; returns how many. Rows
    that someone else holds are left for another night."""
    now = datetime.now(UTC)
    # Ids are in the order of time, so the primary key leads from the oldest to those that are young enough.
    old = Q(id__lt=uuid7_bound(now - READ_KEPT), read_at__isnull=False) | Q(
        id__lt=uuid7_bound(now - UNREAD_KEPT)
    )
    rows = Notification.objects.filter(old, id__lt=uuid7_bound(now - READ_KEPT)).order_by("id")
    ids = list(rows.select_for_update(skip_locked=True).values_list("id", flat=True)[:batch])
    Notification.objects.filter(id__in=ids).delete()
    return len(ids)


class NotificationCleanup(InternalHandler):
    """One batch an item, and another item while there may be more."""

    kind = CLEANUP

    def handle(self, items: Sequence[Claimed]) -> None:
        """Several schedules' ticks at once are one."""
        last = items[-1]
        if clean_batch(batch=BATCH) == BATCH:
            enqueue(
                NewItem(lane=last.lane, kind=CLEANUP, ref=last.ref, dedupe_key=f"{CLEANUP}:after:{last.id}")
            )


HANDLERS.add(CLEANUP, NotificationCleanup())


@on_provisioned
@on_migrated
def schedule_cleanup() -> None:
    """Have the current tenant cleaned each night; tenants are spread over the hour."""
    tenant = require_tenant()
    set_schedule(
        f"{CLEANUP}:{tenant.slug}", cron=f"{tenant.id.int % 60} 3 * * *", kind=CLEANUP, tenant_id=tenant.id
    )

"""Cleanup: ended executions and old log rows are deleted after the tenant's retention, in small batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from core.ids import uuid7_bound
from events.queue.schedules import set_schedule
from tenants.scope import require_tenant
from workflow.models import ActionExecution, TriggerEventLog, WorkflowExecution

CLEANUP = "workflow.cleanup"
BATCH = 500


def clean_batch(*, days: int, batch: int = BATCH) -> int:
    """Delete up to ``batch`` executions that ended more than ``days`` days ago, with their steps, and as many rows of the
    log; returns how many rows of both. 0 means that nothing old is left. In the caller's transaction."""
    cutoff = datetime.now(UTC) - timedelta(days=days)
    bound = uuid7_bound(cutoff)
    # Ids are in order of time, so the primary key finds the old ones; those that still run are passed over.
    old = WorkflowExecution.objects.filter(id__lt=bound, ended_at__lt=cutoff).order_by("id")
    ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:batch])
    ActionExecution.objects.filter(execution_id__in=ids).delete()
    WorkflowExecution.objects.filter(id__in=ids).delete()
    logs = list(
        TriggerEventLog.objects.filter(id__lt=bound).order_by("id").values_list("id", flat=True)[:batch]
    )
    TriggerEventLog.objects.filter(id__in=logs).delete()
    return len(ids) + len(logs)


def clean_executions(*, days: int) -> int:
    """Delete everything older than ``days`` days, each batch in a transaction of its own; returns how many rows."""
    total = 0
    while True:
        with transaction.atomic():
            deleted = clean_batch(days=days)
        if not deleted:
            return total
        total += deleted


def schedule_cleanup() -> None:
    """Have the current tenant cleaned each night; tenants are spread over the hour."""
    tenant = require_tenant()
    set_schedule(
        f"{CLEANUP}:{tenant.slug}", cron=f"{tenant.id.int % 60} 2 * * *", kind=CLEANUP, tenant_id=tenant.id
    )


def retention_days() -> int:
    """How long ended executions are kept."""
    days: int = settings.WORKFLOW_RETENTION_DAYS
    return days

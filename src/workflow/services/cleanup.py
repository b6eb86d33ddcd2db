"""Cleanup: ended executions and old log rows are deleted after the tenant's retention, in small batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from core.ids import uuid7_bound
from events.queue.schedules import set_schedule
from tenants.scope import require_tenant
from workflow.engine.leaving import UNDER_WAY, tree_of
from workflow.models import (
    ActionExecution,
    EngineSettings,
    TriggerEventLog,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.touching import touch

CLEANUP = "workflow.cleanup"
BATCH = 500


def clean_batch(*, days: int, batch: int = BATCH) -> int:
    """Delete up to ``batch`` executions that ended more than ``days`` days ago, with their steps, and as many rows of the
    log; returns how many rows of both. 0 means that nothing old is left. In the caller's transaction."""
    cutoff = datetime.now(UTC) - timedelta(days=days)
    bound = uuid7_bound(cutoff)
    # Ids are in order of time, so the primary key finds the old ones; those that still run are passed over.
    old = WorkflowExecution.objects.filter(id__lt=bound, ended_at__lt=cutoff, parent__isnull=True).order_by(
        "id"
    )
    ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:batch])
    ids = tree_of(ids)
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


def drain_versions() -> int:
    """Mark the versions that are not active any more and on which nothing runs, so that the engine need not know what
    they wait for; returns how many."""
    running = WorkflowExecution.objects.filter(version_id=OuterRef("id"), state__in=UNDER_WAY)
    idle = Version.objects.filter(is_drained=False).exclude(
        id__in=Workflow.objects.filter(active_version__isnull=False).values("active_version_id")
    )
    drained = idle.exclude(Exists(running)).update(is_drained=True)
    if drained:
        touch()
    return drained


def schedule_cleanup() -> None:
    """Have the current tenant cleaned each night; tenants are spread over the hour."""
    tenant = require_tenant()
    set_schedule(
        f"{CLEANUP}:{tenant.slug}", cron=f"{tenant.id.int % 60} 2 * * *", kind=CLEANUP, tenant_id=tenant.id
    )


def retention_days() -> int:
    """How long the current tenant keeps ended executions."""
    own = EngineSettings.objects.filter(id=1).values_list("retention_days", flat=True).first()
    days: int = settings.WORKFLOW_RETENTION_DAYS if own is None else own
    return days

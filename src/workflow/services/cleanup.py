"""Cleanup: what ended longer ago than the tenant keeps it is deleted, in small batches.

Deleted are executions with their steps and branches, the log of triggers, requests caught by webhooks, and jobs. Events
stay: executions name them without a constraint, and so do conditions that count a contact's past ("performed"), waits that
look back, explaining and back-tests. Entries stay too: "once" means once, however long ago.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from core.ids import uuid7_bound
from events.queue.schedules import set_schedule
from tenants.scope import require_tenant
from workflow.engine.leaving import UNDER_WAY
from workflow.graph import Document
from workflow.models import (
    ActionExecution,
    HookCapture,
    Job,
    TriggerEventLog,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.settings import effective_settings
from workflow.services.touching import touch

CLEANUP = "workflow.cleanup"
BATCH = 500

# The trees below some executions, leaves before what they hang on: a child's id is younger than its parent's. No more
# than asked for, since a loop of many turns may be a tree of thousands.
_LEAVES = """
WITH RECURSIVE tree AS (
    SELECT id FROM workflow_workflowexecution WHERE id = ANY(%s)
    UNION ALL
    SELECT child.id FROM workflow_workflowexecution child JOIN tree ON child.parent_id = tree.id
) SELECT id FROM tree ORDER BY id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``rows`` is how many were deleted, steps not counted; ``after`` is where the next batch begins to look; ``done``
    tells that nothing old is left beyond it."""

    rows: int
    after: uuid.UUID | None
    done: bool


def clean_batch(*, days: int, after: uuid.UUID | None = None, batch: int = BATCH) -> Cleaned:
    """Delete up to ``batch`` of each sort of row that is more than ``days`` days old. In the caller's transaction, which
    locks nothing but these rows; rows that someone else holds are left for another night.

    Executions that still run are passed over, and ``after`` saves the next batch from passing over them again.
    """
    cutoff = datetime.now(UTC) - timedelta(days=days)
    bound = uuid7_bound(cutoff)
    executions, after, more = _executions(cutoff, after=after, batch=batch)
    others = sum(
        _delete(rows, batch=batch)
        for rows in (
            TriggerEventLog.objects.filter(id__lt=bound),
            HookCapture.objects.filter(id__lt=bound),
            Job.objects.filter(id__lt=bound, ended_at__lt=cutoff),
        )
    )
    return Cleaned(rows=executions + others, after=after, done=not more and not others)


def _executions(
    cutoff: datetime, *, after: uuid.UUID | None, batch: int
) -> tuple[int, uuid.UUID | None, bool]:
    """How many were deleted, where to go on, and whether there may be more."""
    # Ids are in the order of time, so the primary key leads from the oldest to those that are young enough.
    old = WorkflowExecution.objects.filter(
        id__lt=uuid7_bound(cutoff), ended_at__lt=cutoff, parent__isnull=True
    )
    if after is not None:
        old = old.filter(id__gte=after)
    roots = list(
        old.order_by("id")
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("id", flat=True)[:batch]
    )
    if not roots:
        return 0, after, False
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES, [roots, batch])
        ids = [row[0] for row in cursor.fetchall()]
    ActionExecution.objects.filter(execution_id__in=ids).only("id").delete()
    WorkflowExecution.objects.filter(id__in=ids).only("id").delete()
    # Roots that lost their youngest branches alone are the next batch's first.
    return len(ids), roots[0] if set(roots) - set(ids) else roots[-1], True


def _delete(rows: QuerySet[TriggerEventLog] | QuerySet[HookCapture] | QuerySet[Job], *, batch: int) -> int:
    ids = list(rows.order_by("id").select_for_update(skip_locked=True).values_list("id", flat=True)[:batch])
    if ids:
        rows.model._default_manager.filter(id__in=ids).delete()
    return len(ids)


def clean_executions(*, days: int) -> int:
    """Delete everything older than ``days`` days, each batch in a transaction of its own; returns how many rows."""
    total, after = 0, None
    while True:
        with transaction.atomic():
            cleaned = clean_batch(days=days, after=after)
        total, after = total + cleaned.rows, cleaned.after
        if cleaned.done:
            return total


def drain_versions() -> int:
    """Mark the versions that are not active any more, on which nothing runs and whose goal cannot be reached any more, so
    that the engine need not know what they wait for; returns how many. In the caller's transaction, or one of its own."""
    active = Workflow.objects.filter(active_version__isnull=False).values("active_version_id")
    with transaction.atomic():
        # Held first: whoever revives a version to run on it waits, or is seen here.
        rows = Version.objects.filter(is_drained=False).exclude(id__in=active).order_by("id")
        idle = list(rows.select_for_update(skip_locked=True))
        used = WorkflowExecution.objects.filter(version__in=idle, state__in=UNDER_WAY)
        running = set(used.values_list("version_id", flat=True).distinct().order_by())
        drained = [row.id for row in idle if row.id not in running and not _goal_is_open(row)]
        Version.objects.filter(id__in=drained).update(is_drained=True)
        if drained:
            touch()
    return len(drained)


def _goal_is_open(version: Version) -> bool:
    """Whether an execution that has ended may still reach the version's goal."""
    goal = Document.model_validate(version.document).policy.exits.goal
    if goal is None:
        return False
    since = uuid7_bound(datetime.now(UTC) - timedelta(days=goal.within_days))
    late = WorkflowExecution.objects.filter(version=version, workflow_id=version.workflow_id, id__gte=since)
    return late.filter(converted_at__isnull=True, parent__isnull=True).exists()


def schedule_cleanup() -> None:
    """Have the current tenant cleaned each night; tenants are spread over the hour."""
    tenant = require_tenant()
    set_schedule(
        f"{CLEANUP}:{tenant.slug}", cron=f"{tenant.id.int % 60} 2 * * *", kind=CLEANUP, tenant_id=tenant.id
    )


def retention_days() -> int:
    """How long the current tenant keeps ended executions."""
    return effective_settings().retention_days

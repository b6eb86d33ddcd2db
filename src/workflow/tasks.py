"""Celery tasks with the names that are promised to users; truth stays in the queue, these only push.

Each names its tenant. A task for a tenant that is unknown or not being served raises and does nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from celery import shared_task
from django.db import transaction

from events.models import Event
from events.services.publishing import enqueue_dispatch
from tenants.models import Tenant, TenantState
from tenants.scope import NoTenantError, public_scope, tenant_scope
from workflow.services.cleanup import clean_executions, retention_days
from workflow.services.requeueing import requeue_step
from workflow.services.retrying import retry_failed


@contextmanager
def _tenant(slug: str) -> Iterator[None]:
    """The scope of the ready tenant ``slug``. Raises ``NoTenantError``."""
    with public_scope():
        tenant = Tenant.objects.filter(slug=slug, state=TenantState.READY).first() if slug else None
    if tenant is None:
        raise NoTenantError(f"There is no ready tenant {slug!r}.")
    with tenant_scope(tenant):
        yield


@shared_task(ignore_result=True)
def process_event(tenant_slug: str, event_id: str) -> None:
    """Dispatch a recorded event once more; workflows that it started before are not started again."""
    with _tenant(tenant_slug), transaction.atomic():
        enqueue_dispatch([Event.objects.get(id=uuid.UUID(event_id))])


@shared_task(ignore_result=True)
def execute_workflow_action(tenant_slug: str, step_id: str) -> None:
    """See that a step under way stands in the queue; one that stands there keeps its place and time."""
    with _tenant(tenant_slug), transaction.atomic():
        requeue_step(uuid.UUID(step_id))


@shared_task(ignore_result=True)
def retry_failed_actions(tenant_slug: str, hours: int = 24) -> None:
    """Take the executions that failed in the last ``hours`` on from the node that they failed at."""
    with _tenant(tenant_slug):
        retry_failed(within=timedelta(hours=hours))


@shared_task(ignore_result=True)
def cleanup_old_executions(tenant_slug: str, days: int | None = None) -> None:
    """Delete executions that ended more than ``days`` days ago (``WORKFLOW_RETENTION_DAYS``)."""
    with _tenant(tenant_slug):
        clean_executions(days=retention_days() if days is None else days)

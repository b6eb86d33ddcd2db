"""Cron schedules: rows that any worker may fire when due, and exactly one does."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import structlog
from croniter import croniter
from django.db import connection, transaction
from django.db.models.functions import Now

from core.errors import PermanentError
from core.registry import UnknownKeyError
from events.queue.enqueue import PLATFORM, NewItem, enqueue
from events.queue.handlers import HANDLERS
from events.queue.models import Schedule
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import ready_tenant

log = structlog.get_logger(__name__)


class InvalidCronError(PermanentError):
    """The cron line is not one: write five fields, as in '*/10 * * * *'."""


def set_schedule(
    name: str, *, cron: str, kind: str, ref: str = "", tenant_id: uuid.UUID | None = None
) -> Schedule:
    """Make or change a schedule; the first run is the next match after now. Raises ``InvalidCronError``."""
    if not croniter.is_valid(cron) or len(cron.split()) != 5:
        raise InvalidCronError(f"{cron!r}: {InvalidCronError.__doc__}")
    with public_scope():
        schedule = Schedule.objects.filter(name=name).first()
        if schedule is not None and (
            schedule.cron,
            schedule.kind,
            schedule.ref,
            schedule.tenant_id,
        ) == (cron, kind, ref, tenant_id):
            return schedule
        schedule, _ = Schedule.objects.update_or_create(
            name=name,
            defaults={
                "cron": cron,
                "kind": kind,
                "ref": ref,
                "tenant_id": tenant_id,
                "next_run_at": _next(cron, _now()),
            },
        )
        return schedule


def fire_due(*, limit: int = 100) -> int:
    """Queue an item for each schedule that is due; returns how many. Ticks missed while nothing ran are counted, and
    caught up by this one run. A schedule that cannot be fired holds up no other: its tick counts as missed."""
    with public_scope(), transaction.atomic():
        due = list(
            Schedule.objects.select_for_update(skip_locked=True)
            .filter(next_run_at__lte=Now())
            .order_by("next_run_at")[:limit]
        )
        now = _now() if due else datetime.min.replace(tzinfo=UTC)
        return sum(_fire(schedule, now) for schedule in due)


def _fire(schedule: Schedule, now: datetime) -> bool:
    ticks = len(_ticks(schedule.cron, schedule.next_run_at, now))
    try:
        fired = _enqueue(schedule)
    except UnknownKeyError as exc:
        log.error("schedule cannot be fired", schedule=schedule.name, error=str(exc))
        fired = False
    schedule.missed += ticks - 1 if fired else ticks
    if fired:
        schedule.last_run_at = now
    schedule.next_run_at = _next(schedule.cron, now)
    schedule.save()
    return fired


def _enqueue(schedule: Schedule) -> bool:
    """Whether an item was queued: a tenant that is not served now gets none."""
    item = NewItem(
        lane=f"schedule:{schedule.name}",
        kind=schedule.kind,
        ref=schedule.ref or schedule.name,
        dedupe_key=f"schedule:{schedule.name}:{schedule.next_run_at.isoformat()}",
    )
    HANDLERS.get(schedule.kind)
    if schedule.tenant_id in (None, PLATFORM):
        enqueue(item)
        return True
    tenant = ready_tenant(schedule.tenant_id)
    if tenant is None:
        return False
    with tenant_scope(tenant):
        enqueue(item)
    return True


def _now() -> datetime:
    """The database's clock: workers' clocks differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def _next(cron: str, after: datetime) -> datetime:
    return croniter(cron, after).get_next(datetime)


def _ticks(cron: str, first: datetime, until: datetime) -> list[datetime]:
    ticks, at = list[datetime](), first
    while at <= until and len(ticks) < 1_000:
        ticks.append(at)
        at = _next(cron, at)
    return ticks

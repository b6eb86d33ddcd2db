"""``run_scheduler``: the process with the owner's rights: fires schedules, finishes tenants that are being made or deleted."""

import signal
import threading
import time
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections

from core.errors import WaslError
from events.queue.schedules import fire_due
from events.queue.selectors import invariants
from events.queue.sweep import sweep
from tenants.models import Tenant, TenantState
from tenants.scope import public_scope
from tenants.services.provisioning import drop_tenant, provision

log = structlog.get_logger(__name__)

#: Looking at the whole queue costs more than looking at what is due.
_HOUSEKEEPING_S = 30.0

_ACTIONS = {TenantState.CREATING: provision, TenantState.DELETING: drop_tenant}


class Command(BaseCommand):
    _housekeeping_at = 0.0

    help = "Run the scheduler. More than one may run: each tick and each tenant is taken by exactly one."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        while not stop.is_set():
            self._round()
            stop.wait(settings.QUEUE_POLL_S)

    def _round(self) -> None:
        try:
            fire_due()
            self._tenants()
            if time.monotonic() >= self._housekeeping_at:
                self._housekeeping_at = time.monotonic() + _HOUSEKEEPING_S
                self._keep_house()
        except DatabaseError as exc:
            log.warning("scheduler waits for the database", error=str(exc))
            connections.close_all()

    def _keep_house(self) -> None:
        sweep()
        checked = invariants()
        if checked.sleeping_lanes or checked.overdue_leases:
            log.error(
                "queue invariants broken", sleeping=checked.sleeping_lanes, overdue=checked.overdue_leases
            )

    def _tenants(self) -> None:
        with public_scope():
            unfinished = list(Tenant.objects.filter(state__in=list(_ACTIONS)))
        for tenant in unfinished:
            try:
                _ACTIONS[TenantState(tenant.state)](tenant)
            except (WaslError, DatabaseError) as exc:
                # One that cannot be finished holds up no other.
                log.warning("tenant not finished", tenant=tenant.slug, error=str(exc))
                connections["owner"].close()

"""Probes in the registry, the two tenants, a drain, and a pump with a real HTTP thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

from core.http import HttpThread
from events.queue.drain import Drain
from events.queue.handlers import HANDLERS, Handler
from events.queue.pump import Pump
from events.queue.tests.probes import CallProbe, OtherProbe, Probe
from tenants.models import Tenant
from tenants.selectors import forget_cached_tenants, tenant_by_slug


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    forget_cached_tenants()
    yield
    forget_cached_tenants()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As the suite's, and lighter: these tests write to the queue and to events, and to nothing else."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tenants_tenant SET state = 'ready' WHERE state = 'suspended'")
            for table in (
                "queue_item",
                "queue_lane",
                "queue_schedule",
                "t_demo.events_event",
                "t_other.events_event",
            ):
                cursor.execute(f"DELETE FROM {table}")
        connections.close_all()


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], Handler]:
    """Registers a handler for the length of the test."""

    def add(handler: Handler) -> Handler:
        monkeypatch.setitem(HANDLERS._items, handler.kind, handler)
        return handler

    return add


@pytest.fixture
def shop(committed_db: None) -> Tenant:
    """The tenant that most tests are about, with real commits."""
    return tenant_by_slug("demo")


@pytest.fixture
def rival(committed_db: None) -> Tenant:
    """A second tenant."""
    return tenant_by_slug("other")


@pytest.fixture
def probe(registered) -> Probe:
    """The internal handler of kind ``test.probe``; ``test.other`` is registered beside it."""
    registered(OtherProbe())
    return registered(Probe())


@pytest.fixture
def call_probe(registered) -> CallProbe:
    """The external handler of kind ``test.call``."""
    return registered(CallProbe())


@pytest.fixture
def drain(probe: Probe) -> Drain:
    """A worker's hands on the internal pool."""
    return Drain()


@pytest.fixture
def pump(call_probe: CallProbe) -> Iterator[Pump]:
    """A worker's hands on the external pool."""
    http = HttpThread(allowed_private=[])
    yield Pump(http)
    http.close()

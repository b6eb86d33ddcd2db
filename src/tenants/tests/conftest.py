"""What the tests of tenancy share: marked rows, and other connections to the test's database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connections

from events.models import Event
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.selectors import forget_cached_tenants, tenant_by_slug


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    forget_cached_tenants()
    yield
    forget_cached_tenants()


def mark(tenant: Tenant, text: str | None = None) -> None:
    """Write a row that tells whose it is."""
    with tenant_scope(tenant):
        Event.objects.create(type="MARK", occurred_at=datetime.now(UTC), data={"of": text or tenant.slug})


def marks() -> set[str]:
    """Whose rows the current scope sees."""
    return {data["of"] for data in Event.objects.filter(type="MARK").values_list("data", flat=True)}


@pytest.fixture
def shop(committed_db: None) -> Tenant:
    """``demo``, with a row that says so."""
    tenant = tenant_by_slug("demo")
    mark(tenant)
    return tenant


@pytest.fixture
def rival(committed_db: None) -> Tenant:
    """``other``, with a row that says so."""
    tenant = tenant_by_slug("other")
    mark(tenant)
    return tenant


@pytest.fixture
def outside(committed_db: None) -> Iterator[Callable[[str], psycopg.Connection]]:
    """``outside("owner")`` or ``outside("default")``: a plain connection with that role, beside the product's backend."""
    opened: list[psycopg.Connection] = []

    def connect(alias: str) -> psycopg.Connection:
        parameters = connections[alias].get_connection_params()
        keys = ("dbname", "user", "password", "host", "port")
        connection = psycopg.connect(**{k: parameters[k] for k in keys if parameters.get(k)}, autocommit=True)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()

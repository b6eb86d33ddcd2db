"""The cast of the tests: Alice owns the tenant ``demo``, Bob is an agent there, Charlie owns ``other``.

Tests run on a database made for the run (as ``./wasl test`` names it in ``DATABASE_SUPERUSER_URL``) with the app's real
roles and both tenants' real schemas. A test that takes ``db`` (all of the cast do) is rolled back; one that needs real
commits, other threads or the owner's role takes ``committed_db``, and what it wrote is removed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services.keys import issue_api_key
from accounts.services.members import add_member
from accounts.services.users import create_user
from tenants import selectors
from tenants.models import Tenant
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import forget_cached_tenants, tenant_by_slug, tenant_for_host
from tenants.services.migrating import migrate_public
from tenants.services.provisioning import create_tenant, provision

PASSWORD = "a-long-Passw0rd"  # noqa: S105
#: Rows that belong to the installation rather than to a test.
KEPT = [
    "django_migrations",
    "django_content_type",
    "tenants_tenant",
    "tenants_domain",
    "tenants_tenantschema",
    "tenants_schematemplate",
    "accounts_role",
]


def _superuser() -> psycopg.Connection:
    url = os.environ.get("DATABASE_SUPERUSER_URL") or os.environ["DATABASE_OWNER_URL"]
    return psycopg.connect(url, autocommit=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A database of this run's own, with ``public`` migrated and the two tenants provisioned."""
    name = f"test_wasl_{secrets.token_hex(4)}"
    owner = settings.DATABASES["owner"]["USER"]
    with _superuser() as server:
        server.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
    # A cached host that runs out in the middle of a test would cost it queries that its budget does not know.
    selectors._hosts._ttl_s = selectors._refs._ttl_s = 3_600
    with django_db_blocker.unblock():
        migrate_public()
        create_tenant(slug="demo", name="متجر الجزائر")
        create_tenant(slug="other", name="فروشگاه دیگر", language="fa", region="IR", currency="IRR")
    yield
    for alias in connections:
        connections[alias].close()
        if hasattr(connections[alias], "close_pool"):
            connections[alias].close_pool()
    with _superuser() as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around the test; afterwards its rows, and tenants it made, are removed."""
    with django_db_blocker.unblock():
        yield
        with public_scope():
            Tenant.objects.using("owner").update(state="ready", parent=None)
            extra = Tenant.objects.using("owner").exclude(slug__in=["demo", "other"])
            with connections["owner"].cursor() as cursor:
                for tenant in extra:
                    cursor.execute(f'DROP SCHEMA IF EXISTS "{tenant.schema_name}" CASCADE')
            extra.delete()
            _empty("public", "t_demo", "t_other")
            kept = list(Tenant.objects.using("owner").all())
        for tenant in kept:
            # Brings back the first rows that apps give to each tenant.
            provision(tenant)
        forget_cached_tenants()
        connections.close_all()


def _empty(*schemas: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname = ANY(%s) AND NOT tablename = ANY(%s)",
            [list(schemas), KEPT],
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


# -- the cast ----------------------------------------------------------------------------------------------------------


def _member(email: str, name: str, *, tenant: Tenant, role: str) -> User:
    user = create_user(email=email, name=name, password=PASSWORD)
    add_member(user=user, tenant=tenant, role=role)
    return user


@pytest.fixture
def demo(db: None) -> Tenant:
    """The tenant that most tests are about."""
    return tenant_by_slug("demo")


@pytest.fixture
def other(db: None) -> Tenant:
    """The tenant that must never be touched."""
    return tenant_by_slug("other")


@pytest.fixture
def alice(demo: Tenant) -> User:
    """Owner of demo."""
    return _member("alice@demo.example", "أليس", tenant=demo, role="owner")


@pytest.fixture
def bob(demo: Tenant) -> User:
    """Agent in demo."""
    return _member("bob@demo.example", "Bob", tenant=demo, role="agent")


@pytest.fixture
def charlie(other: Tenant) -> User:
    """Owner of other."""
    return _member("charlie@other.example", "چارلی", tenant=other, role="owner")


@pytest.fixture
def demo_key(demo: Tenant) -> Callable[..., str]:
    """``demo_key("crm:read")`` is the text of a new key of demo; without scopes it may do everything."""
    return lambda *scopes: _key(demo, *scopes)


@pytest.fixture
def other_key(other: Tenant) -> Callable[..., str]:
    """The same for other."""
    return lambda *scopes: _key(other, *scopes)


def _key(tenant: Tenant, *scopes: str) -> str:
    return issue_api_key(tenant=tenant, name="test", scopes=scopes or ["admin:all"]).secret


def _sign_in(client: Client, host: str, user: User) -> None:
    """A session as that host's login makes it: it is bound to the host's tenant."""
    found = tenant_for_host(host)
    with ExitStack() as scope:
        if found:
            scope.enter_context(tenant_scope(found[0]))
        client.force_login(user, backend="accounts.backends.MembershipBackend")


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """``api("demo.localhost", key=… or user=…, csrf=False)``: a client of the API on that host."""

    def client(
        host: str, *, key: str | None = None, user: User | None = None, csrf: bool = False
    ) -> APIClient:
        made = APIClient(enforce_csrf_checks=csrf, HTTP_HOST=host)
        if key is not None:
            made.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        if user is not None:
            _sign_in(made, host, user)
        return made

    return client


@pytest.fixture
def web() -> Callable[..., Client]:
    """``web("demo.localhost", user=…)``: a browser on that host, for the admin."""

    def client(host: str, *, user: User | None = None) -> Client:
        made = Client(HTTP_HOST=host)
        if user is not None:
            _sign_in(made, host, user)
        return made

    return client

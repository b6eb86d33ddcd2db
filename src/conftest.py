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

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from rest_framework.test import APIClient

from tenants.scope import public_scope, tenant_scope

PASSWORD = "a-long-Passw0rd"
#: Rows that belong to the installation rather than to a test.
KEPT = {"django_migrations", "tenants_tenant", "tenants_domain", "tenants_tenantschema", "tenants_schematemplate"} | {
    "accounts_role",
    "django_content_type",
}


def _superuser() -> psycopg.Connection:
    url = os.environ.get("DATABASE_SUPERUSER_URL") or os.environ["DATABASE_OWNER_URL"]
    return psycopg.connect(url, autocommit=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """A database of this run's own, with ``public`` migrated and the two tenants provisioned."""
    name = f"test_wasl_{secrets.token_hex(4)}"
    owner = settings.DATABASES["owner"]["USER"]
    with _superuser() as server:
        server.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
    with django_db_blocker.unblock():
        from tenants.services.migrating import migrate_public
        from tenants.services.provisioning import create_tenant

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
def committed_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The database without a transaction around the test; afterwards its rows, and tenants it made, are removed."""
    from tenants.models import Tenant
    from tenants.selectors import forget_cached_tenants
    from tenants.services.provisioning import provision

    with django_db_blocker.unblock():
        yield
        with public_scope():
            for tenant in Tenant.objects.using("owner").exclude(slug__in=["demo", "other"]).order_by("parent"):
                with connections["owner"].cursor() as cursor:
                    cursor.execute(f'DROP SCHEMA IF EXISTS "{tenant.schema_name}" CASCADE')
            Tenant.objects.using("owner").exclude(slug__in=["demo", "other"]).delete()
            Tenant.objects.using("owner").update(state="ready", parent=None)
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
            [list(schemas), list(KEPT)],
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


# -- the cast ----------------------------------------------------------------------------------------------------------


def _tenant(slug: str):
    from tenants.selectors import tenant_by_slug

    return tenant_by_slug(slug)


def _member(email: str, name: str, tenant, role: str):
    from accounts.services.members import add_member
    from accounts.services.users import create_user

    user = create_user(email=email, name=name, password=PASSWORD)
    add_member(user=user, tenant=tenant, role=role)
    return user


@pytest.fixture
def demo(db):
    """The tenant that most tests are about."""
    return _tenant("demo")


@pytest.fixture
def other(db):
    """The tenant that must never be touched."""
    return _tenant("other")


@pytest.fixture
def alice(demo):
    """Owner of demo."""
    return _member("alice@demo.example", "أليس", demo, "owner")


@pytest.fixture
def bob(demo):
    """Agent in demo."""
    return _member("bob@demo.example", "Bob", demo, "agent")


@pytest.fixture
def charlie(other):
    """Owner of other."""
    return _member("charlie@other.example", "چارلی", other, "owner")


@pytest.fixture
def demo_key(demo) -> Callable[..., str]:
    """``demo_key("crm:read")`` is the text of a new key of demo; without scopes it may do everything."""
    return lambda *scopes: _key(demo, *scopes)


@pytest.fixture
def other_key(other) -> Callable[..., str]:
    """The same for other."""
    return lambda *scopes: _key(other, *scopes)


def _key(tenant, *scopes: str) -> str:
    from accounts.services.keys import issue_api_key

    return issue_api_key(tenant=tenant, name="test", scopes=scopes or ["admin:all"]).secret


def _sign_in(client: Client, host: str, user) -> None:
    """A session as that host's login makes it: it is bound to the host's tenant."""
    from tenants.selectors import tenant_for_host

    found = tenant_for_host(host)
    with ExitStack() as scope:
        if found:
            scope.enter_context(tenant_scope(found[0]))
        client.force_login(user, backend="accounts.backends.MembershipBackend")


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """``api("demo.localhost", key=… or user=…, csrf=False)``: a client of the API on that host."""

    def client(host: str, *, key: str | None = None, user=None, csrf: bool = False) -> APIClient:
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

    def client(host: str, *, user=None) -> Client:
        made = Client(HTTP_HOST=host)
        if user is not None:
            _sign_in(made, host, user)
        return made

    return client

"""Making and unmaking tenants: each step one transaction of the owner's role, each safe to run again after a crash."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from core.crypto import Keyring, new_key
from core.errors import PermanentError
from tenants.models import Domain, Tenant, TenantSchema, TenantState
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import forget_cached_tenants
from tenants.services.plan import current_version, migration_names, schema_template


class TenantExistsError(PermanentError):
    """A tenant with that slug exists already."""


class InvalidSlugError(PermanentError):
    """The slug must be 3–40 lower-case letters, digits or dashes, and start with a letter."""


#: Called inside the new tenant's scope before it turns ready: apps add their first rows here.
_seeders: list[Callable[[], None]] = []

#: Called in the transaction that drops a tenant, with the owner's cursor: shared tables that know tenants by id only.
_cleaners: list[Callable[[Any, uuid.UUID], None]] = []

_RESERVED = {"www", "api", "admin", "static", "media", "public", "webhooks"}
_SLUG = re.compile(r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$")


def on_provisioned(seed: Callable[[], None]) -> Callable[[], None]:
    """Register ``seed`` to add an app's first rows to each new tenant. It must be safe to run twice."""
    _seeders.append(seed)
    return seed


def on_dropped(clean: Callable[[Any, uuid.UUID], None]) -> Callable[[Any, uuid.UUID], None]:
    """Register ``clean(cursor, tenant_id)`` to remove a dropped tenant's rows from a shared table without a foreign key."""
    _cleaners.append(clean)
    return clean


def create_tenant(*, slug: str, name: str, parent: Tenant | None = None, **fields: object) -> Tenant:
    """Make a tenant and its schema, ready to serve. Takes about 0.15 s.

    Raises ``InvalidSlugError`` and ``TenantExistsError``. A crash on the way leaves either nothing or a row in state
    ``creating``, which :func:`provision` finishes.
    """
    if not _SLUG.match(slug) or slug in _RESERVED:
        raise InvalidSlugError(f"{slug!r} cannot be a tenant's slug: {InvalidSlugError.__doc__}")
    with public_scope():
        if Tenant.objects.using("owner").filter(slug=slug).exists():
            raise TenantExistsError(f"A tenant {slug!r} exists already.")
        tenant = Tenant(slug=slug, name=name, parent=parent, **fields)
        tenant.data_key = Keyring.from_env_value(settings.WASL_MASTER_KEY).wrap_key(
            new_key(), aad=str(tenant.id).encode()
        )
        tenant.save(using="owner")
    return provision(tenant)


def provision(tenant: Tenant) -> Tenant:
    """Bring a tenant in state ``creating`` to ``ready``: schema, first rows, then the state. Idempotent after a crash."""
    _make_schema(tenant)
    with tenant_scope(tenant), transaction.atomic():
        for seed in _seeders:
            seed()
    with public_scope(), transaction.atomic(using="owner"):
        Domain.objects.using("owner").get_or_create(
            host=f"{tenant.slug}.{settings.PUBLIC_HOST}", defaults={"tenant": tenant, "is_primary": True}
        )
        Tenant.objects.using("owner").filter(id=tenant.id, state=TenantState.CREATING).update(
            state=TenantState.READY
        )
    tenant.refresh_from_db(using="owner")
    forget_cached_tenants()
    return tenant


def _make_schema(tenant: Tenant) -> None:
    """The schema with all its tables, rights and migration records: wholly there, or not at all."""
    ddl = schema_template().ddl
    with tenant_scope(tenant), transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # The row's lock makes a second provisioner wait, then find the schema made.
        cursor.execute("SELECT state FROM public.tenants_tenant WHERE id = %s FOR UPDATE", [tenant.id])
        row = cursor.fetchone()
        if row is None or row[0] != TenantState.CREATING:
            return
        cursor.execute("SELECT to_regnamespace(quote_ident(%s)) IS NOT NULL", [tenant.schema_name])
        if cursor.fetchone()[0]:
            if TenantSchema.objects.using("owner").filter(tenant=tenant, version=current_version()).exists():
                return
            # Made by an older release that then crashed; nobody has used it, so it is made anew.
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(tenant.schema_name)))
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(tenant.schema_name)))
        cursor.execute(ddl)
        _record_migrations(cursor)
        _grant(cursor, tenant.schema_name)
        TenantSchema.objects.using("owner").update_or_create(
            tenant=tenant, defaults={"version": current_version(), "error": ""}
        )


def _record_migrations(cursor: Any) -> None:
    cursor.execute(
        "CREATE TABLE django_migrations (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,"
        " app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL)"
    )
    apps, names = zip(*migration_names(), strict=True)
    cursor.execute(
        "INSERT INTO django_migrations (app, name, applied) SELECT *, now() FROM unnest(%s::text[], %s::text[])",
        [list(apps), list(names)],
    )


def _grant(cursor: Any, schema_name: str) -> None:
    """Rows for the app's role, nothing else: it owns no table, so it can neither change nor drop one."""
    schema = sql.Identifier(schema_name)
    role = sql.Identifier(settings.DATABASES["default"].get("USER") or settings.DATABASES["owner"]["USER"])
    for statement in (
        "GRANT USAGE ON SCHEMA {} TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}",
    ):
        cursor.execute(sql.SQL(statement).format(schema, role))


def drop_tenant(tenant: Tenant) -> None:
    """Remove the schema and the tenant's rows for good. The tenant must be in state ``deleting``."""
    if tenant.state != TenantState.DELETING:
        raise PermanentError(
            f"Tenant {tenant.slug!r} is {tenant.state}; only a tenant marked deleting can be dropped."
        )
    with public_scope(), transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(tenant.schema_name)))
        for clean in _cleaners:
            clean(cursor, tenant.id)
        Tenant.objects.using("owner").filter(id=tenant.id).delete()
    forget_cached_tenants()

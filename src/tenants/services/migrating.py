"""The migration runner: the public schema, then every tenant's, side by side, going on past a broken one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from tenants.models import Tenant, TenantSchema, TenantState
from tenants.scope import current_schema, public_scope, tenant_scope
from tenants.services.plan import current_version, migration_names

LOCK_TIMEOUT = "2s"

#: Called inside the scope of a tenant whose schema is up to date now, in one transaction.
_followers: list[Callable[[], None]] = []


def on_migrated(follow: Callable[[], None]) -> Callable[[], None]:
    """Register ``follow`` to bring an app's rows in line with its code when a tenant comes to a new version. It must be
    safe to run twice; what it raises is the tenant's error."""
    _followers.append(follow)
    return follow


@dataclass(frozen=True, slots=True)
class MigrationResult:
    """What became of one tenant: ``applied`` migrations, or the ``error`` that stopped it."""

    slug: str
    applied: int = 0
    error: str = ""


class _QuickRecorder(MigrationRecorder):
    """Asks for one table; Django's lists the whole catalogue, which grows with the number of tenants."""

    def has_table(self) -> bool:
        if not self._has_table:
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT to_regclass(quote_ident(%s) || '.django_migrations') IS NOT NULL",
                    [current_schema()],
                )
                self._has_table = cursor.fetchone()[0]
        return self._has_table

    _has_table = False


def _migrate_here() -> int:
    """Apply what is missing on the owner connection's current schema; returns how many were applied."""
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        recorder = _QuickRecorder(connection)
        applied = set(recorder.applied_migrations()) if recorder.has_table() else set()
    missing = [key for key in migration_names() if key not in applied]
    if missing:
        executor = MigrationExecutor(connection)
        executor.recorder = recorder
        executor.migrate(executor.loader.graph.leaf_nodes())
    return len(missing)


def migrate_public() -> int:
    """Bring ``public`` up to date; returns the number of migrations applied."""
    with public_scope():
        applied = _migrate_here()
        _make_content_types()
        return applied


def _make_content_types() -> None:
    """Every model's content type, now rather than at first use: one made in a transaction that is then rolled back
    would stay in its process's cache, and the admin's log would name a row that is not there."""
    for config in apps.get_app_configs():
        create_contenttypes(config, using="owner", verbosity=0)


def migrate_tenant(tenant: Tenant) -> MigrationResult:
    """Bring one tenant's schema up to date, and its contents. Never raises for a broken schema: the error is in the result and stored."""
    applied, error = 0, ""
    try:
        with tenant_scope(tenant):
            applied = _migrate_here()
            with transaction.atomic():
                for follow in _followers:
                    follow()
    except Exception as exc:  # whatever is wrong with one tenant, the others are done
        error = f"{type(exc).__name__}: {exc}".strip()
    finally:
        connections["owner"].close()
    with public_scope():
        TenantSchema.objects.using("owner").update_or_create(
            tenant=tenant,
            defaults={"error": error, **({} if error else {"version": current_version()})},
        )
        connections["owner"].close()
    return MigrationResult(slug=tenant.slug, applied=applied, error=error)


def behind(*, slugs: Iterable[str] = (), verify: bool = False) -> list[Tenant]:
    """The tenants whose schema is not at the current version, by one query; with ``verify``, all of them."""
    with public_scope():
        tenants = Tenant.objects.using("owner").exclude(state=TenantState.CREATING).select_related("schema")
        if slugs:
            tenants = tenants.filter(slug__in=list(slugs))
        if not verify:
            tenants = tenants.exclude(schema__version=current_version(), schema__error="")
        return list(tenants)


def migrate_tenants(
    tenants: list[Tenant], *, parallel: int = 2, report: Callable[[MigrationResult], None] | None = None
) -> list[MigrationResult]:
    """Migrate each of ``tenants``, ``parallel`` at a time. Resumable: what is done is recorded per tenant."""
    with ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="migrate") as pool:
        results = []
        for result in pool.map(_in_a_thread, tenants):
            results.append(result)
            if report is not None:
                report(result)
        return results


def _in_a_thread(tenant: Tenant) -> MigrationResult:
    try:
        return migrate_tenant(tenant)
    finally:
        connections.close_all()


def advisory_lock_id() -> int:
    """The lock that keeps two migration runs apart (63 bits of a hash of its name)."""
    return int.from_bytes(hashlib.sha256(b"wasl.migrate").digest()[:8], "big") >> 1

"""A tenant is made whole by template, heals after a crash at any point, and is removed without a trace."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections
from psycopg import errors

from core.errors import PermanentError
from events.management.commands.run_scheduler import Command as Scheduler
from events.queue.tests.helpers import process_env
from tenants.models import Domain, Tenant, TenantSchema, TenantState
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug, tenant_for_host
from tenants.services import provisioning
from tenants.services.lifecycle import StateChangeError, change_state
from tenants.services.migrating import migrate_tenant
from tenants.services.plan import current_version
from tenants.services.provisioning import (
    InvalidSlugError,
    TenantExistsError,
    create_tenant,
    drop_tenant,
    provision,
)
from tenants.tests.conftest import mark, marks

CATALOGUE = {
    "tables": """
        SELECT relname, relkind, relpersistence, pg_get_userbyid(relowner), reloptions, relreplident
        FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p', 'v', 'm')""",
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
               a.attcollation::regcollation::text, a.attstorage, a.attcompression, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT c.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = %(schema)s::regnamespace""",
    "indexes": """
        SELECT c.relname, replace(pg_get_indexdef(i.indexrelid), %(schema)s || '.', ''), i.indisunique, i.indisprimary,
               i.indisvalid, i.indnullsnotdistinct
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = %(schema)s::regnamespace""",
    "sequences": """
        SELECT c.relname, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relnamespace = %(schema)s::regnamespace""",
    "triggers": """
        SELECT c.relname, t.tgname, replace(pg_get_triggerdef(t.oid), %(schema)s || '.', '')
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal""",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace",
    "types": """
        SELECT typname, typtype FROM pg_type WHERE typnamespace = %(schema)s::regnamespace AND typtype IN ('d', 'e')""",
    "rights of the app's role": """
        SELECT c.relname, p, CASE WHEN c.relkind = 'S' THEN
                   has_sequence_privilege('wasl_app', c.oid, p) ELSE has_table_privilege('wasl_app', c.oid, p) END
        FROM pg_class c, LATERAL unnest(CASE WHEN c.relkind = 'S' THEN ARRAY['USAGE', 'SELECT']
             ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] END) AS p
        WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'S')""",
    "migrations": "SELECT app, name FROM {schema}.django_migrations",
}


def catalogue(schema: str) -> dict[str, set[tuple[Any, ...]]]:
    """Every object of a schema, by kind."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    with public_scope(), connections["owner"].cursor() as cursor:
        cursor.execute(f"SET search_path = {schema}, public")
        for kind, query in CATALOGUE.items():
            cursor.execute(query.replace("{schema}", schema), {"schema": schema})
            found[kind] = {tuple(str(value) for value in row) for row in cursor.fetchall()}
    connections["owner"].close()
    return found


@pytest.fixture
def migrated(committed_db) -> Tenant:
    """A tenant whose schema was made by running every migration."""
    tenant = Tenant(slug="migrated", name="بالترحيل", data_key=b"-", state=TenantState.READY)
    with public_scope():
        tenant.save(using="owner")
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {tenant.schema_name}")
            cursor.execute(f"GRANT USAGE ON SCHEMA {tenant.schema_name} TO wasl_app")
    result = migrate_tenant(tenant)
    assert result.error == ""
    assert result.applied > 10
    return tenant


def test_the_template_makes_what_the_migrations_make_object_by_object(migrated):
    by_template, by_migrating = catalogue("t_demo"), catalogue(migrated.schema_name)
    assert len(by_template["tables"]) > 15
    assert len(by_template["constraints"]) > 50
    for kind in CATALOGUE:
        only_template = sorted(by_template[kind] - by_migrating[kind])
        only_migrated = sorted(by_migrating[kind] - by_template[kind])
        assert (only_template, only_migrated) == ([], []), kind


def exists(schema: str) -> bool:
    with public_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
        return cursor.fetchone()[0]


def test_a_new_tenant_is_ready_on_its_host(committed_db):
    tenant = create_tenant(slug="riad-oran", name="رياض وهران", language="ar", currency="DZD")
    assert (tenant.state, tenant.schema_name) == (TenantState.READY, "t_riad_oran")
    assert [domain.host for domain in tenant.domains.all()] == ["riad-oran.localhost"]
    assert tenant_for_host("riad-oran.localhost")[0].id == tenant.id
    assert TenantSchema.objects.get(tenant=tenant).version == current_version()
    mark(tenant)
    with tenant_scope(tenant):
        assert marks() == {"riad-oran"}
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize(
    "slug", ["", "ab", "Demo", "-shop", "shop-", "متجر", "a" * 41, "1shop", "www", "api", "a b", "a\n"]
)
def test_a_bad_slug_is_refused(committed_db, slug):
    with pytest.raises(InvalidSlugError):
        create_tenant(slug=slug, name="x")
    assert Tenant.objects.count() == 2


def test_a_taken_slug_is_refused(committed_db):
    with pytest.raises(TenantExistsError):
        create_tenant(slug="demo", name="x")


def test_the_apps_role_can_change_rows_and_nothing_else(shop, outside):
    app = outside("default")
    app.execute("SET search_path = t_demo, public")
    app.execute("UPDATE crm_contact SET name = name")
    for statement in (
        "CREATE TABLE mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE crm_contact ADD extra int",
        "ALTER TABLE crm_contact DISABLE TRIGGER ALL",
        "DROP TABLE crm_contact",
        "TRUNCATE crm_contact",
        "CREATE INDEX ON crm_contact (name)",
        "CREATE SCHEMA mine",
        "DROP SCHEMA t_demo CASCADE",
        "ALTER SCHEMA t_demo RENAME TO t_mine",
        "SET ROLE wasl_owner",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(statement)


# -- crashes ------------------------------------------------------------------------------------------------------------

POINTS = ["_make_schema", "_record_migrations", "_grant", "seed", "forget_cached_tenants"]


class CrashError(Exception):
    """Stands for whatever may go wrong."""


def heal() -> None:
    """What the scheduler does each second."""
    Scheduler()._tenants()


@pytest.mark.parametrize("point", POINTS)
def test_provisioning_that_broke_off_is_finished_by_the_scheduler(committed_db, monkeypatch, point):
    def crash(*args: object) -> None:
        raise CrashError

    if point == "seed":
        monkeypatch.setattr(provisioning, "_seeders", [*provisioning._seeders, crash])
    else:
        monkeypatch.setattr(provisioning, point, crash)
    with pytest.raises(CrashError):
        create_tenant(slug="broken", name="مكسور")
    monkeypatch.undo()
    heal()
    tenant = tenant_by_slug("broken")
    assert tenant.state == TenantState.READY
    assert Domain.objects.filter(tenant=tenant).count() == 1
    mark(tenant)
    assert catalogue("t_broken") == catalogue("t_demo")


KILLED = """
import os, signal, sys
import django; django.setup()
from tenants.services import provisioning
def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "seed": provisioning._seeders.append(die)
else: setattr(provisioning, sys.argv[1], die)
provisioning.create_tenant(slug="killed", name="x")
"""


@pytest.mark.parametrize("point", ["_record_migrations", "seed"])
def test_provisioning_that_was_killed_is_finished_by_running_it_again(committed_db, point):
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, point], env=process_env(), capture_output=True, check=False
    )
    assert ended.returncode == -9, ended.stderr
    tenant = tenant_by_slug("killed")
    assert tenant.state == TenantState.CREATING
    assert tenant_for_host("killed.localhost")[1] == TenantState.CREATING
    assert exists("t_killed") is (point == "seed"), "wholly there, or not at all"
    assert provision(tenant).state == TenantState.READY
    assert catalogue("t_killed") == catalogue("t_demo")
    provision(tenant)
    assert catalogue("t_killed") == catalogue("t_demo")


def test_a_tenant_that_cannot_be_finished_holds_up_no_other(committed_db, monkeypatch):
    for slug in ("aaa", "bbb"):
        Tenant(slug=slug, name=slug, data_key=b"-").save(using="owner")
    make = provisioning._make_schema

    def broken(tenant: Tenant) -> None:
        if tenant.slug == "aaa":
            raise ProgrammingError("no")
        make(tenant)

    monkeypatch.setattr(provisioning, "_make_schema", broken)
    heal()
    assert (tenant_by_slug("aaa").state, tenant_by_slug("bbb").state) == ("creating", "ready")


# -- life cycle ---------------------------------------------------------------------------------------------------------


def test_states_change_only_as_drawn(committed_db):
    tenant = create_tenant(slug="cycle", name="x")
    allowed = {
        ("ready", "suspended"),
        ("suspended", "ready"),
        *((state, "deleting") for state in TenantState.values),
    }
    for before in TenantState.values:
        for after in TenantState.values:
            Tenant.objects.filter(id=tenant.id).update(state=before)
            if (before, after) in allowed:
                assert change_state(tenant, TenantState(after)).state == after
            else:
                with pytest.raises(StateChangeError, match=f"cannot become {after}"):
                    change_state(tenant, TenantState(after))
                assert tenant_by_slug("cycle").state == before


def test_only_what_is_marked_can_be_dropped_and_nothing_is_left(committed_db):
    tenant = create_tenant(slug="gone", name="x")
    with pytest.raises(PermanentError, match="only a tenant marked deleting"):
        drop_tenant(tenant)
    assert exists("t_gone")
    drop_tenant(change_state(tenant, TenantState.DELETING))
    assert not exists("t_gone")
    assert not Tenant.objects.filter(slug="gone").exists()
    assert tenant_for_host("gone.localhost") is None


def test_a_deletion_that_broke_off_is_finished_by_the_scheduler(committed_db):
    change_state(create_tenant(slug="gone", name="x"), TenantState.DELETING)
    heal()
    assert not exists("t_gone")
    assert not Tenant.objects.filter(slug="gone").exists()


def test_an_agency_is_not_deleted_over_its_tenants(committed_db, capsys):
    agency = create_tenant(slug="agency", name="وكالة")
    create_tenant(slug="child", name="فرع", parent=agency)
    with pytest.raises(StateChangeError, match="runs other tenants: child"):
        change_state(agency, TenantState.DELETING)
    with pytest.raises(CommandError, match="runs other tenants"):
        call_command("delete_tenant", "agency", "--yes")
    assert tenant_by_slug("agency").state == TenantState.READY
    call_command("delete_tenant", "child", "--yes")
    call_command("delete_tenant", "agency", "--yes")
    assert Tenant.objects.count() == 2

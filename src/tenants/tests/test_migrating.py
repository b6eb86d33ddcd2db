"""The migration runner: every schema on its own, the broken reported, the rest done, again where it broke off."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.notifications.models import Notification
from tenants.models import TenantSchema
from tenants.scope import public_scope, require_tenant, tenant_scope
from tenants.selectors import tenant_by_slug
from tenants.services import migrating, plan
from tenants.services.migrating import advisory_lock_id, behind, migrate_tenants
from tenants.services.plan import current_version
from tenants.services.provisioning import create_tenant

#: A migration without a statement of its own, so that it can be "missing" from a schema that is whole.
LAST = ("admin", "0003_logentry_add_action_flag_choices")


def set_back(*schemas: str) -> None:
    """As if these schemas had not had the last migration yet."""
    with public_scope(), connections["owner"].cursor() as cursor:
        for schema in schemas:
            cursor.execute(f"DELETE FROM {schema}.django_migrations WHERE (app, name) = (%s, %s)", LAST)
        cursor.execute(
            "UPDATE tenants_tenantschema SET version = 'old' WHERE tenant_id IN"
            " (SELECT id FROM tenants_tenant WHERE schema_name = ANY(%s))",
            [list(schemas)],
        )


def damage(schema: str) -> None:
    """As if a migration's table were there already."""
    with public_scope(), connections["owner"].cursor() as cursor:
        cursor.execute(f"DELETE FROM {schema}.django_migrations WHERE app = 'admin'")


def mend(schema: str) -> None:
    with public_scope(), connections["owner"].cursor() as cursor:
        for name in ("0001_initial", "0002_logentry_remove_auto_add"):
            cursor.execute(
                f"INSERT INTO {schema}.django_migrations (app, name, applied) VALUES ('admin', %s, now())",
                [name],
            )


def versions() -> dict[str, bool]:
    """Which tenants are current."""
    rows = TenantSchema.objects.values_list("tenant__slug", "version", "error")
    return {slug: version == current_version() and not error for slug, version, error in rows}


@pytest.fixture
def run(committed_db, capsys):
    def call(*arguments: str) -> list[str]:
        call_command("migrate_tenants", *arguments)
        return capsys.readouterr().out.splitlines()

    return call


def test_a_current_installation_has_nothing_to_do(run):
    assert behind() == []
    assert run() == ["public: 0 applied", "0 tenants migrated, 0 failed"]
    assert run("--verify")[-1] == "2 tenants migrated, 0 failed"


def test_what_is_behind_is_brought_up_and_remembered(run):
    set_back("t_demo", "t_other")
    assert {tenant.slug for tenant in behind()} == {"demo", "other"}
    assert run("demo") == ["public: 0 applied", "demo: 1 applied", "1 tenants migrated, 0 failed"]
    assert versions() == {"demo": True, "other": False}
    assert run() == ["public: 0 applied", "other: 1 applied", "1 tenants migrated, 0 failed"]
    assert behind() == []


def test_a_broken_schema_is_reported_and_the_others_are_done(run, capsys):
    create_tenant(slug="third", name="ثالث")
    set_back("t_demo", "t_other", "t_third")
    damage("t_other")
    with pytest.raises(CommandError, match=r"Failed: other\. Mend them"):
        run()
    out = capsys.readouterr().out
    assert "demo: 1 applied" in out
    assert "third: 1 applied" in out
    assert "other: FAILED ProgrammingError" in out
    assert versions() == {"demo": True, "other": False, "third": True}
    assert "already exists" in TenantSchema.objects.get(tenant__slug="other").error
    call_command("list_tenants")
    assert "already exists" in capsys.readouterr().out
    mend("t_other")
    assert run() == ["public: 0 applied", "other: 1 applied", "1 tenants migrated, 0 failed"]
    assert all(versions().values())


def test_what_follows_runs_in_each_tenant_that_was_behind(run, monkeypatch):
    called: list[str] = []
    monkeypatch.setattr(migrating, "_followers", [lambda: called.append(require_tenant().slug)])
    set_back("t_demo")
    run()
    assert called == ["demo"]
    run("--verify")
    assert sorted(called[1:]) == ["demo", "other"]


def test_what_follows_and_fails_is_that_tenants_error(run, monkeypatch):
    def follow() -> None:
        Notification.objects.create(recipient_id=uuid.uuid4(), kind="x", title="ترحيل")
        if require_tenant().slug == "demo":
            raise ValueError("nothing but trouble")

    monkeypatch.setattr(migrating, "_followers", [follow])
    set_back("t_demo", "t_other")
    with pytest.raises(CommandError, match=r"Failed: demo\. Mend them"):
        run()
    assert versions() == {"demo": False, "other": True}
    assert "ValueError: nothing but trouble" in TenantSchema.objects.get(tenant__slug="demo").error
    for slug, rows in (("demo", 0), ("other", 1)):
        with tenant_scope(tenant_by_slug(slug)):
            assert Notification.objects.count() == rows


def test_contents_that_changed_put_every_tenant_behind(run, monkeypatch):
    monkeypatch.setattr(plan, "_contents", [*plan._contents, lambda: "another event type"])
    current_version.cache_clear()
    try:
        assert {tenant.slug for tenant in behind()} == {"demo", "other"}
        assert run()[-1] == "2 tenants migrated, 0 failed"
        assert behind() == []
    finally:
        current_version.cache_clear()


def test_a_lock_that_is_held_costs_seconds_and_is_reported(committed_db, outside):
    set_back("t_demo", "t_other")
    holder = outside("owner")
    holder.autocommit = False
    holder.execute("LOCK TABLE t_demo.django_migrations IN ACCESS EXCLUSIVE MODE")
    results = {result.slug: result for result in migrate_tenants(behind())}
    assert "lock timeout" in results["demo"].error
    assert results["other"].error == ""
    holder.rollback()
    assert [result.error for result in migrate_tenants(behind())] == [""]
    assert behind() == []


def test_two_runs_do_not_cross(run, outside):
    holder = outside("owner")
    holder.execute("SELECT pg_advisory_lock(%s)", [advisory_lock_id()])
    with pytest.raises(CommandError, match="Another migration run"):
        run()

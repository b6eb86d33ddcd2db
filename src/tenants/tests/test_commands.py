"""The commands for tenants, as a person runs them."""

from __future__ import annotations

import base64
import json

import pytest
from django.core.management import CommandError, call_command

from tenants import secrets
from tenants.models import Tenant, TenantState
from tenants.scope import tenant_scope
from tenants.secrets import seal, unseal
from tenants.selectors import tenant_by_slug


@pytest.fixture
def run(committed_db, capsys):
    """What a command prints."""

    def call(*arguments: str) -> str:
        call_command(*arguments)
        return capsys.readouterr().out

    return call


def test_create(run):
    out = run(
        "create_tenant",
        "tehran",
        "فروشگاه تهران",
        "--language",
        "fa",
        "--region",
        "IR",
        "--timezone",
        "Asia/Tehran",
    )
    assert out == "tehran: ready on tehran.localhost\n"
    tenant = tenant_by_slug("tehran")
    assert (tenant.name, tenant.language, tenant.region, tenant.timezone) == (
        "فروشگاه تهران",
        "fa",
        "IR",
        "Asia/Tehran",
    )
    run("create_tenant", "branch", "فرع", "--parent", "tehran")
    assert tenant_by_slug("branch").parent == tenant


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create_tenant", "demo", "x"), "exists already"),
        (("create_tenant", "No Slug", "x"), "3–40 lower-case"),
        (("create_tenant", "new", "x", "--parent", "nobody"), "no tenant 'nobody'"),
        (("suspend_tenant", "nobody"), "no tenant 'nobody'"),
        (("delete_tenant", "nobody", "--yes"), "no tenant 'nobody'"),
        (("migrate_tenants", "nobody"), "no tenant 'nobody'"),
        (("migrate",), "migrate_tenants"),
    ],
)
def test_mistakes_are_told_in_words(run, arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments)
    assert set(Tenant.objects.values_list("slug", flat=True)) == {"demo", "other"}


def test_suspend_and_resume(run, api):
    assert run("suspend_tenant", "demo") == "demo: suspended\n"
    answer = api("demo.localhost").get("/api/v1/crm/contacts/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "tenant_not_ready")
    assert api("other.localhost").get("/api/v1/crm/contacts/").status_code == 401
    with pytest.raises(CommandError, match="cannot become suspended"):
        run("suspend_tenant", "demo")
    assert run("suspend_tenant", "demo", "--resume") == "demo: ready\n"
    assert api("demo.localhost").get("/api/v1/crm/contacts/").status_code == 401


def test_delete_asks_first(run, monkeypatch):
    run("create_tenant", "gone", "x")
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    with pytest.raises(CommandError, match="Not deleted"):
        run("delete_tenant", "gone")
    assert tenant_by_slug("gone").state == TenantState.READY
    monkeypatch.setattr("builtins.input", lambda prompt: "gone")
    assert run("delete_tenant", "gone") == "gone: deleted\n"
    assert not Tenant.objects.filter(slug="gone").exists()


def test_list(run):
    run("create_tenant", "branch", "فرع", "--parent", "demo")
    rows = {row["slug"]: row for row in map(json.loads, run("list_tenants", "--json").splitlines())}
    assert set(rows) == {"branch", "demo", "other"}
    assert rows["branch"]["parent"] == "demo"
    assert rows["demo"] == {
        "slug": "demo",
        "name": "متجر الجزائر",
        "state": "ready",
        "parent": None,
        "hosts": ["demo.localhost"],
        "schema": "current",
        "error": "",
    }
    text = run("list_tenants")
    assert text.splitlines()[1].split() == ["demo", "ready", "current", "demo.localhost"]


def test_data_keys_follow_a_new_master_key(run, settings):
    old = settings.WASL_MASTER_KEY
    new = base64.b64encode(bytes(range(32))).decode()
    demo = tenant_by_slug("demo")
    place = "test|secret|1"
    with tenant_scope(demo):
        sealed = seal({"token": "سر"}, place=place)
    settings.WASL_MASTER_KEY = f"{new},{old}"
    assert run("rewrap_tenant_keys") == "2 data keys wrapped anew\n0 second factors wrapped anew\n"
    assert run("rewrap_tenant_keys") == "0 data keys wrapped anew\n0 second factors wrapped anew\n"

    settings.WASL_MASTER_KEY = new
    secrets._data_keys.clear()
    with tenant_scope(demo):
        assert unseal(sealed, place=place) == {"token": "سر"}

    settings.WASL_MASTER_KEY = f"{old},{new}"
    assert run("rewrap_tenant_keys") == "2 data keys wrapped anew\n0 second factors wrapped anew\n"
    secrets._data_keys.clear()

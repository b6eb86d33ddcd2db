"""Names and secrets carry their tenant, or refuse."""

from __future__ import annotations

import uuid

import pytest
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.crypto import DecryptionError
from tenants.keys import add_tenant, group_name
from tenants.scope import NoTenantError, TenantRef, current_tenant, require_tenant, tenant_scope
from tenants.secrets import seal, unseal
from tenants.selectors import TimedCache

#: Answered for members and keys only.
API = "/api/v1/crm/contacts/"


def test_cache_entries_are_the_tenants_own(demo, other):
    with tenant_scope(demo):
        cache.set("greeting", "سلام", 30)
    with tenant_scope(other):
        assert cache.get("greeting") is None
        cache.set("greeting", "hello", 30)
    with tenant_scope(demo):
        assert cache.get("greeting") == "سلام"
        cache.delete("greeting")
    with tenant_scope(other):
        assert cache.get("greeting") == "hello"
        cache.delete("greeting")


async def test_the_async_cache_has_the_tasks_tenant():
    a, b = (TenantRef(id=uuid.uuid5(uuid.NAMESPACE_DNS, n), schema_name=f"t_{n}", slug=f"{n}") for n in "ab")
    with tenant_scope(a):
        await cache.aset("greeting", "a", 30)
    with tenant_scope(b):
        assert await cache.aget("greeting") is None
    with tenant_scope(a):
        assert await cache.aget("greeting") == "a"
        await cache.adelete("greeting")


def test_without_a_tenant_the_cache_refuses_all_but_what_is_said_to_be_shared():
    for use in (
        lambda: cache.get("greeting"),
        lambda: cache.set("greeting", 1),
        lambda: cache.delete("greeting"),
        lambda: cache.get_many(["greeting"]),
        lambda: cache.incr("greeting"),
    ):
        with pytest.raises(NoTenantError, match="tenant_scope"):
            use()
    cache.set("public:greeting", 1, 30)
    assert cache.get("public:greeting") == 1
    cache.delete("public:greeting")


def test_a_shared_key_is_shared_within_a_tenant_too(demo):
    with tenant_scope(demo):
        cache.set("public:rate", 7, 30)
    assert cache.get("public:rate") == 7
    cache.delete("public:rate")


def test_groups_are_the_tenants_own_and_valid_for_channels(demo, other):
    with pytest.raises(NoTenantError):
        group_name("inbox")
    with tenant_scope(demo):
        name = group_name("inbox")
        assert demo.id.hex in name
        get_channel_layer().require_valid_group_name(name)
    with tenant_scope(other):
        assert group_name("inbox") != name


def test_files_lie_in_their_tenants_folder(demo, other, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    with tenant_scope(demo):
        name = default_storage.save("تقرير.txt", ContentFile(b"demo"))
        with default_storage.open(name) as file:
            assert file.read() == b"demo"
    assert (tmp_path / str(demo.id) / name).read_bytes() == b"demo"
    with tenant_scope(other):
        assert not default_storage.exists(name)
        for way_out in (f"../{demo.id}/{name}", f"/{demo.id}/{name}", "../../etc/passwd"):
            with pytest.raises(SuspiciousFileOperation):
                default_storage.open(way_out)
    with pytest.raises(NoTenantError):
        default_storage.exists(name)


def test_log_lines_name_the_tenant(demo):
    assert add_tenant(None, "info", {"event": "x"}) == {"event": "x"}
    with tenant_scope(demo):
        assert add_tenant(None, "info", {"event": "x"}) == {"event": "x", "tenant": "demo"}
        assert add_tenant(None, "info", {"tenant": "given"})["tenant"] == "given"


def test_a_secret_opens_for_its_tenant_at_its_place_only(demo, other):
    with pytest.raises(NoTenantError):
        seal({"token": "x"}, place="a|b|1")
    with tenant_scope(demo):
        sealed = seal({"token": "رمز"}, place="a|b|1")
        assert "رمز".encode() not in sealed
        assert seal({"token": "رمز"}, place="a|b|1") != sealed
        assert unseal(sealed, place="a|b|1") == {"token": "رمز"}
        with pytest.raises(DecryptionError):
            unseal(sealed, place="a|b|2")
        for n in range(0, len(sealed), 7):
            with pytest.raises(DecryptionError):
                unseal(sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :], place="a|b|1")
    with tenant_scope(other), pytest.raises(DecryptionError):
        unseal(sealed, place="a|b|1")


def test_there_is_a_tenant_or_there_is_none(demo):
    assert current_tenant() is None
    with pytest.raises(NoTenantError):
        require_tenant()
    with tenant_scope(demo) as ref:
        assert require_tenant() == ref == TenantRef.of(demo)
        assert TenantRef.of(ref) is ref


def test_the_timed_cache_keeps_values_and_soon_forgets_misses(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("tenants.selectors.time.monotonic", lambda: now[0])
    kept: TimedCache[str | None] = TimedCache(ttl_s=10, max_size=2)
    assert kept.get("a", lambda: "1") == "1"
    assert kept.get("b", lambda: None) is None
    now[0] = 2
    assert kept.get("a", lambda: "2") == "1" == kept.peek("a")
    assert kept.get("b", lambda: "2") == "2"
    now[0] = 11
    assert kept.peek("a") is None
    assert kept.get("a", lambda: "3") == "3"
    kept.get("c", lambda: "4")
    assert len(kept._entries) <= 2
    kept.clear()
    assert kept.peek("a") is None


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("demo.localhost", 401),
        ("DEMO.localhost:8000", 401),
        ("nobody.localhost", 404),
        ("demo.localhost.evil.example", 404),
        ("evil.example", 404),
        ("x.demo.localhost", 404),
    ],
)
def test_the_host_decides(demo, api, host, status):
    answer = api(host).get(API)
    assert answer.status_code == status
    assert current_tenant() is None

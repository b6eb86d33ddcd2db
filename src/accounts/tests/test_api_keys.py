"""Keys at the door: good, bad, ended, and on the wrong host."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import ApiKey
from accounts.scopes import SCOPES, allows
from accounts.services.keys import (
    ExpiryInPastError,
    ScopeNotHeldError,
    authenticate_key,
    issue_api_key,
    revoke_api_key,
)

DEMO, OTHER, PUBLIC = "demo.localhost", "other.localhost", "localhost"


@pytest.mark.parametrize("held", SCOPES)
def test_a_key_does_what_its_scope_allows_and_nothing_else(held, probe, api, demo_key):
    client = api(DEMO, key=demo_key(held))
    for scope in SCOPES:
        answers = {
            client.get(f"/api/v1/probe/{scope}/").status_code,
            client.post(f"/api/v1/probe/{scope}/").status_code,
        }
        assert answers == ({200} if allows(frozenset([held]), scope) else {403}), scope
    assert {tenant for tenant, _ in probe} == {"demo"}


def test_no_key_is_asked_for_one(probe, api, demo):
    answer = api(DEMO).get("/api/v1/probe/crm:read/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="wasl"')
    assert answer.json()["error"]["code"] == "not_authenticated"
    assert probe == []


def test_a_view_that_declares_nothing_is_closed(probe, api, demo_key):
    client = api(DEMO, key=demo_key())
    assert client.get("/api/v1/undeclared/").status_code == 403
    assert client.post("/api/v1/read-only/").status_code == 403
    assert probe == []
    assert client.get("/api/v1/read-only/").status_code == 200


def _wrong_secret(key):
    return key[:-1] + ("A" if key[-1] != "A" else "B")


@pytest.mark.parametrize(
    "spoil",
    [
        _wrong_secret,
        lambda key: "",
        lambda key: "Token",
        lambda key: key + " " + key,
        lambda key: key.upper(),
        lambda key: "wasl_00000000" + key[13:],
        lambda key: "مفتاح".encode().decode("latin-1"),
    ],
)
def test_a_bad_key_is_refused_with_a_challenge(spoil, probe, api, demo_key):
    answer = api(DEMO, key=spoil(demo_key())).get("/api/v1/probe/crm:read/")
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]
    assert probe == []


def test_a_bad_key_is_not_passed_over_for_the_session(probe, api, alice, demo_key):
    client = api(DEMO, user=alice)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {_wrong_secret(demo_key())}")
    assert client.get("/api/v1/probe/crm:read/").status_code == 401
    assert probe == []


def test_an_expired_key_opens_nothing(probe, api, demo):
    end = datetime.now(UTC) + timedelta(hours=1)
    key = issue_api_key(tenant=demo, name="k", scopes=["crm:read"], expires_at=end).secret
    client = api(DEMO, key=key)
    assert client.get("/api/v1/probe/crm:read/").status_code == 200
    with time_machine.travel(end + timedelta(seconds=1)):
        assert client.get("/api/v1/probe/crm:read/").status_code == 401
    assert len(probe) == 1


def test_a_revoked_key_opens_nothing_from_the_next_request_on(probe, api, demo):
    issued = issue_api_key(tenant=demo, name="k", scopes=["crm:read"])
    client = api(DEMO, key=issued.secret)
    assert client.get("/api/v1/probe/crm:read/").status_code == 200
    first = revoke_api_key(issued.key).revoked_at
    assert client.get("/api/v1/probe/crm:read/").status_code == 401
    assert revoke_api_key(issued.key).revoked_at == first


def test_a_key_on_another_tenants_host_is_refused(probe, api, demo_key, other_key, other):
    for host, key in ((OTHER, demo_key()), (DEMO, other_key())):
        answer = api(host, key=key).post("/api/v1/probe/crm:write/")
        assert answer.status_code == 403
    assert probe == []
    assert not ApiKey.objects.exclude(last_used_at=None).exists()


@pytest.mark.parametrize("host", [DEMO, OTHER, PUBLIC])
def test_naming_a_foreign_tenant_does_not_help(host, probe, api, demo_key, other):
    answer = api(host, key=demo_key()).post("/api/v1/probe/crm:write/", headers={"X-Tenant": "other"})
    assert answer.status_code == 403
    assert probe == []


def test_naming_an_unknown_tenant_is_answered_like_a_foreign_one(probe, api, demo_key, other):
    client = api(DEMO, key=demo_key())
    unknown, foreign = (
        client.get("/api/v1/probe/crm:read/", headers={"X-Tenant": s}) for s in ("no-such", "other")
    )
    assert unknown.status_code == foreign.status_code == 403
    assert unknown.json()["error"]["message"] == foreign.json()["error"]["message"]


def test_the_public_host_wants_to_know_the_tenant(probe, api, demo_key):
    client = api(PUBLIC, key=demo_key("crm:read"))
    assert client.get("/api/v1/probe/crm:read/").json()["error"]["code"] == "tenant_required"
    assert client.get("/api/v1/probe/crm:read/", headers={"X-Tenant": "demo"}).json() == {"tenant": "demo"}


def test_the_secret_is_not_stored(demo):
    issued = issue_api_key(tenant=demo, name="k", scopes=["crm:read"])
    row = ApiKey.objects.values().get(pk=issued.key.pk)
    assert issued.secret[14:] not in repr(row)
    assert bytes(row["hash"]) not in issued.secret.encode()


def test_last_use_is_written_at_most_once_a_minute(demo, django_assert_num_queries):
    issued = issue_api_key(tenant=demo, name="k", scopes=["crm:read"])

    def used():
        issued.key.refresh_from_db()
        return issued.key.last_used_at

    start = datetime(2030, 1, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        authenticate_key(issued.secret, tenant=demo)
        assert used() == start
        clock.shift(59)
        with django_assert_num_queries(1):
            authenticate_key(issued.secret, tenant=demo)
        assert used() == start
        clock.shift(1)
        authenticate_key(issued.secret, tenant=demo)
        assert used() == start + timedelta(seconds=60)


def test_nobody_gives_a_right_that_they_lack(demo):
    by = authenticate_key(issue_api_key(tenant=demo, name="k", scopes=["crm:write"]).secret, tenant=demo)
    assert issue_api_key(tenant=demo, name="less", scopes=["crm:read"], by=by).key.scopes == ["crm:read"]
    before = ApiKey.objects.count()
    with pytest.raises(ScopeNotHeldError, match="inbox:read"):
        issue_api_key(tenant=demo, name="more", scopes=["crm:read", "inbox:read"], by=by)
    with pytest.raises(ExpiryInPastError):
        issue_api_key(tenant=demo, name="late", scopes=["crm:read"], expires_at=datetime.now(UTC))
    assert ApiKey.objects.count() == before

"""Browsers: signing in and out, CSRF, and sessions that stay on their host."""

import pytest

from accounts.models import Membership
from accounts.services.members import add_member
from accounts.services.users import create_user

DEMO, OTHER, PUBLIC = "demo.localhost", "other.localhost", "localhost"
READ, WRITE = "/api/v1/probe/crm:read/", "/api/v1/probe/crm:write/"
PASSWORD = "a-long-Passw0rd"


def login(client, email, password=PASSWORD, **headers):
    return client.post("/api/v1/auth/login/", {"email": email, "password": password}, headers=headers)


def test_in_and_out(api, alice):
    client = api(DEMO, csrf=True)
    answer = login(client, "Alice@Demo.example")
    assert answer.status_code == 200
    me = answer.json()
    assert (me["user"]["email"], me["role"], me["tenant"]["slug"], me["scopes"]) == (
        "alice@demo.example", "owner", "demo", ["admin:all"],
    )  # fmt: skip
    assert client.get("/api/v1/auth/me/").status_code == 200
    assert client.post("/api/v1/auth/logout/").status_code == 403, "without its CSRF token"
    token = client.get("/api/v1/auth/me/").json()["csrf_token"]
    assert client.post("/api/v1/auth/logout/", headers={"X-CSRFToken": token}).status_code == 204
    assert client.get("/api/v1/auth/me/").status_code == 401


def test_a_session_changes_things_only_with_its_csrf_token(probe, api, alice):
    client = api(DEMO, csrf=True)
    token = login(client, alice.email).json()["csrf_token"]
    assert client.get(READ).status_code == 200
    probe.clear()
    refused = client.post(WRITE)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert probe == []
    assert client.post(WRITE, headers={"X-CSRFToken": token}).status_code == 200
    assert (
        client.post(WRITE, headers={"X-CSRFToken": token, "Origin": "http://other.localhost"}).status_code
        == 403
    )
    assert len(probe) == 1


def test_a_key_needs_no_csrf_token(probe, api, demo_key):
    assert api(DEMO, key=demo_key(), csrf=True).post(WRITE).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@demo.example", "wrong"), ("nobody@demo.example", PASSWORD), ("charlie@other.example", PASSWORD)],
)
def test_refusals_look_the_same(email, password, api, alice, charlie):
    client = api(DEMO)
    answer = login(client, email, password)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "Wrong e-mail or password."
    assert "sessionid" not in client.cookies


def test_who_is_switched_off_cannot_come_in_or_stay(probe, api, alice):
    client = api(DEMO, user=alice)
    assert client.get(READ).status_code == 200
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(READ).status_code == 401
    assert login(api(DEMO), alice.email).status_code == 401


def test_superusers_enter_tenants_as_members_only(api, web, demo):
    root = create_user(email="root@wasl.example", password=PASSWORD, is_superuser=True)
    assert login(api(DEMO), root.email).status_code == 401
    assert web(DEMO, user=root).get("/admin/").status_code == 403
    assert login(api(PUBLIC), root.email).status_code == 200


def test_a_session_does_not_travel_to_another_host(probe, api, alice, other):
    add_member(user=alice, tenant=other, role="owner")
    there = api(DEMO, user=alice)
    here = api(OTHER)
    here.cookies = there.cookies
    assert here.get(READ).status_code == 401
    assert probe == []
    assert there.get(READ).status_code == 401, (
        "and a cookie that was carried about is worth nothing at home either"
    )


def test_a_member_who_was_let_go_is_refused_at_once(probe, api, bob):
    client = api(DEMO, user=bob)
    assert client.get(READ).status_code == 200
    Membership.objects.filter(user=bob).delete()
    answer = client.get(READ)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_a_member")
    assert len(probe) == 1
    assert client.post("/api/v1/auth/logout/").status_code == 204


def test_signing_in_names_no_tenant(api, child, alice):
    client = api(DEMO)
    assert login(client, alice.email, **{"X-Tenant": "child"}).status_code == 403
    assert "sessionid" not in client.cookies


def test_forms_of_other_sites_cannot_sign_anyone_in(api, alice):
    answer = api(DEMO).post(
        "/api/v1/auth/login/",
        f'{{"email":"{alice.email}","password":"{PASSWORD}"}}',
        content_type="text/plain",
    )
    assert answer.status_code == 415


def test_too_many_wrong_passwords_lock_the_door(settings, api, alice):
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    client = api(DEMO)
    statuses = [
        login(client, email, "wrong").status_code for email in (alice.email, alice.email.upper(), alice.email)
    ]
    assert statuses == [401, 401, 429]
    locked = login(client, alice.email)
    assert (locked.status_code, locked.json()["error"]["code"], locked["Retry-After"]) == (
        429,
        "locked_out",
        "900",
    )
    assert "sessionid" not in client.cookies


def test_me_of_a_key(api, demo_key):
    me = api(DEMO, key=demo_key("crm:read")).get("/api/v1/auth/me/").json()
    assert me["label"].startswith("key:")
    assert (me["user"], me["scopes"], me["csrf_token"], me["tenant"]["slug"]) == (
        None,
        ["crm:read"],
        "",
        "demo",
    )

"""Browsers: signing in and out, CSRF, and sessions that stay on their host."""

import pytest

from accounts.models import BrowserSession, Membership
from accounts.services.members import add_member
from accounts.services.users import create_user
from accounts.tests.helpers import DOOR, PASSWORD, sign_in

DEMO, OTHER, PUBLIC = "demo.localhost", "other.localhost", "localhost"
READ, WRITE = "/api/v1/probe/crm:read/", "/api/v1/probe/crm:write/"


def token_of(client):
    """The CSRF token, as the web UI learns it."""
    client.get(f"{DOOR}config")
    return client.cookies["csrftoken"].value


def test_in_and_out(web, alice):
    browser = web(DEMO)
    answer = sign_in(browser, "Alice@Demo.example")
    assert (answer.status_code, answer.json()["data"]["user"]["email"]) == (200, "alice@demo.example")
    me = browser.get("/api/v1/auth/me/").json()
    assert (me["user"]["email"], me["role"], me["tenant"]["slug"], me["scopes"]) == (
        "alice@demo.example", "owner", "demo", ["admin:all"],
    )  # fmt: skip
    assert browser.delete(f"{DOOR}auth/session").status_code == 401
    assert browser.get("/api/v1/auth/me/").status_code == 401


def test_in_and_out_need_the_csrf_token(api, alice):
    client = api(DEMO, csrf=True)
    assert sign_in(client, alice.email).status_code == 403
    assert "sessionid" not in client.cookies
    token = token_of(client)
    assert sign_in(client, alice.email, **{"X-CSRFToken": token}).status_code == 200
    assert client.post("/api/v1/auth/logout/").status_code == 403, "without its CSRF token"
    token = client.get("/api/v1/auth/me/").json()["csrf_token"]
    assert client.post("/api/v1/auth/logout/", headers={"X-CSRFToken": token}).status_code == 204
    assert client.get("/api/v1/auth/me/").status_code == 401


def test_a_session_changes_things_only_with_its_csrf_token(probe, api, alice):
    client = api(DEMO, csrf=True)
    sign_in(client, alice.email, **{"X-CSRFToken": token_of(client)})
    token = token_of(client)
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
def test_refusals_look_the_same(email, password, web, alice, charlie):
    browser = web(DEMO)
    answer = sign_in(browser, email, password)
    assert answer.status_code == 400
    assert [(e["code"], e["param"]) for e in answer.json()["errors"]] == [
        ("email_password_mismatch", "password")
    ]
    assert browser.get("/api/v1/auth/me/").status_code == 401


def test_who_is_switched_off_cannot_come_in_or_stay(probe, api, web, alice):
    client = api(DEMO, user=alice)
    assert client.get(READ).status_code == 200
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(READ).status_code == 401
    assert sign_in(web(DEMO), alice.email).status_code == 400


def test_superusers_enter_tenants_as_members_only(api, web, demo):
    root = create_user(email="root@wasl.example", password=PASSWORD, is_superuser=True)
    assert sign_in(web(DEMO), root.email).status_code == 400
    assert web(DEMO, user=root).get("/admin/").status_code == 403
    assert sign_in(web(PUBLIC), root.email).status_code == 200


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


def test_signing_in_names_no_tenant(probe, web, child, alice):
    """The header is for the API: a session belongs to its host."""
    browser = web(DEMO)
    assert sign_in(browser, alice.email, **{"X-Tenant": "child"}).status_code == 200
    assert BrowserSession.objects.get(user=alice).tenant.slug == "demo"


def test_forms_of_other_sites_cannot_sign_anyone_in(api, alice):
    client = api(DEMO, csrf=True)
    answer = client.post(
        f"{DOOR}auth/login",
        f'{{"email":"{alice.email}","password":"{PASSWORD}"}}',
        content_type="text/plain",
    )
    assert answer.status_code == 403
    assert not BrowserSession.objects.filter(user=alice).exists()


def test_too_many_wrong_passwords_lock_the_door(settings, web, alice):
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    browser = web(DEMO)
    statuses = [
        sign_in(browser, email, "wrong").status_code
        for email in (alice.email, alice.email.upper(), alice.email)
    ]
    assert statuses == [400, 400, 429]
    locked = sign_in(browser, alice.email)
    assert (locked.status_code, locked.json()["error"]["code"], locked["Retry-After"]) == (
        429,
        "locked_out",
        "900",
    )
    assert not BrowserSession.objects.filter(user=alice).exists()
    elsewhere = web(DEMO)
    elsewhere.defaults["REMOTE_ADDR"] = "203.0.113.7"
    assert sign_in(elsewhere, alice.email).status_code == 200, "nobody locks another out"


def test_there_is_no_other_door(web, alice):
    browser = web(DEMO)
    for address in (
        "/api/v1/auth/login/",
        f"{DOOR}auth/signup",
        f"{DOOR}account/email",
        f"{DOOR}account/phone",
    ):
        assert browser.post(address, {}, content_type="application/json").status_code in (404, 405), address
    for page in ("/_allauth/app/v1/auth/login", "/accounts/login/", "/login/", "/_allauth/openapi.json"):
        assert browser.get(page).status_code == 404, page


def test_me_of_a_key(api, demo_key):
    me = api(DEMO, key=demo_key("crm:read")).get("/api/v1/auth/me/").json()
    assert me["label"].startswith("key:")
    assert (me["user"], me["scopes"], me["csrf_token"], me["tenant"]["slug"]) == (
        None,
        ["crm:read"],
        "",
        "demo",
    )

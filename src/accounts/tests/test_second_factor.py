"""Second factors: set up, asked for at every door, not to be guessed, kept secret, demanded by tenants."""

import time

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import AccessPolicy, BrowserSession
from accounts.services.members import add_member
from accounts.tests.helpers import (
    DOOR,
    code_of,
    factors,
    post,
    reauthenticate,
    set_up_codes,
    sign_in,
    wrong_code,
)

DEMO, OTHER, PUBLIC = "demo.localhost", "other.localhost", "localhost"
ME, READ, POLICY = "/api/v1/auth/me/", "/api/v1/probe/crm:read/", "/api/v1/access-policy/"


def is_in(browser):
    return browser.get(ME).status_code == 200


def with_code(browser, code):
    return post(browser, "auth/2fa/authenticate", {"code": code})


# -- setting up ---------------------------------------------------------------------------------------------------------


def test_an_app_is_set_up_with_recovery_codes_after_the_password_was_given_again(web, alice):
    browser = web(DEMO)
    sign_in(browser, alice.email)
    page = f"{DOOR}account/authenticators/totp"
    asked = browser.get(page)
    assert asked.status_code == 404
    secret = asked.json()["meta"]["secret"]
    refused = post(browser, "account/authenticators/totp", {"code": code_of(secret)})
    assert (refused.status_code, factors(alice)) == (401, [])
    assert refused.json()["data"]["flows"][0]["id"] == "reauthenticate"
    assert reauthenticate(browser, "wrong").status_code == 400
    assert reauthenticate(browser).status_code == 200
    assert post(browser, "account/authenticators/totp", {"code": wrong_code(secret)}).status_code == 400
    assert post(browser, "account/authenticators/totp", {"code": code_of(secret)}).status_code == 200
    assert factors(alice) == ["recovery_codes", "totp"]
    codes = browser.get(f"{DOOR}account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    assert len(set(codes)) == 10


def test_the_secret_is_encrypted_at_rest(alice):
    secret, _ = set_up_codes(alice)
    stored = Authenticator.objects.get(user=alice, type="totp").data["secret"]
    assert secret not in stored
    assert Authenticator.objects.get(user=alice, type="totp").wrap().validate_code(code_of(secret))


def test_the_app_names_the_product_and_the_person(web, alice):
    browser = web(DEMO)
    sign_in(browser, alice.email)
    url = browser.get(f"{DOOR}account/authenticators/totp").json()["meta"]["totp_url"]
    assert url.startswith("otpauth://totp/alice%40demo.example?")
    assert "issuer=Wasl" in url


# -- every door asks for it ----------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(web, alice):
    secret, _ = set_up_codes(alice)
    browser = web(DEMO)
    half = sign_in(browser, alice.email)
    assert half.status_code == 401
    pending = [flow for flow in half.json()["data"]["flows"] if flow.get("is_pending")]
    assert [(flow["id"], flow["types"]) for flow in pending] == [
        ("mfa_authenticate", ["recovery_codes", "totp"])
    ]
    assert not is_in(browser)
    assert browser.get("/admin/").status_code == 302
    assert browser.get(f"{DOOR}account/authenticators").status_code == 401
    assert browser.get(f"{DOOR}auth/session").status_code == 401
    assert not BrowserSession.objects.filter(user=alice).exists()
    assert with_code(browser, wrong_code(secret)).status_code == 400
    assert not is_in(browser)
    assert with_code(browser, code_of(secret)).status_code == 200
    assert is_in(browser)
    assert browser.get("/admin/").status_code == 200


def test_a_code_is_good_once(web, alice):
    secret, _ = set_up_codes(alice)
    for expected in (200, 400):
        browser = web(DEMO)
        sign_in(browser, alice.email)
        assert with_code(browser, code_of(secret)).status_code == expected


def test_a_recovery_code_is_good_once(web, alice):
    _, codes = set_up_codes(alice)
    for expected in (200, 400):
        browser = web(DEMO)
        sign_in(browser, alice.email)
        assert with_code(browser, codes[0]).status_code == expected


def test_half_a_sign_in_stays_on_its_host_and_does_not_last(web, alice, other, monkeypatch):
    add_member(user=alice, tenant=other, role="owner")
    secret, _ = set_up_codes(alice)
    here, there = web(DEMO), web(OTHER)
    sign_in(here, alice.email)
    there.cookies = here.cookies
    assert with_code(there, code_of(secret)).status_code == 401
    assert not is_in(there)
    again = web(DEMO)
    sign_in(again, alice.email)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 16 * 60)
    assert with_code(again, code_of(secret)).status_code in (400, 401)
    assert not is_in(again)


def test_who_was_let_go_between_the_steps_does_not_come_in(web, bob):
    secret, _ = set_up_codes(bob)
    browser = web(DEMO)
    sign_in(browser, bob.email)
    bob.memberships.all().delete()
    assert with_code(browser, code_of(secret)).status_code == 401
    assert not BrowserSession.objects.filter(user=bob).exists()


# -- not to be guessed ---------------------------------------------------------------------------------------------------


def test_too_many_wrong_codes_lock_the_second_step_from_every_address(settings, web, alice):
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    secret, _ = set_up_codes(alice)
    statuses = []
    for address in ("203.0.113.1", "203.0.113.2", "203.0.113.3"):
        browser = web(DEMO)
        browser.defaults["REMOTE_ADDR"] = address
        sign_in(browser, alice.email)
        statuses.append(with_code(browser, wrong_code(secret)).status_code)
    assert statuses == [400, 400, 429]
    browser = web(DEMO)
    assert sign_in(browser, alice.email).status_code == 401
    locked = with_code(browser, code_of(secret))
    assert (locked.status_code, locked.json()["error"]["code"]) == (429, "locked_out")
    assert not is_in(browser)


def test_a_right_code_forgives_the_wrong_ones_before(settings, web, alice):
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    secret, codes = set_up_codes(alice)
    for right in (code_of(secret), codes[0]):
        browser = web(DEMO)
        sign_in(browser, alice.email)
        for _ in range(2):
            assert with_code(browser, wrong_code(secret)).status_code == 400
        assert with_code(browser, right).status_code == 200


# -- passkeys: real ones are tested in a browser ---------------------------------------------------------------------------


def test_passkeys_belong_to_the_host(web, alice):
    browser = web(DEMO)
    sign_in(browser, alice.email)
    reauthenticate(browser)
    options = browser.get(f"{DOOR}account/authenticators/webauthn", {"passwordless": ""}).json()["data"]
    party = options["creation_options"]["publicKey"]["rp"]
    assert party == {"id": "demo.localhost", "name": "متجر الجزائر"}
    asked = web(OTHER).get(f"{DOOR}auth/webauthn/login").json()["data"]["request_options"]["publicKey"]
    assert asked["rpId"] == "other.localhost"
    assert asked["userVerification"] == "required"


def test_a_made_up_passkey_opens_nothing(web, alice):
    browser = web(DEMO)
    browser.get(f"{DOOR}auth/webauthn/login")
    for credential in ({}, {"id": "x", "response": {"userHandle": alice.pk.hex}}, {"response": {}}):
        assert post(browser, "auth/webauthn/login", {"credential": credential}).status_code == 400
    assert not is_in(browser)


# -- demanded by the tenant ----------------------------------------------------------------------------------------------


@pytest.fixture
def strict(demo):
    """demo demands a second factor."""
    return AccessPolicy.objects.create(tenant=demo, require_second_factor=True)


def test_a_tenant_may_demand_it(probe, strict, web, alice):
    browser = web(DEMO)
    sign_in(browser, alice.email)
    refused = browser.get(READ)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_required")
    assert probe == []
    security = browser.get(ME).json()["security"]
    assert (security["second_factor_demanded"], security["gave_second_factor"]) == (True, False)
    reauthenticate(browser)
    secret = browser.get(f"{DOOR}account/authenticators/totp").json()["meta"]["secret"]
    assert post(browser, "account/authenticators/totp", {"code": code_of(secret)}).status_code == 200
    assert browser.get(READ).status_code == 200, "who sets one up has shown it"


def test_it_is_demanded_of_every_session(strict, web, alice, bob):
    secret, _ = set_up_codes(alice)
    for user in (alice, bob):
        assert web(DEMO, user=user).get("/admin/").status_code == 403
    browser = web(DEMO)
    sign_in(browser, alice.email)
    with_code(browser, code_of(secret))
    assert browser.get("/admin/").status_code == 200


def test_an_agencys_demand_goes_with_its_members(probe, strict, child, web, bob):
    refused = web("child.localhost", user=bob).get(READ)
    assert refused.json()["error"]["code"] == "second_factor_required"
    assert probe == []


def test_keys_are_not_sessions(probe, strict, api, demo_key):
    assert api(DEMO, key=demo_key("crm:read")).get(READ).status_code == 200


def test_who_demands_it_has_given_it(api, web, alice, bob, demo):
    browser = web(DEMO)
    sign_in(browser, alice.email)
    body = '{"require_second_factor": true}'
    refused = browser.patch(POLICY, body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "set_up_yours_first")
    assert not AccessPolicy.objects.filter(require_second_factor=True).exists()
    reauthenticate(browser)
    secret = browser.get(f"{DOOR}account/authenticators/totp").json()["meta"]["secret"]
    post(browser, "account/authenticators/totp", {"code": code_of(secret)})
    assert browser.patch(POLICY, body, content_type="application/json").status_code == 200
    assert browser.get(POLICY).json() == {"require_second_factor": True}
    assert api(DEMO, user=bob).get(POLICY).status_code == 403
    assert AccessPolicy.objects.get().tenant_id == demo.id

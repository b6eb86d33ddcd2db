"""Hand-overs between hosts: for whom, once, for a minute, in one browser, with the second factor that was given."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import BrowserSession, HandOver, Membership
from accounts.services.members import add_member
from accounts.tests.helpers import code_of, post, set_up_codes, sign_in
from tenants.models import Tenant
from tenants.selectors import forget_cached_tenants

DEMO, CHILD, OTHER, PUBLIC = "demo.localhost", "child.localhost", "other.localhost", "localhost"
ME, BEGIN, ACCEPT = "/api/v1/auth/me/", "/api/v1/auth/hand-over/", "/api/v1/auth/hand-over/accept/"


@pytest.fixture
def both(alice, other):
    """Alice works in other too."""
    add_member(user=alice, tenant=other, role="analyst")
    return alice


@pytest.fixture
def here(web, both):
    """Her browser on demo."""
    browser = web(DEMO)
    sign_in(browser, both.email)
    return browser


def begin(browser, to="other"):
    return browser.post(BEGIN, {"tenant": to}, content_type="application/json")


def secret_of(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()["url"].partition("#")[2]


def accept(browser, secret):
    return browser.post(ACCEPT, {"secret": secret}, content_type="application/json")


def test_it_opens_a_session_there_with_the_rights_there(here, web, both):
    answer = begin(here)
    url, _, secret = answer.json()["url"].partition("#")
    assert (url, answer["Cache-Control"]) == ("http://other.localhost/hand-over", "no-store")
    there = web(OTHER)
    assert accept(there, secret).json() == {"email": both.email}
    me = there.get(ME).json()
    assert (me["tenant"]["slug"], me["role"]) == ("other", "analyst")
    assert here.get(ME).json()["tenant"]["slug"] == "demo", "one stays signed in here"


def test_an_agencys_member_goes_to_its_child(probe, web, bob, child):
    browser, there = web(DEMO), web(CHILD)
    sign_in(browser, bob.email)
    assert accept(there, secret_of(begin(browser, "child"))).status_code == 200
    assert there.get("/api/v1/probe/crm:read/").status_code == 200


def test_it_is_good_once(here, web):
    secret = secret_of(begin(here))
    first, second = web(OTHER), web(OTHER)
    assert accept(first, secret).status_code == 200
    refused = accept(second, secret)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_hand_over")
    assert second.get(ME).status_code == 401


def test_it_is_good_for_a_minute(here, web):
    secret = secret_of(begin(here))
    HandOver.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accept(web(OTHER), secret).status_code == 400
    begin(here)
    assert HandOver.objects.get().expires_at <= timezone.now() + timedelta(seconds=60)


@pytest.mark.parametrize("place", [DEMO, PUBLIC])
def test_it_is_good_in_its_place_only_and_spoiled_by_another(place, here, web, both):
    secret = secret_of(begin(here))
    wrong = web(place)
    assert accept(wrong, secret).status_code == 400
    assert wrong.get(ME).status_code == 401
    assert accept(web(OTHER), secret).status_code == 400


def test_it_is_good_in_its_browser_only(here, web):
    secret = secret_of(begin(here))
    thief = web(OTHER)
    thief.defaults["HTTP_USER_AGENT"] = "curl"
    assert accept(thief, secret).status_code == 400


@pytest.mark.parametrize("to", ["other", "nowhere", "demo-2", "child"])
def test_strangers_get_no_way_and_do_not_learn_what_there_is(to, web, bob, other):
    browser = web(DEMO)
    sign_in(browser, bob.email)
    refused = begin(browser, to)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "no_way_there")
    assert not HandOver.objects.exists()


def test_a_childs_member_gets_no_way_to_the_agency(web, child, charlie):
    add_member(user=charlie, tenant=child, role="owner")
    browser = web(OTHER)
    sign_in(browser, charlie.email)
    assert begin(browser, "demo").status_code == 403


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda user: Membership.objects.filter(user=user, tenant__slug="other").delete(),
        lambda user: type(user).objects.filter(pk=user.pk).update(is_active=False),
        lambda user: type(user).objects.filter(pk=user.pk).update(password="another"),
    ],
)
def test_what_changed_meanwhile_counts(meanwhile, here, web, both):
    secret = secret_of(begin(here))
    meanwhile(both)
    there = web(OTHER)
    assert accept(there, secret).status_code == 400
    assert not BrowserSession.objects.filter(user=both, tenant__slug="other").exists()


def test_there_is_no_way_to_a_suspended_tenant(here, other):
    Tenant.objects.filter(id=other.id).update(state="suspended")
    forget_cached_tenants()
    assert begin(here).status_code == 403
    forget_cached_tenants()


def test_nobody_is_made_another_person(here, web, charlie):
    """A link of mine in your browser must not make you write as me."""
    there = web(OTHER)
    sign_in(there, charlie.email)
    refused = accept(there, secret_of(begin(here)))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "signed_in_as_another")
    assert there.get(ME).json()["user"]["email"] == charlie.email


def test_both_ends_need_the_csrf_token(api, both):
    client = api(DEMO, csrf=True, user=both)
    assert client.post(BEGIN, {"tenant": "other"}).status_code == 403
    assert not HandOver.objects.exists()
    assert api(OTHER, csrf=True).post(ACCEPT, {"secret": "x"}).status_code == 403


def test_only_people_are_handed_over(api, demo_key):
    assert api(DEMO).post(BEGIN, {"tenant": "other"}).status_code in (401, 403)
    assert api(DEMO, key=demo_key()).post(BEGIN, {"tenant": "other"}).status_code in (401, 403)


def test_the_second_factor_goes_along(web, both):
    secret, _ = set_up_codes(both)
    browser, there = web(DEMO), web(OTHER)
    sign_in(browser, both.email)
    post(browser, "auth/2fa/authenticate", {"code": code_of(secret)})
    assert accept(there, secret_of(begin(browser))).status_code == 200
    assert there.get(ME).json()["security"]["gave_second_factor"] is True
    asked = there.get("/_allauth/browser/v1/account/authenticators/webauthn")
    assert asked.status_code == 401, "what is dangerous asks for the password again"


def test_a_second_factor_is_not_gone_round(here, web, both):
    """The session is older than the factor, so it has never given it."""
    set_up_codes(both)
    refused = begin(here)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_required")
    assert not HandOver.objects.exists()

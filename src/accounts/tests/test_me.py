"""``auth/me/``: what the web UI's shell learns, what one can change of oneself, and one's own sessions."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import BrowserSession, Membership, User
from accounts.services.members import add_member
from accounts.services.users import create_user
from accounts.tests.helpers import PASSWORD, post, sign_in

DEMO, OTHER, PUBLIC = "demo.localhost", "other.localhost", "localhost"
ME, SESSIONS = "/api/v1/auth/me/", "/api/v1/auth/sessions/"


def test_where_one_is_and_where_else_one_may_go(api, alice, child, other, django_assert_max_num_queries):
    add_member(user=alice, tenant=other, role="analyst")
    client = api(DEMO, user=alice)
    with django_assert_max_num_queries(11):
        me = client.get(ME).json()
    tenant = me["tenant"]
    assert (tenant["slug"], tenant["name"], tenant["currency"], tenant["region"]) == (
        "demo", "متجر الجزائر", "DZD", "DZ",
    )  # fmt: skip
    assert set(tenant["brand"]) == {"logo_url", "colors"}
    assert [(t["slug"], t["access"], t["role"], t["url"]) for t in me["tenants"]] == [
        ("child", "agency", "owner", "http://child.localhost"),
        ("demo", "member", "owner", "http://demo.localhost"),
        ("other", "member", "analyst", "http://other.localhost"),
    ]
    assert me["security"] == {
        "has_password": True,
        "has_second_factor": False,
        "gave_second_factor": False,
        "second_factor_demanded": False,
    }
    assert me["preferences"]["theme"] == "auto"
    assert {n["kind"] for n in me["preferences"]["notifications"]} >= {"approval", "workflow"}
    assert me["is_platform_staff"] is False


def test_on_the_public_host(api, alice):
    me = api(PUBLIC, user=alice).get(ME).json()
    assert (me["tenant"], me["role"], me["scopes"]) == (None, None, [])
    assert me["user"]["email"] == alice.email
    root = create_user(email="root@wasl.example", password=PASSWORD, is_superuser=True)
    assert api(PUBLIC, user=root).get(ME).json()["is_platform_staff"] is True


def test_a_profile_is_changed_and_stays(api, alice, bob):
    client = api(DEMO, user=alice)
    changed = client.patch(
        ME,
        {
            "name": "أليس بن علي",
            "language": "fa",
            "timezone": "Asia/Tehran",
            "theme": "dark",
            "notifications": [{"kind": "approval", "in_app": True, "email": False}],
        },
    )
    assert changed.status_code == 200
    me = api(DEMO, user=User.objects.get(pk=alice.pk)).get(ME).json()
    assert (me["user"]["name"], me["preferences"]["language"], me["preferences"]["theme"]) == (
        "أليس بن علي", "fa", "dark",
    )  # fmt: skip
    chosen = {n["kind"]: (n["in_app"], n["email"]) for n in me["preferences"]["notifications"]}
    assert chosen["approval"] == (True, False)
    assert chosen["workflow"] == (True, False)
    client.patch(
        ME, {"language": "", "notifications": [{"kind": "workflow", "in_app": False, "email": True}]}
    )
    me = client.get(ME).json()
    chosen = {n["kind"]: (n["in_app"], n["email"]) for n in me["preferences"]["notifications"]}
    assert (chosen["approval"], chosen["workflow"]) == ((True, False), (False, True))
    assert (me["preferences"]["language"], me["preferences"]["timezone"]) == ("", "Asia/Tehran")
    bob.refresh_from_db()
    assert (bob.theme, bob.notification_settings) == ("auto", {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"language": "tlh"}, "language"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"theme": "pink"}, "theme"),
        ({"name": "x" * 121}, "name"),
        ({"notifications": [{"kind": "spam", "in_app": True, "email": True}]}, "notifications"),
    ],
)
def test_a_bad_profile_is_refused_by_field(change, field, api, alice):
    client = api(DEMO, user=alice)
    before = User.objects.values().get(pk=alice.pk)
    refused = client.patch(ME, change)
    assert refused.status_code == 400
    assert any(key.startswith(field) for key in refused.json()["error"]["fields"])
    assert User.objects.values().get(pk=alice.pk) == before


def test_nobody_changes_what_is_not_theirs_to_change(api, alice, demo_key):
    client = api(DEMO, user=alice)
    client.patch(ME, {"email": "boss@demo.example", "is_superuser": True, "name": "A"})
    alice.refresh_from_db()
    assert (alice.email, alice.is_superuser, alice.name) == ("alice@demo.example", False, "A")
    assert api(DEMO, key=demo_key()).patch(ME, {"name": "key"}).status_code == 403


# -- sessions -----------------------------------------------------------------------------------------------------------


def test_ones_own_sessions_on_all_hosts(web, alice, bob, other, django_assert_max_num_queries):
    add_member(user=alice, tenant=other, role="analyst")
    here, there, theirs = web(DEMO), web(OTHER), web(DEMO)
    here.defaults.update({"HTTP_USER_AGENT": "Firefox", "REMOTE_ADDR": "203.0.113.9"})
    sign_in(here, alice.email)
    sign_in(there, alice.email)
    sign_in(theirs, bob.email)
    with django_assert_max_num_queries(6):
        rows = here.get(SESSIONS).json()
    assert sorted((row["tenant"], row["is_current"]) for row in rows) == [
        ("فروشگاه دیگر", False),
        ("متجر الجزائر", True),
    ]
    mine = next(row for row in rows if row["is_current"])
    assert (mine["ip"], mine["user_agent"]) == ("203.0.113.9", "Firefox")
    assert here.session.session_key not in str(rows)
    other_one = next(row for row in rows if not row["is_current"])
    bobs = BrowserSession.objects.get(user=bob)
    assert here.delete(f"{SESSIONS}{bobs.public_id}/").status_code == 404
    assert here.delete(f"{SESSIONS}{uuid.uuid4()}/").status_code == 404
    assert theirs.get(ME).status_code == 200
    assert here.delete(f"{SESSIONS}{other_one['id']}/").status_code == 204
    assert there.get(ME).status_code == 401
    assert here.get(ME).status_code == 200


def test_all_others_end_at_once(web, alice):
    browsers = [web(DEMO) for _ in range(3)]
    for browser in browsers:
        sign_in(browser, alice.email)
    assert browsers[0].delete(SESSIONS).json() == {"ended": 2}
    assert [browser.get(ME).status_code for browser in browsers] == [200, 401, 401]


def test_a_new_password_ends_the_others(web, alice):
    here, there = web(DEMO), web(DEMO)
    for browser in (here, there):
        sign_in(browser, alice.email)
    body = {"current_password": PASSWORD, "new_password": "quite-An0ther-one"}
    assert post(here, "account/password/change", {**body, "current_password": "x"}).status_code == 400
    assert post(here, "account/password/change", body).status_code == 200
    assert (here.get(ME).status_code, there.get(ME).status_code) == (200, 401)
    assert here.get(SESSIONS).json()[0]["is_current"] is True


def test_when_one_was_seen_is_written_down_now_and_then(web, alice, django_assert_num_queries):
    browser = web(DEMO)
    sign_in(browser, alice.email)
    browser.get(ME)
    first = Membership.objects.get(user=alice).last_seen_at
    assert first is not None
    browser.get(ME)
    assert Membership.objects.get(user=alice).last_seen_at == first
    earlier = timezone.now() - timedelta(minutes=10)
    Membership.objects.update(last_seen_at=earlier)
    BrowserSession.objects.update(last_seen_at=earlier)
    browser.get(ME)
    assert Membership.objects.get(user=alice).last_seen_at > earlier
    assert BrowserSession.objects.get(user=alice).last_seen_at > earlier


def test_who_is_nobody_has_no_sessions(api, demo_key):
    assert api(DEMO).get(SESSIONS).status_code in (401, 403)
    assert api(DEMO, key=demo_key()).get(SESSIONS).status_code in (401, 403)

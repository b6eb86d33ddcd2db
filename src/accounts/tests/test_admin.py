"""The two admin sites: who gets in, and whose rows they see."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from structlog.testing import capture_logs

from accounts.admin_sites import platform_admin, tenant_admin
from accounts.models import ApiKey, Membership, User
from accounts.services.users import create_user
from accounts.tests.helpers import PASSWORD, sign_in
from tenants.models import Domain, Tenant
from tenants.scope import tenant_scope
from tenants.selectors import forget_cached_tenants

DEMO, PUBLIC = "demo.localhost", "localhost"
MEMBERS, KEYS = "/admin/accounts/membership/", "/admin/accounts/apikey/"


@pytest.fixture
def root(db):
    """A platform admin."""
    return create_user(email="root@wasl.example", password=PASSWORD, is_superuser=True)


@pytest.fixture
def helper(db):
    """One of the platform's staff, who may look."""
    return create_user(email="staff@wasl.example", password=PASSWORD, is_staff=True)


def membership_of(user):
    return Membership.objects.get(user=user)


# -- the door ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "enters"),
    [("owner", True), ("admin", True), ("manager", True), ("agent", True), ("analyst", False)],
)
def test_members_who_can_change_something_enter(role, enters, web, bob):
    Membership.objects.filter(user=bob).update(role=role)
    browser = web(DEMO)
    assert sign_in(browser, "BOB@demo.example").status_code == 200
    assert browser.get("/admin/").status_code == (200 if enters else 302)


def test_strangers_and_superusers_do_not_enter_a_tenant(web, root, charlie, demo):
    for email in (root.email, charlie.email):
        browser = web(DEMO)
        assert sign_in(browser, email).status_code == 400
        assert browser.get("/admin/").status_code == 302


def test_only_the_platforms_people_enter_the_platform(web, root, helper, alice):
    assert web(PUBLIC, user=alice).get("/admin/").status_code == 302
    for user in (root, helper):
        browser = web(PUBLIC)
        assert sign_in(browser, user.email).status_code == 200
        assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("host", [DEMO, PUBLIC])
def test_the_admins_door_is_the_web_uis(host, web, alice):
    """It asks for no password itself: where second factors are not known, they could be gone round."""
    browser = web(host)
    page = browser.get("/admin/accounts/membership/")
    assert page["Location"] == "/admin/login/?next=/admin/accounts/membership/"
    door = browser.get(page["Location"])
    assert (door.status_code, door["Location"]) == (302, "/sign-in?next=%2Fadmin%2Faccounts%2Fmembership%2F")
    posted = browser.post("/admin/login/", {"username": alice.email, "password": PASSWORD})
    assert (posted.status_code, posted["Location"]) == (302, "/sign-in?next=%2Fadmin%2F")
    assert browser.get("/api/v1/auth/me/").status_code == 401


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_door_leads_to_our_own_pages_only(wanted, web, alice):
    assert web(DEMO).get("/admin/login/", {"next": wanted})["Location"] == "/sign-in?next=%2Fadmin%2F"
    assert web(DEMO, user=alice).get("/admin/login/", {"next": wanted})["Location"] == "/admin/"


# -- the pages ---------------------------------------------------------------------------------------------------------


def test_every_list_of_the_tenants_admin_opens_for_the_owner(web, alice):
    browser = web(DEMO, user=alice)
    assert browser.get("/admin/").status_code == 200
    for model in tenant_admin._registry:
        meta = model._meta
        page = browser.get(f"/admin/{meta.app_label}/{meta.model_name}/", follow=True)
        assert page.status_code == 200, meta.label


def test_every_list_of_the_platforms_admin_opens_without_the_log(web, root, helper, demo):
    for user, adds in ((root, True), (helper, False)):
        browser = web(PUBLIC, user=user)
        assert browser.get("/admin/").status_code == 200
        for model in platform_admin._registry:
            meta = model._meta
            page = browser.get(f"/admin/{meta.app_label}/{meta.model_name}/")
            assert page.status_code == 200, meta.label
            for row in model._default_manager.all()[:1]:
                place = f"/admin/{meta.app_label}/{meta.model_name}/{quote(row.pk)}"
                assert browser.get(f"{place}/change/").status_code == 200, meta.label
                assert browser.get(f"{place}/history/").status_code == 404, meta.label
        assert browser.get("/admin/accounts/user/add/").status_code == (200 if adds else 403)
        assert browser.get(f"/admin/tenants/tenant/{demo.id}/change/").status_code == 200
        assert browser.get(f"/admin/tenants/tenant/{demo.id}/history/").status_code == 404


def test_what_a_role_may_not_do_is_not_there(web, bob, alice):
    browser = web(DEMO, user=bob)
    index = browser.get("/admin/").content.decode()
    assert "/admin/accounts/" not in index
    before = Membership.objects.count()
    assert browser.get(MEMBERS).status_code == 403
    assert browser.post(f"{MEMBERS}add/", {"email": "x@x.example", "role": "owner"}).status_code == 403
    assert browser.post(f"{KEYS}add/", {"name": "k", "scopes": ["admin:all"]}).status_code == 403
    assert browser.post(f"{MEMBERS}{membership_of(alice).id}/delete/", {"post": "yes"}).status_code == 403
    assert (Membership.objects.count(), ApiKey.objects.count()) == (before, 0)


# -- a tenant's members and keys ---------------------------------------------------------------------------------------


def test_only_this_tenants_people_are_seen(web, alice, charlie):
    browser = web(DEMO, user=alice)
    page = browser.get(MEMBERS).content.decode()
    assert alice.email in page
    assert charlie.email not in page
    assert charlie.email not in browser.get(MEMBERS, {"q": "charlie"}).content.decode().replace(
        'value="charlie"', ""
    )
    theirs = membership_of(charlie)
    for verb in ("change", "delete", "history"):
        assert browser.get(f"{MEMBERS}{theirs.id}/{verb}/").status_code == 302, verb
        browser.post(f"{MEMBERS}{theirs.id}/{verb}/", {"role": "agent", "post": "yes"})
    browser.post(MEMBERS, {"action": "delete_selected", "_selected_action": [str(theirs.id)], "post": "yes"})
    assert membership_of(charlie).role_id == "owner"
    assert charlie.email not in browser.get(f"{MEMBERS}add/").content.decode()


def test_members_come_by_email_and_change_and_go(web, alice, charlie, demo):
    browser = web(DEMO, user=alice)
    new = {"email": "Dina@new.example", "name": "دينا", "password": "another-Passw0rd", "role": "agent"}
    assert browser.post(f"{MEMBERS}add/", new).status_code == 302
    assert browser.post(f"{MEMBERS}add/", {"email": charlie.email, "role": "analyst"}).status_code == 302
    dina = User.objects.get(email="dina@new.example")
    assert (membership_of(dina).tenant_id, membership_of(dina).role_id, dina.name) == (
        demo.id,
        "agent",
        "دينا",
    )
    assert Membership.objects.get(user=charlie, tenant=demo).role_id == "analyst"
    browser.post(f"{MEMBERS}{membership_of(dina).id}/change/", {"role": "manager"})
    assert membership_of(dina).role_id == "manager"
    browser.post(f"{MEMBERS}{membership_of(dina).id}/delete/", {"post": "yes"})
    assert not Membership.objects.filter(user=dina).exists()
    with tenant_scope(demo):
        assert LogEntry.objects.filter(user=alice).count() == 4


def test_refusals_are_told_and_change_nothing(web, alice, bob):
    browser = web(DEMO, user=alice)
    told = browser.post(f"{MEMBERS}{membership_of(alice).id}/change/", {"role": "agent"}, follow=True)
    assert "at least one owner" in told.content.decode()
    told = browser.post(f"{MEMBERS}add/", {"email": bob.email, "role": "owner"}, follow=True)
    assert "a member already" in told.content.decode()
    told = browser.post(
        f"{MEMBERS}add/", {"email": "d@x.example", "role": "agent", "password": "123"}, follow=True
    )
    assert "too short" in told.content.decode()
    told = browser.post(
        MEMBERS,
        {"action": "delete_selected", "_selected_action": [str(membership_of(alice).id)], "post": "yes"},
        follow=True,
    )
    assert "at least one owner" in told.content.decode()
    assert (membership_of(alice).role_id, membership_of(bob).role_id) == ("owner", "agent")
    assert not User.objects.filter(email="d@x.example").exists()


def test_a_keys_secret_is_on_one_page_only(web, api, alice, charlie, other_key):
    other_key()
    browser = web(DEMO, user=alice)
    made = browser.post(f"{KEYS}add/", {"name": "متجر", "scopes": ["crm:read"]})
    secret = re.search(r"wasl_[0-9a-f]{8}_[\w-]{43}", made.content.decode())[0]
    assert "no-store" in made["Cache-Control"]
    assert api(DEMO, key=secret).get("/api/v1/auth/me/").json()["scopes"] == ["crm:read"]
    key = ApiKey.objects.get(name="متجر")
    for page in (KEYS, f"{KEYS}{key.id}/change/", f"{KEYS}{key.id}/history/", "/admin/"):
        assert secret not in browser.get(page).content.decode()
    browser.post(KEYS, {"action": "revoke", "_selected_action": [str(k.id) for k in ApiKey.objects.all()]})
    assert {k.name: k.is_live() for k in ApiKey.objects.all()} == {"متجر": False, "test": True}


# -- the platform's hands ----------------------------------------------------------------------------------------------


def test_the_platform_suspends_and_resumes(web, root, demo):
    browser = web(PUBLIC, user=root)

    def act(action):
        browser.post("/admin/tenants/tenant/", {"action": action, "_selected_action": [str(demo.id)]})
        return Tenant.objects.get(pk=demo.pk).state

    with capture_logs() as logs:
        assert act("suspend") == "suspended"
    assert [line["by"] for line in logs if line["event"] == "platform admin: changed"] == [f"user:{root.id}"]
    assert web(DEMO).get("/admin/login/").status_code == 403
    assert act("resume") == "ready"
    assert web(DEMO).get("/admin/login/").status_code == 302
    forget_cached_tenants()


def test_the_platform_makes_people_and_hosts(web, root, demo):
    browser = web(PUBLIC, user=root)
    person = {
        "email": "Eve@wasl.example", "name": "Eve", "is_active": "on", "new_password": PASSWORD,
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert browser.post("/admin/accounts/user/add/", person).status_code == 302
    eve = User.objects.get(email="eve@wasl.example")
    assert eve.check_password(PASSWORD)
    browser.post(f"/admin/accounts/user/{eve.id}/change/", {**person, "new_password": "", "name": "Eva"})
    eve.refresh_from_db()
    assert (eve.name, eve.check_password(PASSWORD)) == ("Eva", True)
    assert browser.post(f"/admin/accounts/user/{eve.id}/delete/", {"post": "yes"}).status_code == 403
    host = browser.post("/admin/tenants/domain/add/", {"host": "Chat.Shop.example", "tenant": str(demo.id)})
    assert host.status_code == 302
    assert web("chat.shop.example").get("/admin/login/").status_code == 302
    browser.post(
        f"/admin/tenants/domain/{Domain.objects.get(host='chat.shop.example').id}/delete/", {"post": "yes"}
    )
    assert web("chat.shop.example").get("/admin/login/").status_code == 404


def test_staff_change_nothing(web, helper, demo):
    browser = web(PUBLIC, user=helper)
    assert browser.post(f"/admin/tenants/tenant/{demo.id}/change/", {"name": "x"}).status_code == 403
    browser.post("/admin/tenants/tenant/", {"action": "suspend", "_selected_action": [str(demo.id)]})
    demo.refresh_from_db()
    assert (demo.name, demo.state) == ("متجر الجزائر", "ready")

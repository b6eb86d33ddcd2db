"""Members, keys and the tenant over the API: who may, and that a refusal changes nothing."""

from datetime import UTC, datetime

import pytest

from accounts.models import ApiKey, Membership, User
from accounts.services.members import (
    LastOwnerError,
    ManagedElsewhereError,
    add_member,
    change_role,
    remove_member,
)
from accounts.tests.helpers import sign_in
from tenants.models import Tenant

DEMO, OTHER = "demo.localhost", "other.localhost"
MEMBERS, KEYS, TENANT = "/api/v1/members/", "/api/v1/api-keys/", "/api/v1/tenant/"
NEW = {"email": "Dina@new.example", "role": "agent", "name": "دينا", "password": "another-Passw0rd"}


def people(tenant):
    return sorted(Membership.objects.filter(tenant=tenant).values_list("user__email", "role"))


def test_only_this_tenants_members_are_listed(api, alice, bob, charlie, django_assert_max_num_queries):
    client = api(DEMO, user=alice)
    with django_assert_max_num_queries(6):
        rows = client.get(MEMBERS).json()
    assert {r["user"]["email"] for r in rows["results"]} == {alice.email, bob.email}
    assert client.get(MEMBERS, {"search": "charlie"}).json()["count"] == 0
    theirs = Membership.objects.get(user=charlie)
    assert client.get(f"{MEMBERS}{theirs.id}/").status_code == 404
    assert client.patch(f"{MEMBERS}{theirs.id}/", {"role": "agent"}).status_code == 404
    assert client.delete(f"{MEMBERS}{theirs.id}/").status_code == 404
    assert people(theirs.tenant) == [(charlie.email, "owner")]


def test_every_member_may_know_the_names_of_colleagues_and_no_more(
    api, alice, bob, django_assert_max_num_queries
):
    client = api(DEMO, user=bob)
    assert client.get(MEMBERS).status_code == 403
    with django_assert_max_num_queries(5):
        rows = client.get(f"{MEMBERS}names/").json()
    assert sorted(rows, key=lambda row: row["id"]) == sorted(
        ({"id": str(user.id), "name": user.name or user.email} for user in (alice, bob)),
        key=lambda row: row["id"],
    )


def test_someone_new_is_taken_in_and_can_sign_in(api, web, alice, demo):
    made = api(DEMO, user=alice).post(MEMBERS, NEW)
    assert (made.status_code, made.json()["user"]["email"], made.json()["role"]) == (
        201,
        "dina@new.example",
        "agent",
    )
    assert "password" not in made.content.decode()
    assert sign_in(web(DEMO), NEW["email"], NEW["password"]).status_code == 200
    assert User.objects.get(email="dina@new.example").managed_by == demo.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "x"}, "email"),
        ({"role": "king"}, "role"),
        ({"password": "123"}, "password"),
        ({"email": ""}, "email"),
    ],
)
def test_a_bad_member_is_refused_by_field(change, field, api, alice, demo):
    before = people(demo), User.objects.count()
    refused = api(DEMO, user=alice).post(MEMBERS, {**NEW, **change})
    assert refused.status_code == 400
    assert field in refused.json()["error"]["fields"]
    assert (people(demo), User.objects.count()) == before


def test_someone_known_is_taken_in_without_touching_their_password(api, alice, charlie, demo):
    before = charlie.password
    assert api(DEMO, user=alice).post(MEMBERS, {**NEW, "email": "CHARLIE@other.example"}).status_code == 201
    charlie.refresh_from_db()
    assert (charlie.password, charlie.name) == (before, "چارلی")
    again = api(DEMO, user=alice).post(MEMBERS, {**NEW, "email": charlie.email})
    assert again.json()["error"]["code"] == "already_member"


def test_who_made_an_account_does_not_come_in_with_it_elsewhere(api, alice, charlie, other, child):
    api(DEMO, user=alice).post(MEMBERS, NEW)
    before = people(other)
    refused = api(OTHER, user=charlie).post(MEMBERS, {**NEW, "role": "owner"})
    assert refused.json()["error"]["code"] == "managed_elsewhere"
    assert people(other) == before
    dina = User.objects.get(email="dina@new.example")
    with pytest.raises(ManagedElsewhereError):
        add_member(user=dina, tenant=other, role="owner")
    assert add_member(user=dina, tenant=child, role="agent").role_id == "agent"


@pytest.mark.parametrize("role", ["manager", "agent", "analyst"])
def test_members_below_admin_touch_neither_members_nor_keys_nor_settings(role, api, bob, demo, demo_key):
    demo_key("crm:read")
    Membership.objects.filter(user=bob).update(role=role)
    before = people(demo), ApiKey.objects.count(), Tenant.objects.values().get(pk=demo.pk)
    client = api(DEMO, user=bob)
    mine = Membership.objects.get(user=bob)
    attempts = [
        client.get(MEMBERS),
        client.post(MEMBERS, NEW),
        client.patch(f"{MEMBERS}{mine.id}/", {"role": "owner"}),
        client.delete(f"{MEMBERS}{mine.id}/"),
        client.get(KEYS),
        client.post(KEYS, {"name": "k", "scopes": ["admin:all"]}),
        client.post(f"{KEYS}{ApiKey.objects.get().id}/revoke/"),
        client.patch(TENANT, {"name": "mine"}),
    ]
    assert [answer.status_code for answer in attempts] == [403] * len(attempts)
    assert (people(demo), ApiKey.objects.count(), Tenant.objects.values().get(pk=demo.pk)) == before
    assert not ApiKey.objects.exclude(revoked_at=None).exists()


def test_only_owners_make_and_unmake_owners(api, alice, bob, demo, demo_key):
    Membership.objects.filter(user=bob).update(role="admin")
    owner, admin = (Membership.objects.get(user=user) for user in (alice, bob))
    before = people(demo)
    for client in (api(DEMO, user=bob), api(DEMO, key=demo_key())):
        refusals = [
            client.patch(f"{MEMBERS}{admin.id}/", {"role": "owner"}),
            client.patch(f"{MEMBERS}{owner.id}/", {"role": "agent"}),
            client.delete(f"{MEMBERS}{owner.id}/"),
            client.post(MEMBERS, {**NEW, "role": "owner"}),
        ]
        assert [(r.status_code, r.json()["error"]["code"]) for r in refusals] == [(400, "owners_only")] * 4
    assert people(demo) == before
    assert not User.objects.filter(email="dina@new.example").exists()
    assert api(DEMO, user=alice).patch(f"{MEMBERS}{admin.id}/", {"role": "owner"}).json()["role"] == "owner"


def test_the_last_owner_stays(api, alice, bob, demo):
    mine = Membership.objects.get(user=alice)
    client = api(DEMO, user=alice)
    assert client.delete(f"{MEMBERS}{mine.id}/").json()["error"]["code"] == "last_owner"
    with pytest.raises(LastOwnerError):
        change_role(mine, "agent")
    assert (alice.email, "owner") in people(demo)
    change_role(Membership.objects.get(user=bob), "owner")
    remove_member(mine)
    assert people(demo) == [(bob.email, "owner")]


def test_a_key_is_shown_once(api, alice, demo):
    client = api(DEMO, user=alice)
    made = client.post(KEYS, {"name": "متجر", "scopes": ["crm:write", "crm:read"]})
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    secret = made.json()["secret"]
    assert api(DEMO, key=secret).get(TENANT).status_code == 200
    listed = client.get(KEYS)
    assert secret not in listed.content.decode()
    assert listed.json()["results"][0]["scopes"] == ["crm:read", "crm:write"]
    assert listed.json()["results"][0]["created_by"] == str(alice.id)
    assert secret not in client.get(f"{KEYS}{made.json()['id']}/").content.decode()
    revoked = client.post(f"{KEYS}{made.json()['id']}/revoke/")
    assert revoked.json()["revoked_at"] is not None
    assert api(DEMO, key=secret).get(TENANT).status_code == 401
    assert client.delete(f"{KEYS}{made.json()['id']}/").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        {"name": "k", "scopes": []},
        {"name": "k", "scopes": ["crm:*"]},
        {"scopes": ["crm:read"]},
        {"name": "k", "scopes": ["crm:read"], "expires_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_bad_key_is_not_made(body, api, alice):
    assert api(DEMO, user=alice).post(KEYS, body).status_code == 400
    assert not ApiKey.objects.exists()


def test_keys_of_other_tenants_are_not_there(api, alice, other_key):
    other_key()
    theirs = ApiKey.objects.get()
    client = api(DEMO, user=alice)
    assert client.get(KEYS).json()["count"] == 0
    assert client.post(f"{KEYS}{theirs.id}/revoke/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.is_live(now=datetime.now(UTC))


def test_the_tenants_settings(api, bob, demo_key, demo, other):
    assert api(DEMO, user=bob).get(TENANT).json()["name"] == "متجر الجزائر"
    admin = api(DEMO, key=demo_key())
    changed = admin.patch(
        TENANT, {"name": "مغازهٔ نو", "timezone": "Asia/Tehran", "region": "ir", "slug": "other"}
    )
    assert changed.status_code == 200
    demo.refresh_from_db()
    assert (demo.name, demo.timezone, demo.region, demo.slug) == ("مغازهٔ نو", "Asia/Tehran", "IR", "demo")
    for bad in (
        {"timezone": "Mars/Base"},
        {"language": "tlh"},
        {"region": "XX"},
        {"currency": "dinar"},
        {"name": ""},
    ):
        refused = admin.patch(TENANT, bad)
        assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, list(bad))
    assert Tenant.objects.get(pk=other.pk).name == "فروشگاه دیگر"


def test_the_roles(api, bob):
    roles = api(DEMO, user=bob).get("/api/v1/roles/").json()["results"]
    assert [role["slug"] for role in roles] == ["owner", "admin", "manager", "agent", "analyst"]

"""An agency's keys and members in its children: by the child's host, or by name on the agency's host or the public one."""

import pytest

from accounts.services.members import add_member
from tenants.models import Tenant
from tenants.selectors import forget_cached_tenants

DEMO, CHILD, OTHER, PUBLIC = "demo.localhost", "child.localhost", "other.localhost", "localhost"
NAMED = {"X-Tenant": "child"}
READ = "/api/v1/probe/crm:read/"


@pytest.mark.parametrize(("host", "headers"), [(CHILD, {}), (CHILD, NAMED), (DEMO, NAMED), (PUBLIC, NAMED)])
def test_its_key_reaches_the_child_with_the_same_scopes(host, headers, probe, api, child, demo_key):
    client = api(host, key=demo_key("crm:read"))
    assert client.get(READ, headers=headers).json() == {"tenant": "child"}
    assert client.get("/api/v1/probe/crm:write/", headers=headers).status_code == 403
    assert [tenant for tenant, _ in probe] == ["child"]


@pytest.mark.parametrize(("host", "headers"), [(CHILD, {}), (DEMO, NAMED)])
def test_its_members_reach_the_child(host, headers, probe, api, child, bob):
    client = api(host, user=bob)
    assert client.get(READ, headers=headers).json() == {"tenant": "child"}
    assert client.get("/api/v1/probe/workflow:write/", headers=headers).status_code == 403
    assert probe == [("child", f"member:{bob.id}")]


def test_a_member_signs_in_on_the_public_host_and_names_the_child(probe, api, child, bob):
    client = api(PUBLIC, user=bob)
    assert client.get(READ).json()["error"]["code"] == "tenant_required"
    assert client.get(READ, headers=NAMED).json() == {"tenant": "child"}
    assert client.get(READ, headers={"X-Tenant": "other"}).status_code == 403
    assert {t["slug"] for t in client.get("/api/v1/auth/me/").json()["tenants"]} == {"demo", "child"}


@pytest.mark.parametrize("host", [DEMO, CHILD])
def test_what_was_said_of_the_child_itself_comes_first(host, probe, api, child, alice):
    add_member(user=alice, tenant=child, role="analyst")
    client = api(CHILD, user=alice)
    assert client.get(READ).status_code == 200
    assert client.get("/api/v1/probe/crm:write/").status_code == 403


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        (DEMO, {}),
        (DEMO, NAMED),
        (DEMO, {"X-Tenant": "demo"}),
        (PUBLIC, {"X-Tenant": "demo"}),
        (CHILD, {"X-Tenant": "demo"}),
    ],
)
def test_a_childs_key_does_not_reach_the_agency_or_its_host(host, headers, probe, api, child_key):
    assert api(host, key=child_key).get(READ, headers=headers).status_code == 403
    assert probe == []


@pytest.mark.parametrize("host", [DEMO, CHILD, OTHER, PUBLIC])
def test_a_strangers_key_reaches_nothing(host, probe, api, child, other_key):
    assert api(host, key=other_key()).get(READ, headers=NAMED).status_code == 403
    assert probe == []


def test_a_strangers_session_reaches_nothing(probe, api, child, charlie):
    for host, headers in ((DEMO, NAMED), (CHILD, {}), (OTHER, NAMED), (PUBLIC, NAMED)):
        assert api(host, user=charlie).post(READ, headers=headers).status_code == 403
    assert probe == []


def test_a_suspended_child_is_closed(probe, api, child, demo_key):
    Tenant.objects.filter(id=child.id).update(state="suspended")
    forget_cached_tenants()
    for host, headers in ((CHILD, {}), (DEMO, NAMED), (PUBLIC, NAMED)):
        answer = api(host, key=demo_key()).get(READ, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "tenant_not_ready")
    assert probe == []


def test_a_suspended_agency_reaches_nothing(probe, api, child, demo, demo_key, bob):
    Tenant.objects.filter(id=demo.id).update(state="suspended")
    forget_cached_tenants()
    assert api(CHILD, key=demo_key()).get(READ).status_code == 403
    assert api(PUBLIC, key=demo_key()).get(READ, headers=NAMED).status_code == 403
    assert api(CHILD, user=bob).get(READ).status_code == 403
    assert probe == []


def test_a_grandchild_is_not_a_child(probe, api, child, demo_key):
    Tenant.objects.create(slug="grandchild", name="g", parent=child, state="ready", data_key=b"-")
    assert api("grandchild.localhost", key=demo_key()).get(READ).status_code == 403
    assert probe == []


def test_the_list_of_children(api, child, demo_key, other_key):
    rows = api(DEMO, key=demo_key("crm:read")).get("/api/v1/agency/tenants/").json()
    assert [(r["slug"], r["state"]) for r in rows["results"]] == [("child", "ready")]
    assert api(DEMO, key=demo_key()).get("/api/v1/agency/tenants/child/").json()["name"] == "فرع وهران"
    assert api(OTHER, key=other_key()).get("/api/v1/agency/tenants/").json()["results"] == []
    assert api(OTHER, key=other_key()).get("/api/v1/agency/tenants/child/").status_code == 404

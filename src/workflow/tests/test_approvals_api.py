"""Approvals over the API, and in the admin."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from workflow.models import Approval, Vote
from workflow.tests.asking import NO, YES, after, facts, graph, link_of, managers, vote, wait_for_two

URL = "/api/v1/workflow/approvals/"


@pytest.fixture
def team(demo) -> list[User]:
    """Four managers of demo."""
    return managers()


@pytest.fixture
def asked(engine, team):
    """An execution that waits for two of three managers; its contact."""
    return wait_for_two(engine, team)


@pytest.fixture
def stranger() -> Client:
    """A browser that nobody has signed in with, on demo's host, with the checks against forged requests."""
    return Client(HTTP_HOST="demo.localhost", enforce_csrf_checks=True)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def as_member(scope, api):
    """``as_member(user)``: a client of the API on demo's host."""
    return lambda user: api("demo.localhost", user=user)


def one() -> str:
    return f"{URL}{Approval.objects.get().id}/"


def test_an_approval_as_it_is_shown(asked, team, as_member):
    vote(team[1], NO)

    shown = as_member(team[0]).get(one()).json()

    approval = Approval.objects.get()
    assert shown["title"] == "تخفيض <b>كبير</b>"
    assert (shown["state"], shown["quorum"], shown["node"]) == ("pending", 2, "ask")
    assert shown["workflow_name"] == "الموافقات"
    assert shown["contact_id"] == str(asked)
    assert shown["execution_id"] == str(approval.execution_id)
    assert [(row["name"], row["approved"]) for row in shown["votes"]] == [
        ("سارة", None),
        ("رضا", False),
        ("Nadia", None),
    ]
    assert "token" not in str(shown)


def test_the_list_and_its_filters(
    engine, asked, team, as_member, demo_key, api, django_assert_max_num_queries
):
    engine.run(asked)
    vote(team[0], YES)
    vote(team[1], YES)
    engine.work()
    first, second = Approval.objects.order_by("id")
    reader = api("demo.localhost", key=demo_key("workflow:read"))

    def found(query: str, client=None) -> set[str]:
        answer = (client or reader).get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.json()
        return {row["id"] for row in answer.json()["results"]}

    both = {str(first.id), str(second.id)}
    assert found("") == both
    assert found("state=pending") == {str(first.id)}
    assert found("state=approved") == {str(second.id)}
    assert found("state=approved&state=pending") == both
    assert found(f"execution={first.execution_id}") == {str(first.id)}
    assert found(f"workflow={first.execution.workflow_id}") == both
    assert found(f"contact={asked}") == both
    assert found("search=تخفيض") == both
    assert found("search=nothing") == set()
    assert found("mine=true") == set()
    assert found("mine=true", as_member(team[0])) == both
    assert found("mine=false", as_member(team[0])) == set()
    assert found("mine=true&state=pending", as_member(team[3])) == set()
    assert reader.get(f"{URL}?state=maybe").status_code == 400
    with django_assert_max_num_queries(7):
        found("")


def test_who_may_not_read_workflows_sees_where_they_are_asked(engine, asked, bob, as_member, api, demo_key):
    Role.objects.filter(slug="agent").update(scopes=["inbox:write"])
    client = as_member(bob)
    assert client.get(URL).json()["count"] == 0
    assert client.get(one()).status_code == 404
    assert client.post(f"{one()}approve/").status_code == 404
    hidden = one()

    engine.workflow(**graph(approvers=[bob.email]), on="TAG_ADDED", name="ثانٍ")
    engine.tag(asked, "x")
    engine.work()

    assert [row["workflow_name"] for row in client.get(URL).json()["results"]] == ["ثانٍ"]
    assert client.get(hidden).status_code == 404
    key = api("demo.localhost", key=demo_key("crm:read"))
    assert key.get(URL).json()["count"] == 0


def test_voting_signed_in(engine, asked, team, as_member):
    answer = as_member(team[0]).post(f"{one()}approve/", {"comment": "قبول"})
    assert (answer.status_code, answer.json()["votes"][0]["comment"]) == (200, "قبول")
    again = as_member(team[0]).post(f"{one()}reject/")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_voted")

    answer = as_member(team[1]).post(f"{one()}approve/")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    late = as_member(team[2]).post(f"{one()}reject/")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "approval_ended")
    assert after(engine, asked) == ["approved"]


def test_the_same_request_twice_is_one_vote(asked, team, as_member):
    client, headers = as_member(team[0]), {"Idempotency-Key": "k1"}
    first = client.post(f"{one()}approve/", {"comment": "نعم"}, headers=headers)
    second = client.post(f"{one()}approve/", {"comment": "نعم"}, headers=headers)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second["Idempotent-Replayed"] == "true"
    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("verb", "body"),
    [("approve", {}), ("reject", {}), ("reassign", {"from": "m0@demo.example", "to": "m3@demo.example"})],
)
def test_who_is_not_asked_is_refused(asked, team, other, charlie, api, demo_key, as_member, verb, body):
    address, before = f"{one()}{verb}/", facts()
    refusals = [
        as_member(team[3]).post(address, body),
        api("demo.localhost", key=demo_key("workflow:write")).post(address, body),
        api("demo.localhost").post(address, body),
        api("other.localhost", user=charlie).post(address, body),
    ]
    assert [answer.status_code for answer in refusals] == [403, 403, 401, 404]
    assert refusals[0].json()["error"]["code"] == "not_asked"
    assert facts() == before


def test_an_administrators_key_votes_in_the_place_of_one(engine, asked, team, api, demo_key):
    key = api("demo.localhost", key=demo_key("admin:all"))
    vote(team[2], YES)

    answer = key.post(f"{one()}approve/")

    assert answer.json()["state"] == "approved"
    assert answer.json()["votes"][0]["reassigned_from"] == str(team[0].id)
    assert answer.json()["votes"][0]["name"] is None
    assert after(engine, asked) == ["approved"]
    output = Approval.objects.get().step.output
    assert [who["name"] for who in output["approved_by"]] == ["Nadia", "test"]


def test_reassigning(engine, asked, team, as_member, stranger):
    old = link_of(team[0])
    answer = as_member(team[0]).post(f"{one()}reassign/", {"to": team[3].email})

    assert answer.status_code == 200
    passed = answer.json()["votes"][0]
    assert (passed["name"], passed["reassigned_from"]) == ("کامران", str(team[0].id))
    assert stranger.post(old, {"decision": "approve"}).status_code == 404
    assert stranger.get(link_of(team[3])).status_code == 200
    assert as_member(team[0]).post(f"{one()}approve/").status_code == 403
    assert as_member(team[3]).post(f"{one()}approve/").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"to": ""}, 400, "invalid"),
        ({"to": "nobody@demo.example"}, 400, "no_such_member"),
        ({"to": "charlie@other.example"}, 400, "no_such_member"),
        ({"to": "m1@demo.example"}, 409, "already_asked"),
        ({"to": "m3@demo.example", "from": "m1@demo.example"}, 403, "not_asked"),
        ({"to": "m3@demo.example", "from": "m9@demo.example"}, 403, "not_asked"),
        ({"to": "m3\x00"}, 400, "invalid"),
    ],
)
def test_what_cannot_be_reassigned(asked, team, charlie, as_member, body, status, code):
    before = facts()

    answer = as_member(team[0]).post(f"{one()}reassign/", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert facts() == before


# -- the admin ---------------------------------------------------------------------------------------------------------


def test_the_admin_shows_approvals_with_their_votes(asked, team, web, alice, django_assert_max_num_queries):
    vote(team[1], NO)
    with transaction.atomic():
        Vote.objects.filter(user_id=team[0].id).update(user_id=team[3].id, reassigned_from=team[0].id)
    browser = web("demo.localhost", user=alice)
    listed = reverse("admin:workflow_approval_changelist", urlconf="config.urls_tenant")
    shown = reverse(
        "admin:workflow_approval_change", args=[Approval.objects.get().id], urlconf="config.urls_tenant"
    )

    with django_assert_max_num_queries(20):
        assert "الموافقات" in text(browser.get(listed))
    assert "الموافقات" in text(browser.get(f"{listed}?q=تخفيض"))
    page = text(browser.get(shown))
    for word in ("سارة", "رضا", "کامران", "Nadia", "تخفيض"):
        assert word in page
    before = facts()
    assert browser.post(shown, {"state": "approved"}).status_code == 403
    assert facts() == before

"""Approvals as members meet them: the page behind the link, the API, the admin."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from tenants.models import Tenant
from workflow.models import Approval, Vote
from workflow.services.cancelling import cancel_execution
from workflow.tests.test_approvals import NO, YES, after, facts, graph, link_of, member, team, vote  # noqa: F401

URL = "/api/v1/workflow/approvals/"


@pytest.fixture
def asked(engine, team):  # noqa: F811
    """An execution that waits for two of three managers; its contact."""
    engine.workflow(
        **graph(
            title="تخفيض <b>كبير</b>",
            message="سطر أول\nخط دوم با «نیم‌فاصله»",
            approvers=[user.email for user in team[:3]],
            quorum=2,
            deadline="3h",
        ),
        name="الموافقات",
    )
    contact = engine.contact()
    engine.run(contact)
    return contact


@pytest.fixture
def stranger() -> Client:
    """A browser that nobody has signed in with, on demo's host, with the checks against forged requests."""
    return Client(HTTP_HOST="demo.localhost", enforce_csrf_checks=True)


def text(answer) -> str:
    return answer.content.decode()


# -- the page ----------------------------------------------------------------------------------------------------------


def test_looking_shows_and_changes_nothing(asked, team, stranger):  # noqa: F811
    before = facts()
    for method in ("get", "head", "options"):
        for _ in range(2):
            answer = getattr(stranger, method)(link_of(team[0]))
            assert answer.status_code == 200
    assert facts() == before

    answer = stranger.get(link_of(team[0]))
    page = text(answer)
    assert '<html lang="ar" dir="rtl">' in page
    assert '<h1 dir="auto">تخفيض &lt;b&gt;كبير&lt;/b&gt;</h1>' in page
    assert "سطر أول\nخط دوم با «نیم‌فاصله»" in page
    assert "<bdi>الموافقات</bdi> · <bdi>متجر الجزائر</bdi>" in page
    assert "(Africa/Algiers)" in page
    assert 'name="decision" value="approve">موافقة<' in page
    assert '<meta name="viewport"' in page
    assert "<script" not in page
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("member_language", "tenant_language", "lang", "direction", "word"),
    [
        ("", "ar", "ar", "rtl", "رفض"),
        ("", "fa", "fa", "rtl", "تأیید"),
        ("", "fr", "fr", "ltr", "Refuser"),
        ("", "de", "en", "ltr", "Reject"),
        ("fa", "ar", "fa", "rtl", "توضیح (اختیاری)"),
        ("fr-ca", "ar", "fr", "ltr", "Approuver"),
    ],
)
def test_the_page_speaks_the_members_language_else_the_tenants(
    asked, demo, team, stranger, member_language, tenant_language, lang, direction, word  # noqa: F811
):
    Tenant.objects.filter(id=demo.id).update(language=tenant_language)
    User.objects.filter(id=team[0].id).update(language=member_language)

    page = text(stranger.get(link_of(team[0])))

    assert f'<html lang="{lang}" dir="{direction}">' in page
    assert word in page


def test_the_link_decides_without_signing_in(engine, asked, team, stranger):  # noqa: F811
    answer = stranger.post(link_of(team[0]), {"decision": "approve", "comment": "  موافق تمامًا\r\n👍 "})
    assert (answer.status_code, "تم تسجيل قرارك" in text(answer)) == (200, True)
    stranger.post(link_of(team[1]), {"decision": "reject"})
    stranger.post(link_of(team[2]), {"decision": "approve"})

    assert after(engine, asked) == ["approved"]
    votes = Vote.objects.order_by("id").values_list("approved", "comment")
    assert list(votes) == [(True, "موافق تمامًا\r\n👍"), (False, ""), (True, "")]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({}, ""),
        ({"decision": "perhaps", "comment": "<ن>"}, "&lt;ن&gt;"),
        ({"decision": "approve", "comment": "ن" * 2_001}, "ن" * 2_001),
        ({"decision": "approve", "comment": "a\x00b"}, ""),
    ],
)
def test_what_makes_no_sense_is_asked_again(asked, team, stranger, body, kept):  # noqa: F811
    before = facts()

    answer = stranger.post(link_of(team[0]), body)

    assert answer.status_code == 400
    assert 'role="alert"' in text(answer)
    assert kept in text(answer)
    assert facts() == before


def _used(team, execution):  # noqa: F811
    vote(team[0], YES)


def _decided(team, execution):  # noqa: F811
    vote(team[1], NO)
    vote(team[2], NO)


def _expired(team, execution):  # noqa: F811
    Approval.objects.update(deadline="2020-01-01T00:00:00Z")


def _cancelled(team, execution):  # noqa: F811
    cancel_execution(execution.id, by="t")


def _left(team, execution):  # noqa: F811
    Membership.objects.filter(user=team[0]).delete()


def _passed_on(team, execution):  # noqa: F811
    Vote.objects.filter(user_id=team[0].id).update(token_hash=b"another")


@pytest.mark.parametrize(
    ("happened", "status", "word", "titled"),
    [
        (_used, 410, "لقد وافقت على هذا الطلب", True),
        (_decided, 410, "تم رفض هذا الطلب من قبل", True),
        (_expired, 410, "انتهت مهلة", True),
        (_cancelled, 410, "أُلغي هذا الطلب", True),
        (_left, 403, "لم يعد عضوًا هنا", False),
        (_passed_on, 404, "هذا الرابط غير صالح", False),
    ],
)
def test_a_dead_link_says_why_and_decides_nothing(asked, team, stranger, happened, status, word, titled):  # noqa: F811
    path = link_of(team[0])
    happened(team, Approval.objects.get().execution)
    before = facts()

    for answer in (stranger.get(path), stranger.post(path, {"decision": "approve"}), stranger.post(path, {})):
        assert answer.status_code == status
        page = text(answer)
        assert word in page
        assert ("تخفيض" in page) is titled
        assert "نیم‌فاصله" not in page
        assert 'dir="rtl"' in page
        assert "no-store" in answer["Cache-Control"]
    assert facts() == before


def test_a_link_is_good_on_its_own_tenants_host_alone(asked, other, team):  # noqa: F811
    before = facts()
    away = Client(HTTP_HOST="other.localhost")
    for answer in (away.get(link_of(team[0])), away.post(link_of(team[0]), {"decision": "approve"})):
        assert answer.status_code == 404
        assert '<html lang="fa" dir="rtl">' in text(answer)
    public = Client(HTTP_HOST="localhost").post(link_of(team[0]), {"decision": "approve"})
    assert public.status_code == 404
    assert facts() == before


def test_another_member_cannot_vote_by_a_link_that_is_not_theirs(asked, team, web):  # noqa: F811
    before = facts()
    someone = web("demo.localhost", user=team[1])

    for answer in (
        someone.get(link_of(team[0])),
        someone.post(link_of(team[0]), {"decision": "approve"}),
    ):
        assert answer.status_code == 403
        assert "تخفيض" not in text(answer)
    assert facts() == before
    assert web("demo.localhost", user=team[0]).get(link_of(team[0])).status_code == 200


# -- the API -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_member(scope, api):
    """``as_member(user)``: a client of the API on demo's host."""
    return lambda user: api("demo.localhost", user=user)


def one() -> str:
    return f"{URL}{Approval.objects.get().id}/"


def test_an_approval_as_it_is_shown(asked, team, as_member):  # noqa: F811
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


def test_the_list_and_its_filters(engine, asked, team, as_member, demo_key, api, django_assert_max_num_queries):  # noqa: F811
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


def test_voting_signed_in(engine, asked, team, as_member):  # noqa: F811
    answer = as_member(team[0]).post(f"{one()}approve/", {"comment": "قبول"})
    assert (answer.status_code, answer.json()["votes"][0]["comment"]) == (200, "قبول")
    again = as_member(team[0]).post(f"{one()}reject/")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_voted")

    answer = as_member(team[1]).post(f"{one()}approve/")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    late = as_member(team[2]).post(f"{one()}reject/")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "approval_ended")
    assert after(engine, asked) == ["approved"]


def test_the_same_request_twice_is_one_vote(asked, team, as_member):  # noqa: F811
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
def test_who_is_not_asked_is_refused(asked, team, other, charlie, api, demo_key, as_member, verb, body):  # noqa: F811
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


def test_an_administrators_key_votes_in_the_place_of_one(engine, asked, team, api, demo_key):  # noqa: F811
    key = api("demo.localhost", key=demo_key("admin:all"))
    vote(team[2], YES)

    answer = key.post(f"{one()}approve/")

    assert answer.json()["state"] == "approved"
    assert answer.json()["votes"][0]["reassigned_from"] == str(team[0].id)
    assert answer.json()["votes"][0]["name"] is None
    assert after(engine, asked) == ["approved"]
    output = Approval.objects.get().step.output
    assert [who["name"] for who in output["approved_by"]] == ["Nadia", "test"]


def test_reassigning(engine, asked, team, as_member, stranger):  # noqa: F811
    old = link_of(team[0])
    answer = as_member(team[0]).post(f"{one()}reassign/", {"to": team[3].email})

    assert answer.status_code == 200
    assert [(row["name"], row["reassigned_from"]) for row in answer.json()["votes"]][0] == (
        "کامران",
        str(team[0].id),
    )
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
def test_what_cannot_be_reassigned(asked, team, charlie, as_member, body, status, code):  # noqa: F811
    before = facts()

    answer = as_member(team[0]).post(f"{one()}reassign/", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert facts() == before


# -- the admin ---------------------------------------------------------------------------------------------------------


def test_the_admin_shows_approvals_with_their_votes(asked, team, web, alice, django_assert_max_num_queries):  # noqa: F811
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

"""The page behind an approval's link: what it shows, decides, and refuses."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Membership, User
from tenants.models import Tenant
from workflow.models import Approval, Vote
from workflow.services.cancelling import cancel_execution
from workflow.tests.asking import NO, YES, after, facts, link_of, managers, vote, wait_for_two


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


def test_looking_shows_and_changes_nothing(asked, team, stranger):
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
    asked,
    demo,
    team,
    stranger,
    member_language,
    tenant_language,
    lang,
    direction,
    word,
):
    Tenant.objects.filter(id=demo.id).update(language=tenant_language)
    User.objects.filter(id=team[0].id).update(language=member_language)

    page = text(stranger.get(link_of(team[0])))

    assert f'<html lang="{lang}" dir="{direction}">' in page
    assert word in page


def test_the_link_decides_without_signing_in(engine, asked, team, stranger):
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
def test_what_makes_no_sense_is_asked_again(asked, team, stranger, body, kept):
    before = facts()

    answer = stranger.post(link_of(team[0]), body)

    assert answer.status_code == 400
    assert 'role="alert"' in text(answer)
    assert kept in text(answer)
    assert facts() == before


def _used(team, execution):
    vote(team[0], YES)


def _decided(team, execution):
    vote(team[1], NO)
    vote(team[2], NO)


def _expired(team, execution):
    Approval.objects.update(deadline="2020-01-01T00:00:00Z")


def _cancelled(team, execution):
    cancel_execution(execution.id, by="t")


def _left(team, execution):
    Membership.objects.filter(user=team[0]).delete()


def _passed_on(team, execution):
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
def test_a_dead_link_says_why_and_decides_nothing(asked, team, stranger, happened, status, word, titled):
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


def test_a_link_is_good_on_its_own_tenants_host_alone(asked, other, team):
    before = facts()
    away = Client(HTTP_HOST="other.localhost")
    for answer in (away.get(link_of(team[0])), away.post(link_of(team[0]), {"decision": "approve"})):
        assert answer.status_code == 404
        assert '<html lang="fa" dir="rtl">' in text(answer)
    public = Client(HTTP_HOST="localhost").post(link_of(team[0]), {"decision": "approve"})
    assert public.status_code == 404
    assert facts() == before


def test_another_member_cannot_vote_by_a_link_that_is_not_theirs(asked, team, web):
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

"""Forgotten passwords and invitations: whom a mail reaches, what its link is good for, and where."""

import re
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail

from accounts.mail.handlers import SendAccountMail
from accounts.models import AccountMail, Membership, User
from accounts.services.mails import SEND
from accounts.services.members import add_member
from accounts.services.users import create_user
from accounts.tests.helpers import DOOR, PASSWORD, post, set_up_codes, sign_in
from events.queue.handlers import Claimed, Outcome
from events.queue.models import Item
from tenants.scope import public_scope, tenant_scope

DEMO, OTHER, PUBLIC = "demo.localhost", "other.localhost", "localhost"
ME, MEMBERS = "/api/v1/auth/me/", "/api/v1/members/"
NEW_PASSWORD = "quite-An0ther-one"


async def _perform(call):
    await call.perform(None)


def deliver(tenant):
    """What the worker does with the mail that waits, for one tenant (``None``: the public host)."""
    rows = Item.objects.filter(kind=SEND)
    items = [
        Claimed(id=row.id, tenant_id=row.tenant_id, lane=row.lane_key, kind=row.kind, ref=row.ref, attempts=1)
        for row in rows
        if row.tenant_id.int == 0 or tenant is None or row.tenant_id == tenant.id
    ]
    handler = SendAccountMail()
    with tenant_scope(tenant) if tenant else public_scope():
        calls = handler.prepare(items)
        for call in calls:
            async_to_sync(_perform)(call)
        assert handler.settle([Outcome(call.item) for call in calls]) == {}
    rows.delete()
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def forget(browser, email):
    return post(browser, "auth/password/request", {"email": email})


def link_of(message):
    return re.search(r"(https?://[^/\s]+)(/set-password)#(\S+)", message.body).groups()


def choose(browser, key, password=NEW_PASSWORD):
    return post(browser, "auth/password/reset", {"key": key, "password": password})


def can_sign_in(browser, email, password):
    return sign_in(browser, email, password).status_code == 200


# -- forgotten -----------------------------------------------------------------------------------------------------------


def test_a_new_password_by_mail(web, alice, demo):
    browser = web(DEMO)
    assert forget(browser, "Alice@Demo.example").status_code == 200
    (message,) = deliver(demo)
    assert (message.to, "متجر الجزائر" in message.subject) == (["alice@demo.example"], True)
    origin, _, key = link_of(message)
    assert origin == "http://demo.localhost:8000"
    asked = browser.get(f"{DOOR}auth/password/reset", headers={"X-Password-Reset-Key": key})
    assert asked.json()["data"]["user"]["email"] == alice.email
    weak = choose(browser, key, "123")
    assert (weak.status_code, {e["param"] for e in weak.json()["errors"]}) == (400, {"password"})
    assert choose(browser, key).status_code == 401, "chosen, and nobody is signed in by it"
    assert browser.get(ME).status_code == 401
    assert can_sign_in(web(DEMO), alice.email, NEW_PASSWORD)
    assert not can_sign_in(web(DEMO), alice.email, PASSWORD)
    assert choose(browser, key, "yet-An0ther-one").status_code == 400, "good once"
    (notice,) = deliver(demo)
    assert "127.0.0.1" in notice.body
    assert not AccountMail.objects.exists()


def test_nobody_learns_who_has_an_account(web, alice, charlie, demo):
    """Nor from the time that it takes: the request writes the same rows for everybody."""
    answers = [forget(web(DEMO), email) for email in (alice.email, charlie.email, "nobody@x.example")]
    assert {(a.status_code, a.content) for a in answers} == {(200, answers[0].content)}
    assert AccountMail.objects.count() == 3
    assert [message.to for message in deliver(demo)] == [[alice.email]], "strangers to the tenant get none"
    assert not AccountMail.objects.exists()


def test_a_session_from_before_ends(web, alice, demo):
    browser = web(DEMO, user=alice)
    assert browser.get(ME).status_code == 200
    forget(web(DEMO), alice.email)
    choose(web(DEMO), link_of(deliver(demo)[0])[2])
    assert browser.get(ME).status_code == 401


def test_the_second_factor_stays(web, alice, demo):
    set_up_codes(alice)
    forget(web(DEMO), alice.email)
    browser = web(DEMO)
    choose(browser, link_of(deliver(demo)[0])[2])
    assert browser.get(ME).status_code == 401
    assert sign_in(browser, alice.email, NEW_PASSWORD).status_code == 401


@pytest.mark.parametrize("place", [OTHER, PUBLIC])
def test_a_link_is_good_on_its_tenants_host_only(place, web, alice, demo, other):
    add_member(user=alice, tenant=other, role="analyst")
    forget(web(DEMO), alice.email)
    key = link_of(deliver(demo)[0])[2]
    assert choose(web(place), key).status_code == 400
    asked = web(place).get(f"{DOOR}auth/password/reset", headers={"X-Password-Reset-Key": key})
    assert asked.status_code == 400
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert choose(web(DEMO), key).status_code == 401
    assert can_sign_in(web(DEMO), alice.email, NEW_PASSWORD)


def test_who_was_let_go_meanwhile_cannot_use_it(web, bob, demo):
    forget(web(DEMO), bob.email)
    key = link_of(deliver(demo)[0])[2]
    Membership.objects.filter(user=bob).delete()
    assert choose(web(DEMO), key).status_code == 400
    assert bob.check_password(PASSWORD)


def test_it_is_good_for_three_days(web, alice, demo, monkeypatch):
    forget(web(DEMO), alice.email)
    key = link_of(deliver(demo)[0])[2]
    real = PasswordResetTokenGenerator._now
    monkeypatch.setattr(
        PasswordResetTokenGenerator, "_now", lambda self: real(self) + timedelta(days=3, seconds=5)
    )
    assert choose(web(DEMO), key).status_code == 400


@pytest.mark.parametrize("key", ["", "x", "-", "0-0", "zz-c0-1", "{0}-", "{0}-c7x-0"])
def test_a_made_up_link_is_refused(key, web, alice):
    assert choose(web(DEMO), key.format(alice.pk.hex)).status_code == 400
    assert can_sign_in(web(DEMO), alice.email, PASSWORD)


@pytest.mark.parametrize("host", ["demo.localhost:6666", "DEMO.localhost"])
def test_links_are_not_made_of_what_a_request_claims(host, web, alice, demo):
    browser = web(host)
    browser.defaults.update({"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https"})
    forget(browser, alice.email)
    (message,) = deliver(demo)
    assert link_of(message)[0] == "http://demo.localhost:8000"
    assert "evil" not in message.body + str(message.alternatives)


def test_a_host_that_is_not_ours_gets_nothing(web, alice):
    assert forget(web("evil.example"), alice.email).status_code == 404
    assert not AccountMail.objects.exists()


def test_on_the_public_host(web, db):
    root = create_user(email="root@wasl.example", password=PASSWORD, is_superuser=True, name="Root")
    forget(web(PUBLIC), root.email)
    (message,) = deliver(None)
    origin, _, key = link_of(message)
    assert (origin, "Wasl" in message.subject) == ("http://localhost:8000", True)
    assert choose(web(PUBLIC), key).status_code == 401
    assert can_sign_in(web(PUBLIC), root.email, NEW_PASSWORD)


def test_mailboxes_are_not_filled(settings, web, alice):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "3/m/key"}
    email = "flood@x.example"
    statuses = [forget(web(DEMO), email).status_code for _ in range(5)]
    assert (statuses[:3], statuses[-1]) == ([200, 200, 200], 429)
    assert AccountMail.objects.count() == 3


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Hello"), ("fr", "Bonjour"), ("ar", "مرحبًا"), ("fa", "سلام")]
)
def test_it_speaks_the_persons_language(language, word, web, alice, demo):
    User.objects.filter(pk=alice.pk).update(language=language, name="<b>أليس</b>")
    forget(web(DEMO), alice.email)
    (message,) = deliver(demo)
    html = message.alternatives[0][0]
    assert word in message.body
    assert f'lang="{language}" dir="{"rtl" if language in ("ar", "fa") else "ltr"}"' in html
    assert "<b>أليس" not in html
    assert "<b>أليس" in message.body


# -- invited -------------------------------------------------------------------------------------------------------------


def test_someone_new_chooses_their_own_password(api, web, alice, demo, other):
    made = api(DEMO, user=alice).post(MEMBERS, {"email": "Dina@new.example", "role": "agent", "name": "دينا"})
    assert (made.status_code, made.json()["state"]) == (201, "invited")
    dina = User.objects.get(email="dina@new.example")
    assert (dina.has_usable_password(), dina.managed_by) == (False, None)
    (message,) = deliver(demo)
    assert (message.to, "أليس" in message.subject) == (["dina@new.example"], True)
    browser = web(DEMO)
    assert choose(browser, link_of(message)[2]).status_code == 401
    assert can_sign_in(browser, dina.email, NEW_PASSWORD)
    rows = api(DEMO, user=alice).get(MEMBERS, {"search": "dina"}).json()["results"]
    assert [(row["state"], row["has_second_factor"]) for row in rows] == [("active", False)]
    add_member(user=dina, tenant=other, role="agent")


def test_someone_known_is_told_and_keeps_their_password(api, web, alice, charlie, demo):
    api(DEMO, user=alice).post(MEMBERS, {"email": charlie.email, "role": "agent"})
    (message,) = deliver(demo)
    assert "http://demo.localhost:8000/sign-in" in message.body
    assert "set-password" not in message.body


def test_an_invitation_is_sent_again(api, web, alice, bob, charlie, demo):
    client = api(DEMO, user=alice)
    made = client.post(MEMBERS, {"email": "dina@new.example", "role": "agent"}).json()
    deliver(demo)
    assert client.post(f"{MEMBERS}{made['id']}/invite/").status_code == 202
    (again,) = deliver(demo)
    assert choose(web(DEMO), link_of(again)[2]).status_code == 401
    theirs = Membership.objects.get(user=charlie)
    assert client.post(f"{MEMBERS}{theirs.id}/invite/").status_code == 404
    assert api(DEMO, user=bob).post(f"{MEMBERS}{made['id']}/invite/").status_code == 403
    assert len(deliver(demo)) == 1


def test_the_admin_invites_too(web, alice, demo):
    browser = web(DEMO, user=alice)
    browser.post("/admin/accounts/membership/add/", {"email": "dina@new.example", "role": "agent"})
    (message,) = deliver(demo)
    assert (message.to, "/set-password#" in message.body) == (["dina@new.example"], True)
    body = {"email": "omar@new.example", "role": "agent", "password": "another-Passw0rd"}
    browser.post("/admin/accounts/membership/add/", body)
    assert deliver(demo) == []


def test_a_first_password_given_by_the_admin_is_not_mailed(api, alice, demo):
    body = {"email": "dina@new.example", "role": "agent", "password": "another-Passw0rd"}
    assert api(DEMO, user=alice).post(MEMBERS, body).json()["state"] == "active"
    assert deliver(demo) == []
    assert User.objects.get(email="dina@new.example").managed_by == demo.id


def test_the_list_tells_who_is_safe(api, alice, bob, django_assert_max_num_queries):
    set_up_codes(bob)
    client = api(DEMO, user=alice)
    with django_assert_max_num_queries(6):
        rows = client.get(MEMBERS).json()["results"]
    assert {row["user"]["email"]: row["has_second_factor"] for row in rows} == {
        alice.email: False,
        bob.email: True,
    }
    assert next(row for row in rows if row["user"]["email"] == alice.email)["last_seen_at"] is not None


# -- the worker ----------------------------------------------------------------------------------------------------------


def test_a_mail_server_that_is_away_is_tried_again(web, alice, demo):
    forget(web(DEMO), alice.email)
    row = Item.objects.get(kind=SEND)
    item = Claimed(
        id=row.id, tenant_id=row.tenant_id, lane=row.lane_key, kind=row.kind, ref=row.ref, attempts=1
    )
    again = SendAccountMail().settle([Outcome(item, error=ConnectionRefusedError("no"))])
    assert list(again) == [row.id]
    assert AccountMail.objects.count() == 1

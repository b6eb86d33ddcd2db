"""How people want to be told: in the web UI, by mail, both or neither."""

import pytest
from asgiref.sync import async_to_sync
from django.core import mail

from accounts.models import Membership, User
from accounts.notifications.kinds import KINDS
from accounts.notifications.mailing import SendNotification
from accounts.notifications.models import Notification
from accounts.notifications.preferences import preferences_of
from accounts.notifications.services import MAIL, NewNotification, notify
from events.queue.handlers import Claimed, Outcome
from events.queue.models import Item
from tenants.scope import tenant_scope


def choose(user, **kinds):
    user.notification_settings = kinds
    user.save()


def tell(demo, user, *, kind="approval", link=None):
    with tenant_scope(demo):
        (row,) = notify(
            [
                NewNotification(
                    recipient_id=user.id, title="موافقة {مطلوبة}", body="خصم 20%", kind=kind, link=link or {}
                )
            ]
        )
    return row


def deliver(demo):
    """What the worker does with the mails that wait; returns what was sent."""

    async def perform(call):
        await call.perform(None)

    items = [
        Claimed(id=row.id, tenant_id=row.tenant_id, lane=row.lane_key, kind=MAIL, ref=row.ref, attempts=1)
        for row in Item.objects.filter(kind=MAIL)
    ]
    with tenant_scope(demo):
        calls = SendNotification().prepare(items)
        for call in calls:
            async_to_sync(perform)(call)
        assert SendNotification().settle([Outcome(call.item) for call in calls]) == {}
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


@pytest.mark.parametrize("in_app", [True, False])
@pytest.mark.parametrize("email", [True, False])
def test_each_way_by_itself(in_app, email, demo, bob):
    choose(bob, approval={"in_app": in_app, "email": email})
    row = tell(demo, bob)
    with tenant_scope(demo):
        assert (Notification.objects.get(pk=row.pk).read_at is None) is in_app
    assert [message.to for message in deliver(demo)] == ([[bob.email]] if email else [])


def test_what_is_usual_holds_where_nothing_was_chosen(demo, alice, bob):
    choose(bob, workflow={"in_app": False, "email": True})
    usual = {one.kind: (one.in_app, one.email) for one in preferences_of(alice)}
    assert usual == {kind: (KINDS.get(kind).in_app, KINDS.get(kind).email) for kind in KINDS}
    tell(demo, alice, kind="workflow")
    assert deliver(demo) == []
    tell(demo, alice)
    assert len(deliver(demo)) == 1


def test_a_kind_that_nobody_can_choose_about_is_told_here(demo, bob):
    choose(bob, secret={"in_app": False, "email": True})
    row = tell(demo, bob, kind="secret")
    assert row.read_at is None
    assert deliver(demo) == []


def test_the_letter_leads_to_the_page_on_the_tenants_host(demo, bob):
    User.objects.filter(pk=bob.pk).update(language="fa")
    choose(User.objects.get(pk=bob.pk), approval={"in_app": True, "email": True})
    tell(demo, bob, link={"url": "/approvals/abc/"})
    (message,) = deliver(demo)
    assert message.subject == "موافقة {مطلوبة}"
    assert "خصم 20%" in message.body
    assert "http://demo.localhost:8000/approvals/abc/" in message.body
    assert 'lang="fa" dir="rtl"' in message.alternatives[0][0]


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ({"conversation_id": "42"}, "/inbox/42"),
        ({"contact_id": "7"}, "/contacts/7"),
        ({"url": "https://evil.example/"}, "/"),
        ({}, "/"),
    ],
)
def test_links_lead_to_our_own_pages(link, page, demo, bob):
    tell(demo, bob, link=link)
    (message,) = deliver(demo)
    assert f": http://demo.localhost:8000{page}\n" in message.body


def test_who_was_let_go_meanwhile_gets_no_mail(demo, bob, alice):
    tell(demo, bob)
    Membership.objects.filter(user=bob).delete()
    assert deliver(demo) == []


def test_a_deleted_notification_is_not_sent(demo, bob):
    row = tell(demo, bob)
    with tenant_scope(demo):
        Notification.objects.filter(pk=row.pk).delete()
    assert deliver(demo) == []

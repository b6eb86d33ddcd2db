"""Notifications: written for members, read by their own recipients alone."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from accounts.models import User
from accounts.notifications import cleaning, services
from accounts.notifications.cleaning import clean_batch
from accounts.notifications.members import (
    NoSuchMemberError,
    NoSuchRoleError,
    member_named,
    members_with,
    still_members,
)
from accounts.notifications.models import Notification
from accounts.notifications.services import NewNotification, mark_read, member_group, notify
from accounts.services.members import add_member
from accounts.services.users import create_user
from core.ids import uuid7_bound
from events.queue.drain import Drain
from events.queue.models import Schedule
from events.queue.schedules import fire_due
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug

URL = "/api/v1/notifications/"


def tell(user: User, *titles: str, **values) -> list[Notification]:
    return notify([NewNotification(recipient_id=user.id, title=title, **values) for title in titles])


@pytest.fixture
def inbox(api, bob):
    """Bob's browser."""
    return api("demo.localhost", user=bob)


class TestApi:
    def test_ones_own_newest_first(self, inbox, demo, alice, bob, django_assert_max_num_queries):
        with tenant_scope(demo):
            tell(bob, *[f"رسالة {n}" for n in range(10)], body="أمينة تنتظر", link={"contact_id": "c1"})
            tell(alice, "برای آلیس")
        with django_assert_max_num_queries(8):
            listed = inbox.get(URL).json()
        assert listed["count"] == 10
        first = listed["results"][0]
        assert (first["title"], first["body"], first["link"], first["read_at"]) == (
            "رسالة 9", "أمينة تنتظر", {"contact_id": "c1"}, None,
        )  # fmt: skip

    def test_read_one_then_all(self, inbox, demo, bob):
        with tenant_scope(demo):
            first, *_ = tell(bob, "a", "b", "c")
        assert inbox.get(f"{URL}unread/").json() == {"unread": 3}
        assert inbox.post(f"{URL}{first.id}/read/").json() == {"unread": 2}
        assert inbox.post(f"{URL}{first.id}/read/").json() == {"unread": 2}
        assert [row["title"] for row in inbox.get(URL, {"unread": "true"}).json()["results"]] == ["c", "b"]
        assert [row["title"] for row in inbox.get(URL, {"unread": "false"}).json()["results"]] == ["a"]
        assert inbox.post(f"{URL}read_all/").json() == {"unread": 0}
        assert inbox.get(URL, {"kind": "other"}).json()["count"] == 0

    def test_anothers_is_not_there(self, inbox, demo, alice, bob):
        with tenant_scope(demo):
            (hers,) = tell(alice, "سر")
        assert inbox.get(URL).json()["count"] == 0
        assert inbox.post(f"{URL}{hers.id}/read/").status_code == 404
        inbox.post(f"{URL}read_all/")
        with tenant_scope(demo):
            assert Notification.objects.get().read_at is None

    def test_the_other_tenants_are_not_here(self, api, demo, other, bob):
        add_member(user=bob, tenant=other, role="agent")
        with tenant_scope(demo):
            tell(bob, "demo")
        assert api("other.localhost", user=bob).get(URL).json()["count"] == 0

    def test_a_key_is_nobody(self, api, demo, demo_key, bob):
        with tenant_scope(demo):
            tell(bob, "x")
        program = api("demo.localhost", key=demo_key())
        assert program.get(URL).json()["count"] == 0
        assert api("demo.localhost").get(URL).status_code == 401


class TestService:
    def test_texts_are_made_to_fit(self, demo, bob):
        with tenant_scope(demo):
            (made,) = tell(bob, " " + "س" * 300 + "\x00", body="\x00" + "ب" * 6_000)
            made.refresh_from_db()
        assert (len(made.title), len(made.body), made.kind) == (200, 5_000, "workflow")

    def test_many_with_one_statement(self, demo, alice, bob, django_assert_max_num_queries):
        with tenant_scope(demo), django_assert_max_num_queries(3):
            notify(
                [NewNotification(recipient_id=u.id, title=f"n{n}") for n in range(20) for u in (alice, bob)]
            )
        with tenant_scope(demo):
            assert mark_read(bob.id, []) == 0
            assert mark_read(bob.id) == 20
            assert Notification.objects.filter(read_at=None).count() == 20


class TestMembers:
    def test_by_email_and_id(self, demo, bob):
        with tenant_scope(demo):
            assert member_named(" BOB@demo.example ") == member_named(str(bob.id)) == bob

    @pytest.mark.parametrize(
        "text", ["charlie@other.example", "nobody@demo.example", "", "role", str(uuid.uuid4())]
    )
    def test_who_is_no_member(self, demo, charlie, text):
        with tenant_scope(demo), pytest.raises(NoSuchMemberError, match="write a member's e-mail or id"):
            member_named(text)

    def test_who_was_locked_out_is_none_any_more(self, demo, bob, charlie):
        User.objects.filter(id=bob.id).update(is_active=False)
        with tenant_scope(demo):
            with pytest.raises(NoSuchMemberError):
                member_named(str(bob.id))
            assert members_with("agent") == []
            assert still_members([bob.id, charlie.id]) == set()

    def test_by_role(self, demo, alice, bob, charlie):
        carol = create_user(email="carol@demo.example", name="کارول", password="a-long-Passw0rd")
        add_member(user=carol, tenant=demo, role="agent")
        with tenant_scope(demo):
            assert members_with("agent") == [bob.id, carol.id]
            assert members_with() == [alice.id, bob.id, carol.id]
            assert members_with("analyst") == []
            with pytest.raises(NoSuchRoleError, match=r"known: .*agent"):
                members_with("agents")


def test_open_browsers_are_told_after_the_commit(committed_db, monkeypatch):
    monkeypatch.setattr(services, "_down_until", 0.0)
    user_id = uuid.uuid4()

    async def listen(group: str, act) -> dict | None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        await asyncio.to_thread(act)
        try:
            return await asyncio.wait_for(layer.receive(channel), timeout=2)
        except TimeoutError:
            return None

    def act(undone: bool):
        def run():
            with tenant_scope(tenant_by_slug("demo")), transaction.atomic():
                notify([NewNotification(recipient_id=user_id, title="تنبيه")])
                if undone:
                    transaction.set_rollback(True)

        return run

    with tenant_scope(tenant_by_slug("demo")):
        group = member_group(user_id)
    assert async_to_sync(listen)(group, act(undone=False)) == {"type": "notifications.changed"}
    assert async_to_sync(listen)(group, act(undone=True)) is None


class TestCleaning:
    """Ages are those of the ids, which hold their time."""

    AGES = (1, 89, 91, 364, 366)

    def old(self, user: User, *, read: bool) -> None:
        for days in self.AGES:
            moment = datetime.now(UTC) - timedelta(days=days)
            Notification.objects.create(
                id=uuid.UUID(int=uuid7_bound(moment).int + read),
                recipient_id=user.id,
                kind="workflow",
                title=f"{days}",
                read_at=datetime.now(UTC) if read else None,
            )

    def test_old_ones_go_each_night(self, demo, bob):
        with tenant_scope(demo):
            self.old(bob, read=True)
            self.old(bob, read=False)
            assert clean_batch(batch=3) == 3
            assert clean_batch(batch=3) == 1
            assert clean_batch(batch=3) == 0
            left = Notification.objects.values_list("title", "read_at")
            assert sorted(title for title, read_at in left if read_at) == ["1", "89"]
            assert sorted(title for title, read_at in left if not read_at) == ["1", "364", "89", "91"]

    def test_by_a_schedule_of_their_own(self, demo, bob, monkeypatch):
        monkeypatch.setattr(cleaning, "BATCH", 1)
        with tenant_scope(demo):
            self.old(bob, read=True)
        with public_scope():
            schedule = Schedule.objects.get(name="notifications.cleanup:demo")
            assert (schedule.kind, schedule.tenant_id) == (cleaning.CLEANUP, demo.id)
            Schedule.objects.filter(name=schedule.name).update(
                next_run_at=datetime.now(UTC) - timedelta(days=2)
            )
            assert fire_due() == 1
        Drain().run_until_empty()
        with tenant_scope(demo):
            assert Notification.objects.count() == 2

"""The inbox's socket: who may listen, what they hear, and whose it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.db import transaction
from django.test import Client

from accounts.models import Membership, Role, User
from accounts.notifications import services as notifications
from accounts.notifications.services import NewNotification, member_group, notify
from accounts.services.members import add_member
from accounts.services.users import create_user
from channels_app import consumers
from channels_app.models import Conversation
from channels_app.services import hints
from channels_app.services.channels import create_channel
from channels_app.services.conversations import set_status
from channels_app.tests.shop import whatsapp_credentials
from channels_app.tests.support import deliver, drain, text_body
from config.asgi import application
from tenants.keys import group_name
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug

HOST = "demo.localhost:8000"


@pytest.fixture
def cookie(committed_db) -> Callable[..., str]:
    """``cookie("demo", role="agent")``: the session of a new member of that tenant, opened on its host."""

    def sign_in(slug: str, *, role: str = "agent") -> str:
        tenant = tenant_by_slug(slug)
        user = create_user(email=f"{role}@{slug}.example", name="باب", password="a-long-Passw0rd")
        add_member(user=user, tenant=tenant, role=role)
        client = Client(HTTP_HOST=f"{slug}.localhost")
        with tenant_scope(tenant):
            client.force_login(user, backend="accounts.backends.MembershipBackend")
        return client.cookies["sessionid"].value

    return sign_in


@pytest.fixture(autouse=True)
def _hints_flow(monkeypatch) -> None:
    monkeypatch.setattr(hints, "_down_until", 0.0)


def scope(
    *, cookie: str = "", host: str = HOST, origin: str | None = f"http://{HOST}", path: str = "/ws/inbox/"
) -> dict:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if cookie:
        headers.append((b"cookie", f"sessionid={cookie}".encode()))
    return {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "subprotocols": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "asgi": {"version": "3.0"},
    }


class Socket:
    """A browser's socket."""

    def __init__(self, **where: Any) -> None:
        self._asgi = ApplicationCommunicator(application, scope(**where))

    async def open(self) -> dict[str, Any]:
        """The first two answers as one: accepted, and closed with which code."""
        await self._asgi.send_input({"type": "websocket.connect"})
        first = await self._asgi.receive_output(5)
        if first["type"] != "websocket.accept":
            return {"accepted": False, "code": first.get("code")}
        quiet = await self._asgi.receive_nothing(0.3)
        code = None if quiet else (await self._asgi.receive_output(1))["code"]
        return {"accepted": True, "code": code}

    async def hears(self, timeout: float = 5) -> dict[str, Any]:
        return await self._asgi.receive_output(timeout)

    async def says(self, what: Any) -> None:
        await self._asgi.send_input({"type": "websocket.receive", "text": json.dumps(what)})

    async def hears_nothing(self) -> bool:
        return await self._asgi.receive_nothing(0.5)

    async def close(self) -> None:
        await self._asgi.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._asgi.wait(2)


def run(story: Callable[[], Any]) -> Any:
    """On a loop whose database calls are this thread's; the layer's connections end with it."""

    async def whole() -> Any:
        try:
            return await story()
        finally:
            await get_channel_layer().close_pools()

    return async_to_sync(whole)()


def opened(**where: Any) -> dict[str, Any]:
    async def story() -> dict[str, Any]:
        socket = Socket(**where)
        answer = await socket.open()
        if answer["accepted"] and answer["code"] is None:
            await socket.close()
        return answer

    return run(story)


class TestDoor:
    def test_a_member_comes_in(self, cookie):
        assert opened(cookie=cookie("demo")) == {"accepted": True, "code": None}

    def test_an_unknown_visitor_does_not(self, cookie):
        assert opened() == {"accepted": True, "code": 4401}
        assert opened(cookie="x" * 32) == {"accepted": True, "code": 4401}

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "null",
            "https://evil.example",
            "http://other.localhost:8000",
            f"http://{HOST}.evil.example",
            "http://localhost:8000",
        ],
    )
    def test_nor_a_foreign_page(self, cookie, origin):
        assert opened(cookie=cookie("demo"), origin=origin) == {"accepted": True, "code": 4403}

    def test_a_session_opens_no_other_tenants_door(self, cookie):
        stolen = cookie("demo")
        other = "other.localhost:8000"
        assert opened(cookie=stolen, host=other, origin=f"http://{other}")["code"] in (4401, 4403)

    @pytest.mark.parametrize("host", ["localhost:8000", "nobody.localhost:8000"])
    def test_hosts_of_nobody(self, cookie, host):
        assert opened(cookie=cookie("demo"), host=host, origin=f"http://{host}")["code"] == 4403

    def test_a_role_without_the_inbox_stays_outside(self, cookie):
        Role.objects.using("owner").create(slug="bookkeeper", label="محاسب", scopes=["billing:admin"])
        try:
            assert opened(cookie=cookie("demo", role="bookkeeper")) == {"accepted": True, "code": 4403}
        finally:
            Membership.objects.using("owner").filter(role="bookkeeper").delete()
            Role.objects.using("owner").filter(slug="bookkeeper").delete()

    def test_there_is_no_other_socket(self, committed_db):
        assert opened(path="/ws/elsewhere/")["accepted"] is False


@pytest.fixture
def shop(committed_db) -> Conversation:
    with tenant_scope(tenant_by_slug("demo")):
        channel = create_channel(provider="whatsapp", name="واتساب", credentials=whatsapp_credentials())
        with transaction.atomic():
            deliver(channel, text_body())
        drain()
        return Conversation.objects.get()


def changes(conversation: Conversation, status: str) -> None:
    with tenant_scope(tenant_by_slug("demo")), transaction.atomic():
        set_status(conversation.id, status, actor="system")


class TestPresence:
    def test_is_told_to_other_members_of_the_tenant(self, cookie, shop):
        bobs, alices, others = cookie("demo"), cookie("demo", role="owner"), cookie("other", role="owner")

        async def story() -> None:
            bob, alice = Socket(cookie=bobs), Socket(cookie=alices)
            stranger = Socket(
                cookie=others, host="other.localhost:8000", origin="http://other.localhost:8000"
            )
            for socket in (bob, alice, stranger):
                assert (await socket.open())["code"] is None
            await bob.says({"type": "typing", "conversation": str(shop.id)})
            told = json.loads((await alice.hears())["text"])
            assert (told["type"], told["doing"], told["conversation"]) == (
                "inbox.presence",
                "typing",
                str(shop.id),
            )
            assert await bob.hears_nothing()
            assert await stranger.hears_nothing()
            for socket in (bob, alice, stranger):
                await socket.close()

        run(story)

    def test_nonsense_and_noise_are_not_passed_on(self, cookie, shop):
        bobs, alices = cookie("demo"), cookie("demo", role="owner")

        async def story() -> None:
            bob, alice = Socket(cookie=bobs), Socket(cookie=alices)
            assert (await bob.open())["code"] is (await alice.open())["code"] is None
            for said in (
                {"type": "inbox.changed", "conversations": []},
                {"type": "typing", "conversation": "x"},
                {"type": "typing", "conversation": str(shop.id), "member": {"id": "x"}},
                {"type": "typing"},
                [],
            ):
                await bob.says(said)
            assert await alice.hears_nothing()
            for _ in range(40):
                await bob.says({"type": "viewing", "conversation": str(shop.id)})
            heard = 0
            while not await alice.hears_nothing():
                await alice.hears()
                heard += 1
            assert 10 <= heard < 20
            await bob.close()
            await alice.close()

        run(story)


class TestHints:
    def test_are_heard_by_the_tenants_members_alone(self, cookie, shop):
        mine, others = cookie("demo"), cookie("other", role="owner")

        async def story() -> None:
            ours = Socket(cookie=mine)
            theirs = Socket(cookie=others, host="other.localhost:8000", origin="http://other.localhost:8000")
            assert await ours.open() == await theirs.open() == {"accepted": True, "code": None}
            await asyncio.to_thread(changes, shop, "pending")
            heard = await ours.hears()
            assert heard["type"] == "websocket.send"
            told = json.loads(heard["text"])
            assert told["conversations"][0].pop("revision") > 0
            assert told == {
                "type": "inbox.changed",
                "conversations": [{"id": str(shop.id), "seq": 1}],
            }
            assert await theirs.hears_nothing()
            await ours.close()
            await theirs.close()

        run(story)

    def test_end_with_the_membership(self, cookie, shop, monkeypatch):
        mine = cookie("demo")
        monkeypatch.setattr(consumers, "_CHECKED_EVERY_S", -1.0)

        async def story() -> None:
            socket = Socket(cookie=mine)
            assert (await socket.open())["code"] is None
            await asyncio.to_thread(changes, shop, "pending")
            assert (await socket.hears())["type"] == "websocket.send"
            await asyncio.to_thread(Membership.objects.all().delete)
            await asyncio.to_thread(changes, shop, "snoozed")
            last = await socket.hears()
            assert (last["type"], last["code"]) == ("websocket.close", 4403)

        run(story)

    def test_what_a_browser_says_is_not_listened_to(self, cookie, shop):
        mine = cookie("demo")

        async def story() -> None:
            socket = Socket(cookie=mine)
            await socket.open()
            await socket._asgi.send_input({"type": "websocket.receive", "text": "not json {"})
            assert await socket.hears_nothing()
            await asyncio.to_thread(changes, shop, "pending")
            assert (await socket.hears())["type"] == "websocket.send"
            await socket.close()

        run(story)


def tell(email: str) -> None:
    with tenant_scope(tenant_by_slug("demo")), transaction.atomic():
        notify([NewNotification(recipient_id=User.objects.get(email=email).pk, title="زبون ينتظر")])


class TestNotifications:
    @pytest.fixture(autouse=True)
    def _they_flow(self, monkeypatch) -> None:
        monkeypatch.setattr(notifications, "_down_until", 0.0)

    def test_are_hinted_at_to_the_recipient_alone(self, cookie):
        mine, colleagues = cookie("demo"), cookie("demo", role="manager")

        async def story() -> None:
            me, colleague = Socket(cookie=mine), Socket(cookie=colleagues)
            assert (await me.open())["code"] == (await colleague.open())["code"] is None
            await asyncio.to_thread(tell, "agent@demo.example")
            heard = await me.hears()
            assert json.loads(heard["text"]) == {"type": "notifications.changed"}
            assert await colleague.hears_nothing()
            await me.close()
            await colleague.close()

        run(story)

    def test_not_at_another_tenants_door(self, cookie):
        """One person, a member of both: what demo tells them is not heard at other's."""
        theirs = cookie("other", role="owner")
        user = User.objects.get(email="owner@other.example")
        add_member(user=user, tenant=tenant_by_slug("demo"), role="agent")

        async def story() -> None:
            socket = Socket(cookie=theirs, host="other.localhost:8000", origin="http://other.localhost:8000")
            assert (await socket.open())["code"] is None
            await asyncio.to_thread(tell, "owner@other.example")
            assert await socket.hears_nothing()
            await socket.close()

        run(story)

    def test_end_with_the_membership(self, cookie, monkeypatch):
        mine = cookie("demo")
        monkeypatch.setattr(consumers, "_CHECKED_EVERY_S", -1.0)

        async def story() -> None:
            socket = Socket(cookie=mine)
            assert (await socket.open())["code"] is None
            await asyncio.to_thread(Membership.objects.all().delete)
            await asyncio.to_thread(tell, "agent@demo.example")
            last = await socket.hears()
            assert (last["type"], last["code"]) == ("websocket.close", 4403)

        run(story)

    def test_nobody_is_left_behind_in_the_group(self, cookie):
        mine = cookie("demo")
        with tenant_scope(tenant_by_slug("demo")):
            groups = [group_name("inbox"), member_group(User.objects.get(email="agent@demo.example").pk)]

        async def members() -> list[int]:
            layer = get_channel_layer()
            return [
                await layer.connection(layer.consistent_hash(group)).zcard(layer._group_key(group))
                for group in groups
            ]

        async def story() -> None:
            before = await members()
            socket = Socket(cookie=mine)
            await socket.open()
            assert await members() == [count + 1 for count in before]
            await socket.close()
            assert await members() == before

        run(story)

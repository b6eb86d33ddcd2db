"""No lost update: what a browser missed it is told, in whatever order transactions commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from accounts.services.keys import issue_api_key
from channels_app.models import Channel, Conversation, Message
from channels_app.services.conversations import set_control
from channels_app.services.delivery import locked_sends, save
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.tests.support import deliver, drain, message, text_body, whatsapp_body
from tenants.models import Tenant
from tenants.scope import tenant_scope

URL = "/api/v1/inbox/conversations/"


def receive(channel: Channel, *bodies: bytes) -> None:
    """Deliver, commit and work off."""
    with transaction.atomic():
        deliver(channel, *bodies)
    drain()


@pytest.fixture
def inbox(shop, api):
    """A program that reads and writes, over real commits."""
    with tenant_scope(shop.demo):
        receive(shop.whatsapp, text_body())
    key = issue_api_key(tenant=Tenant.objects.get(slug="demo"), name="t", scopes=["inbox:write"]).secret
    return api("demo.localhost", key=key)


@pytest.fixture
def conversation(shop, inbox) -> Iterator[Conversation]:
    with tenant_scope(shop.demo):
        yield Conversation.objects.get()


def changes(client, since=None, **query) -> dict:
    answer = client.get(f"{URL}changes/", {**query, **({} if since is None else {"since": since})})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def since(client, conversation, revision) -> dict:
    return client.get(f"{URL}{conversation.id}/messages/", {"after_revision": revision}).json()


@contextmanager
def slow_transaction(work) -> Iterator[None]:
    """``work()`` is done in another transaction, which commits only after the block."""
    began, go = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                began.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert began.wait(20)
    try:
        yield
    finally:
        go.set()
        thread.join(20)


def other_conversation(shop) -> Conversation:
    receive(shop.whatsapp, text_body("من جديد", number=50, of="213555999888", name="كريم"))
    return Conversation.objects.get(recipient="213555999888")


class TestChanges:
    def test_begin_with_where_to_begin(self, inbox, conversation):
        begin = changes(inbox)
        assert begin["results"] == []
        assert changes(inbox, begin["revision"])["results"] == []

    def test_tell_of_whatever_changed(self, inbox, conversation, shop):
        revision = changes(inbox)["revision"]
        receive(shop.whatsapp, whatsapp_body(messages=[message(2, "ثانية")]))
        told = changes(inbox, revision)
        assert [row["last_message"]["text"] for row in told["results"]] == ["ثانية"]
        with transaction.atomic():
            set_control(conversation.id, "human")
        told = changes(inbox, told["revision"])
        assert [row["control"] for row in told["results"]] == ["human"]
        inbox.post(f"{URL}{conversation.id}/read/", {"seq": 2})
        told = changes(inbox, told["revision"])
        assert [row["unread_count"] for row in told["results"]] == [0]
        assert changes(inbox, told["revision"])["results"] == []

    def test_tell_of_a_tick(self, inbox, conversation):
        new = NewMessage(effect_key="k", author="member:x", text="أهلا", conversation_id=conversation.id)
        with transaction.atomic():
            write_messages([new])
        revision = changes(inbox)["revision"]
        with transaction.atomic():
            (send,) = locked_sends()
            send.state = send.message.state = "delivered"
            save([send])
        (row,) = changes(inbox, revision)["results"]
        assert row["last_message"]["state"] == "delivered"

    def test_name_what_left_the_list(self, inbox, conversation):
        revision = changes(inbox, assignee="none", control="bot")["revision"]
        with transaction.atomic():
            set_control(conversation.id, "human")
        told = changes(inbox, revision, control="bot")
        assert (told["results"], told["gone"]) == ([], [str(conversation.id)])

    def test_one_that_commits_late_is_told(self, inbox, conversation, shop):
        """The earlier transaction commits after the later one has been read: its number is lower than what was seen."""
        late = other_conversation(shop)

        def take_over() -> None:
            with tenant_scope(shop.demo):
                set_control(late.id, "human")

        revision = changes(inbox)["revision"]
        with slow_transaction(take_over):
            with transaction.atomic():
                set_control(conversation.id, "human")
            first = changes(inbox, revision)
            assert [row["id"] for row in first["results"]] == [str(conversation.id)]
        second = changes(inbox, first["revision"])
        assert str(late.id) in {row["id"] for row in second["results"]}
        assert changes(inbox, second["revision"])["results"] == []

    def test_a_number_of_another_life_means_reload(self, inbox, conversation):
        assert changes(inbox, changes(inbox)["revision"] + 1_000_000)["reload"] is True


class TestMessages:
    def test_what_was_written_or_changed_since(self, inbox, conversation, shop):
        receive(shop.whatsapp, whatsapp_body(messages=[message(n, f"رسالة {n}") for n in (2, 3)]))
        piece = inbox.get(f"{URL}{conversation.id}/messages/").json()
        assert len(piece["results"]) == 3
        reaction = message("r", type="reaction", reaction={"message_id": "wamid.IN2", "emoji": "❤️"})
        receive(shop.whatsapp, whatsapp_body(messages=[reaction]))
        told = since(inbox, conversation, piece["revision"])
        assert [row["seq"] for row in told["results"]] == [2, 4]
        assert [one["emoji"] for one in told["results"][0]["reactions"]] == ["❤️"]
        assert since(inbox, conversation, told["revision"])["results"] == []

    def test_a_late_status_is_told(self, inbox, conversation, shop):
        with transaction.atomic():
            for n in range(2):
                write_messages(
                    [
                        NewMessage(
                            effect_key=f"k{n}",
                            author="member:x",
                            text=f"جواب {n}",
                            conversation_id=conversation.id,
                        )
                    ]
                )
        first, second = Message.objects.filter(direction="out").order_by("seq")

        def arrives() -> None:
            with tenant_scope(shop.demo):
                (send,) = locked_sends().filter(message=first)
                send.state = send.message.state = "delivered"
                save([send])

        revision = inbox.get(f"{URL}{conversation.id}/messages/").json()["revision"]
        with slow_transaction(arrives):
            with transaction.atomic():
                (send,) = locked_sends().filter(message=second)
                send.state = send.message.state = "read"
                save([send])
            told = since(inbox, conversation, revision)
            assert [row["state"] for row in told["results"]] == ["read"]
        told = since(inbox, conversation, told["revision"])
        assert "delivered" in [row["state"] for row in told["results"]]

    def test_too_much_means_reload(self, inbox, conversation, shop, monkeypatch):
        monkeypatch.setattr("channels_app.api.conversations._MOST_CHANGES", 2)
        revision = inbox.get(f"{URL}{conversation.id}/messages/").json()["revision"]
        receive(shop.whatsapp, whatsapp_body(messages=[message(n) for n in (2, 3, 4)]))
        told = since(inbox, conversation, revision)
        assert (told["results"], told["reload"]) == ([], True)

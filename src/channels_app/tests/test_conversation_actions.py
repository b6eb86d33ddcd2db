"""Labels, snoozing, notes, taking over, and many conversations at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.notifications.models import Notification
from channels_app.models import Conversation, ConversationLabel, Label, Message, Send
from channels_app.services.inbox_time.standing import standings_of
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.services.snoozing import wake
from channels_app.tests.support import NUMBER, OWN_SECRET, message, receive, text_body, whatsapp_body
from tenants.scope import tenant_scope

URL = "/api/v1/inbox/conversations/"
LABELS = "/api/v1/inbox/labels/"


@pytest.fixture
def url(conversation) -> str:
    return f"{URL}{conversation.id}/"


def in_(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


class TestLabels:
    def test_are_made_changed_and_deleted(self, agent, url):
        made = agent.post(LABELS, {"name": "عاجل", "color": "#dc2626"}).json()
        assert agent.post(LABELS, {"name": " عاجل "}).status_code == 400
        assert agent.post(LABELS, {"name": "x", "color": "red"}).status_code == 400
        shown = agent.post(f"{url}labels/", {"add": [made["id"]]}).json()
        assert shown["labels"] == [{"id": made["id"], "name": "عاجل", "color": "#dc2626"}]
        assert agent.patch(f"{LABELS}{made['id']}/", {"name": "عاجل جدا"}).json()["color"] == "#dc2626"
        assert agent.delete(f"{LABELS}{made['id']}/").status_code == 204
        assert agent.get(url).json()["labels"] == []

    def test_twice_on_is_once_on(self, agent, url):
        label = Label.objects.create(name="طلبية")
        for _ in range(2):
            agent.post(f"{url}labels/", {"add": [str(label.id)]})
        assert ConversationLabel.objects.count() == 1
        assert agent.post(f"{url}labels/", {"remove": [str(label.id)]}).json()["labels"] == []

    def test_an_unknown_one_changes_nothing(self, agent, url):
        label = Label.objects.create(name="طلبية")
        response = agent.post(f"{url}labels/", {"add": [str(label.id), str(uuid.uuid4())]})
        assert response.status_code == 400
        assert "labels" in response.json()["error"]["fields"]
        assert not ConversationLabel.objects.exists()


class TestSnooze:
    def test_wakes_at_its_time_and_tells_the_assignee(self, clock, bobs, bob, url, conversation):
        Conversation.objects.update(assignee_id=bob.id)
        shown = bobs.post(f"{url}snooze/", {"until": in_(hours=2)}).json()
        assert shown["status"] == "snoozed"
        assert shown["snoozed_until"]
        clock.wait(hours=1)
        conversation.refresh_from_db()
        assert conversation.status == "snoozed"
        clock.wait(hours=1, seconds=1)
        conversation.refresh_from_db()
        assert (conversation.status, conversation.snoozed_until) == ("open", None)
        assert Notification.objects.get(recipient_id=bob.id).link == {"conversation_id": str(conversation.id)}

    def test_the_customers_word_wakes_it(self, clock, agent, url, conversation, whatsapp):
        agent.post(f"{url}snooze/", {"until": in_(hours=2)})
        receive(whatsapp, whatsapp_body(messages=[message(2)]))
        conversation.refresh_from_db()
        assert (conversation.status, conversation.snoozed_until) == ("open", None)
        agent.patch(url, {"status": "pending"})
        clock.wait(hours=3)
        conversation.refresh_from_db()
        assert conversation.status == "pending"

    def test_the_newer_time_holds(self, clock, agent, url, conversation):
        agent.post(f"{url}snooze/", {"until": in_(hours=1)})
        agent.post(f"{url}snooze/", {"until": in_(hours=5)})
        clock.wait(hours=2)
        conversation.refresh_from_db()
        assert conversation.status == "snoozed"
        clock.wait(hours=4)
        conversation.refresh_from_db()
        assert conversation.status == "open"
        assert wake([conversation.id]) == []

    def test_what_cannot_be(self, agent, url, conversation):
        for until in (in_(hours=-1), in_(days=500), "x"):
            response = agent.post(f"{url}snooze/", {"until": until})
            assert response.status_code == 400
            assert "until" in response.json()["error"]["fields"]
        agent.patch(url, {"status": "closed"})
        assert agent.post(f"{url}snooze/", {"until": in_(hours=1)}).status_code == 409
        conversation.refresh_from_db()
        assert conversation.status == "closed"


class TestNotes:
    def test_stand_between_the_messages_and_mention(self, bobs, bob, alice, url, whatsapp):
        made = bobs.post(f"{url}notes/", {"text": "@أليس شوفي", "mentions": [str(alice.id), str(bob.id)]})
        assert made.status_code == 201
        note = made.json()
        assert (note["seq"], note["direction"], note["send"], note["state"]) == (2, "note", None, "")
        assert note["author_shown"] == {"kind": "member", "id": str(bob.id), "name": "Bob"}
        receive(whatsapp, whatsapp_body(messages=[message(2, "بعد")]))
        assert [row["seq"] for row in bobs.get(f"{url}messages/").json()["results"]] == [1, 2, 3]
        told = Notification.objects.get()
        assert (told.recipient_id, told.link["message_id"]) == (alice.id, note["id"])

    def test_never_leave_the_house(self, bobs, url, pump, world, conversation, published):
        before = len(published("MESSAGE_RECEIVED", "MESSAGE_SENT"))
        bobs.post(f"{url}notes/", {"text": "لا ترسل هذا"})
        pump()
        assert not Send.objects.exists()
        assert world.outbox(NUMBER) == []
        assert len(published("MESSAGE_RECEIVED", "MESSAGE_SENT")) == before
        # Nobody was answered by it, and the list still shows what the customer said.
        assert standings_of([conversation.id])[conversation.id].unanswered is not None
        assert standings_of([conversation.id])[conversation.id].last_out is None
        row = bobs.get(URL).json()["results"][0]
        assert row["last_message"]["direction"] == "in"
        assert (row["last_seq"], row["unread_count"]) == (2, 1)

    def test_the_database_itself_refuses_to_let_one_out(self, bobs, url):
        bobs.post(f"{url}notes/", {"text": "سري"})
        notes = Message.objects.filter(direction="note")
        for change in ({"state": "queued"}, {"provider_message_id": "wamid.X"}):
            with pytest.raises(IntegrityError, match="message_note_stays_here"), transaction.atomic():
                notes.update(**change)

    def test_neither_reacted_to_nor_sent_again_nor_quoted(self, bobs, url):
        note = bobs.post(f"{url}notes/", {"text": "سري"}).json()
        at = f"/api/v1/inbox/messages/{note['id']}/"
        assert bobs.post(f"{at}reaction/", {"emoji": "👍"}).status_code == 409
        assert bobs.post(f"{at}retry/").status_code == 409
        quoting = bobs.post(f"{url}messages/", {"text": "x", "reply_to_message_id": note["id"]})
        assert "reply_to_message_id" in quoting.json()["error"]["fields"]
        assert not Send.objects.exists()

    def test_not_for_visitors(self, api, webchat, bobs):
        import json

        from django.core.cache import cache

        cache.clear()
        visitor = api("demo.localhost")
        visit = visitor.post("/api/v1/webchat/wc_0123456789ab/session/").json()
        body = {"visitor": {"id": visit["visitor_id"]}, "messages": [{"id": "m1", "text": "سلام"}]}
        receive(webchat, json.dumps(body).encode())
        conversation = Conversation.objects.get()
        bobs.post(f"{URL}{conversation.id}/notes/", {"text": f"سري {OWN_SECRET}"})
        read = visitor.get(
            "/api/v1/webchat/wc_0123456789ab/messages/",
            headers={"Authorization": f"Visitor {visit['token']}"},
        ).json()
        assert [row["text"] for row in read["results"]] == ["سلام"]

    def test_mention_members_only(self, bobs, url, charlie):
        response = bobs.post(f"{url}notes/", {"text": "x", "mentions": [str(charlie.id)]})
        assert "mentions" in response.json()["error"]["fields"]
        assert bobs.post(f"{url}notes/", {"text": " "}).status_code == 400
        assert Message.objects.count() == 1
        assert not Notification.objects.exists()


class TestControl:
    def write(self, conversation, author: str, **values) -> Message:
        new = NewMessage(
            effect_key=uuid.uuid4().hex, author=author, text="x", conversation_id=conversation.id, **values
        )
        return write_messages([new])[0]

    def test_taken_over_programs_are_held_back(self, bobs, bob, url, conversation, published):
        shown = bobs.post(f"{url}take-over/").json()
        assert (shown["control"], shown["controlled_by"]) == ("human", f"member:{bob.id}")
        assert shown["assignee"] == {"id": str(bob.id), "name": "Bob"}
        (event,) = published("CONVERSATION_CONTROL_CHANGED")
        assert (event.data["control"], event.data["previous_control"]) == ("human", "bot")
        assert event.actor == f"member:{bob.id}"
        for author in ("workflow:1", "agent:1", "broadcast"):
            held = self.write(conversation, author)
            assert (held.state, held.send.error_code) == ("failed", "human_control")
        assert self.write(conversation, f"member:{bob.id}").state == "queued"
        assert self.write(conversation, "workflow:1", despite_human=True).state == "queued"

    def test_handed_back_they_write_again(self, bobs, url, conversation, published):
        bobs.post(f"{url}take-over/")
        assert bobs.post(f"{url}hand-back/", {"to": "workflow"}).json()["control"] == "workflow"
        assert bobs.post(f"{url}hand-back/", {"to": "human"}).status_code == 400
        assert len(published("CONVERSATION_CONTROL_CHANGED")) == 2
        assert self.write(conversation, "workflow:1").state == "queued"

    def test_taken_over_twice_is_told_once(self, bobs, url, published):
        for _ in range(2):
            bobs.post(f"{url}take-over/")
        assert len(published("CONVERSATION_CONTROL_CHANGED", "CONVERSATION_ASSIGNED")) == 2

    def test_does_not_take_it_from_its_owner(self, bobs, alice, url, conversation):
        Conversation.objects.update(assignee_id=alice.id)
        assert bobs.post(f"{url}take-over/").json()["assignee_id"] == str(alice.id)


class TestBulk:
    @pytest.fixture
    def three(self, whatsapp) -> list[str]:
        receive(whatsapp, *[text_body(f"{n}", number=n, of=f"2135550102{n:02}") for n in range(3)])
        return [str(row.id) for row in Conversation.objects.order_by("recipient")]

    def test_each_for_itself(self, bobs, bob, three):
        bobs.patch(f"{URL}{three[1]}/", {"status": "closed"})
        label = Label.objects.create(name="طلبية")
        missing = str(uuid.uuid4())
        body = {
            "ids": [*three, missing],
            "status": "pending",
            "assignee_id": str(bob.id),
            "labels": {"add": [str(label.id)]},
            "read": True,
        }
        results = bobs.post(f"{URL}bulk/", body).json()["results"]
        assert [row["id"] for row in results] == body["ids"]
        assert [row["ok"] for row in results] == [True, False, True, False]
        assert "closed" in results[1]["error"]
        rows = {str(row.id): row for row in Conversation.objects.all()}
        assert [rows[key].status for key in three] == ["pending", "closed", "pending"]
        assert {row.assignee_id for row in rows.values()} == {bob.id}
        assert ConversationLabel.objects.count() == 3
        assert {row["unread_count"] for row in bobs.get(URL).json()["results"]} == {0}
        bobs.post(f"{URL}bulk/", {"ids": three, "read": False, "assignee_id": None})
        shown = bobs.get(URL).json()["results"]
        assert {(row["unread_count"], row["assignee_id"]) for row in shown} == {(1, None)}

    def test_what_is_wrong_for_all_changes_none(self, bobs, charlie, three):
        for body in (
            {"ids": three, "assignee_id": str(charlie.id), "status": "closed"},
            {"ids": three, "labels": {"add": [str(uuid.uuid4())]}, "status": "closed"},
            {"ids": [], "status": "closed"},
            {"ids": [str(uuid.uuid4()) for _ in range(501)], "status": "closed"},
        ):
            assert bobs.post(f"{URL}bulk/", body).status_code == 400
        assert not Conversation.objects.filter(status="closed").exists()


@pytest.mark.parametrize("action", ["labels", "snooze", "take-over", "hand-back", "notes", "scheduled"])
def test_needs_the_scope_and_the_tenant(api, demo_key, other_key, conversation, demo, action):
    url = f"{URL}{conversation.id}/{action}/"
    body = {"text": "x", "until": in_(hours=1), "message": {"text": "x"}, "send_at": in_(hours=1)}
    assert api("demo.localhost", key=demo_key("inbox:read")).post(url, body).status_code == 403
    assert api("other.localhost", key=other_key()).post(url, body).status_code == 404
    with tenant_scope(demo):
        conversation.refresh_from_db()
        assert (conversation.status, conversation.control, conversation.last_seq) == ("open", "bot", 1)

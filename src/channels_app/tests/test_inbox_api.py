"""Conversations, messages, sends and deliveries over REST."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.models import Conversation, InboundDelivery, Message, Send
from channels_app.tests.support import NUMBER, TELEGRAM, message, receive, text_body, whatsapp_body
from tenants.scope import tenant_scope

CONVERSATIONS = "/api/v1/inbox/conversations/"


def ids(response) -> set[str]:
    assert response.status_code == 200, response.json()
    return {row["id"] for row in response.json()["results"]}


class TestConversations:
    def test_list_shows_what_an_inbox_needs(self, agent, conversation, whatsapp):
        (row,) = agent.get(CONVERSATIONS).json()["results"]
        assert row["channel"] == {"id": str(whatsapp.id), "name": "واتساب المتجر", "provider": "whatsapp"}
        assert row["contact"]["name"] == "أمينة"
        assert (row["status"], row["control"], row["last_seq"]) == ("open", "bot", 1)
        assert row["last_message"]["text"] == "سلام، کد تخفیف دارید؟"
        assert row["last_message"]["direction"] == "in"

    def test_filters(self, agent, conversation, whatsapp, telegram, bob, api):
        receive(telegram, TELEGRAM["text"])
        second = Conversation.objects.exclude(id=conversation.id).get()
        Conversation.objects.filter(id=second.id).update(status="closed", control="human", assignee_id=bob.id)
        first, second = str(conversation.id), str(second.id)

        def listed(**query) -> set[str]:
            return ids(agent.get(CONVERSATIONS, query))

        assert listed(status="open") == {first}
        assert listed(status=["open", "closed"]) == {first, second}
        assert listed(control="human") == {second}
        assert listed(channel=str(whatsapp.id)) == {first}
        assert listed(provider="telegram") == {second}
        assert listed(contact=str(conversation.contact_id)) == {first}
        assert listed(assignee="none") == {first}
        assert listed(assignee=str(bob.id)) == {second}
        assert listed(search="امينه") == {first}
        assert ids(api("demo.localhost", user=bob).get(CONVERSATIONS, {"assignee": "me"})) == {second}
        for bad in ({"status": "x"}, {"assignee": "x"}, {"channel": "x"}):
            assert agent.get(CONVERSATIONS, bad).status_code == 400

    def test_list_within_budget_and_latest_first(self, agent, whatsapp, django_assert_max_num_queries):
        bodies = [text_body(f"رسالة {n}", number=n, of=f"2135550102{n:02}") for n in range(20)]
        receive(whatsapp, *bodies)
        Conversation.objects.filter(recipient="213555010207").update(
            last_message_at=timezone.now() + timedelta(minutes=1)
        )
        with django_assert_max_num_queries(5):
            rows = agent.get(CONVERSATIONS).json()["results"]
        assert len(rows) == 20
        assert rows[0]["recipient"] == "213555010207"

    def test_change(self, agent, conversation, bob, published):
        url = f"{CONVERSATIONS}{conversation.id}/"
        changed = agent.patch(
            url, {"control": "human", "assignee_id": str(bob.id), "status": "pending"}
        ).json()
        assert (changed["control"], changed["assignee_id"], changed["status"]) == (
            "human",
            str(bob.id),
            "pending",
        )
        assert agent.patch(url, {"assignee_id": None}).json()["assignee_id"] is None
        closed = agent.patch(url, {"status": "closed"}).json()
        assert closed["status"] == "closed"
        assert closed["closed_at"]
        (event,) = published("CONVERSATION_CLOSED")
        assert event.actor.startswith("key:")

    def test_a_closed_one_stays_closed(self, agent, conversation):
        url = f"{CONVERSATIONS}{conversation.id}/"
        agent.patch(url, {"status": "closed"})
        response = agent.patch(url, {"status": "open", "control": "human"})
        assert response.status_code == 409
        assert response.json()["error"]["code"] == "conversation_closed"
        conversation.refresh_from_db()
        assert conversation.control == "bot"
        assert agent.post(f"{url}messages/", {"text": "أهلا"}).status_code == 409
        assert Message.objects.count() == 1

    def test_only_members_are_given_conversations(self, agent, conversation, charlie):
        for person in (charlie.id, uuid.uuid4()):
            response = agent.patch(
                f"{CONVERSATIONS}{conversation.id}/", {"assignee_id": str(person), "control": "human"}
            )
            assert response.status_code == 400
            assert list(response.json()["error"]["fields"]) == ["assignee_id"]
        conversation.refresh_from_db()
        assert (conversation.assignee_id, conversation.control) == (None, "bot")


class TestReading:
    @pytest.fixture
    def long(self, conversation, whatsapp) -> str:
        """Ten messages."""
        receive(whatsapp, whatsapp_body(messages=[message(n, f"رسالة {n}") for n in range(2, 11)]))
        return f"{CONVERSATIONS}{conversation.id}/messages/"

    @pytest.mark.parametrize(
        ("query", "seqs", "more"),
        [
            ({}, range(1, 11), False),
            ({"limit": 3}, [8, 9, 10], True),
            ({"after_seq": 0, "limit": 4}, [1, 2, 3, 4], True),
            ({"after_seq": 7}, [8, 9, 10], False),
            ({"after_seq": 10}, [], False),
            ({"before_seq": 4}, [1, 2, 3], False),
            ({"before_seq": 8, "limit": 2}, [6, 7], True),
            ({"after_seq": 2, "before_seq": 6}, [3, 4, 5], False),
        ],
    )
    def test_pieces(self, agent, long, query, seqs, more):
        piece = agent.get(long, query).json()
        assert [row["seq"] for row in piece["results"]] == list(seqs)
        assert piece["more"] is more

    def test_within_budget(self, agent, long, django_assert_max_num_queries):
        with django_assert_max_num_queries(7):
            assert len(agent.get(long).json()["results"]) == 10
        assert agent.get(long, {"after_seq": "x"}).status_code == 400


class TestSending:
    @pytest.fixture
    def url(self, conversation) -> str:
        """Where messages are posted."""
        return f"{CONVERSATIONS}{conversation.id}/messages/"

    def test_a_text(self, agent, url, pump, world):
        response = agent.post(url, {"text": "تفضلي: WASL10"})
        assert response.status_code == 201, response.json()
        made = response.json()
        assert (made["seq"], made["direction"], made["state"], made["send"]["state"]) == (
            2,
            "out",
            "queued",
            "queued",
        )
        assert made["author"].startswith("key:")
        pump()
        shown = agent.get(f"/api/v1/inbox/messages/{made['id']}/").json()
        assert (shown["state"], shown["send"]["calls"]) == ("sent", 1)
        assert [out["text"] for out in world.outbox(NUMBER)] == ["تفضلي: WASL10"]

    def test_by_a_member(self, api, bob, url):
        made = api("demo.localhost", user=bob).post(url, {"text": "معك بوب"}).json()
        assert made["author"] == f"member:{bob.id}"

    def test_buttons_media_reply(self, agent, url, pump, world):
        buttons = [{"id": "yes", "title": "نعم"}, {"id": "no", "title": "لا"}]
        assert agent.post(url, {"text": "تؤكدين؟", "buttons": buttons}).json()["type"] == "interactive"
        picture = {"media_url": "https://cdn.example.com/a.jpg", "text": "الصورة", "reply_to": "wamid.IN1"}
        made = agent.post(url, picture).json()
        assert (made["type"], made["reply_to"]) == ("image", "wamid.IN1")
        pump()
        assert len(world.outbox(NUMBER)) == 2

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "non_field_errors"),
            ({"text": "  "}, "non_field_errors"),
            ({"text": "س" * 4_097}, "text"),
            ({"media_url": "javascript:alert(1)"}, "media_url"),
            ({"text": "x", "buttons": [{"id": "", "title": "x"}]}, "buttons.0.id"),
            ({"txt": "x"}, "txt"),
        ],
    )
    def test_an_error_names_its_field_and_nothing_is_written(self, agent, url, body, field):
        response = agent.post(url, body)
        assert response.status_code == 400, response.json()
        assert field in response.json()["error"]["fields"]
        assert not Send.objects.exists()

    def test_the_same_key_sends_once(self, agent, url, pump, world):
        first = agent.post(url, {"text": "مرة واحدة"}, headers={"Idempotency-Key": "order-7"})
        second = agent.post(url, {"text": "مرة واحدة"}, headers={"Idempotency-Key": "order-7"})
        assert first.json() == second.json()
        assert agent.post(url, {"text": "أخرى"}, headers={"Idempotency-Key": "order-7"}).status_code == 422
        pump()
        assert len(world.outbox(NUMBER)) == 1

    def test_the_key_goes_on_working_without_the_record(self, agent, url):
        from events.models import IdempotencyRecord

        first = agent.post(url, {"text": "مرة"}, headers={"Idempotency-Key": "k"}).json()
        IdempotencyRecord.objects.all().delete()
        assert agent.post(url, {"text": "مرة"}, headers={"Idempotency-Key": "k"}).json()["id"] == first["id"]
        assert Send.objects.count() == 1

    def test_a_closed_window_is_stored_as_failed_with_the_reason(self, agent, url):
        Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(days=2))
        made = agent.post(url, {"text": "متأخر"})
        assert made.status_code == 201
        assert (made.json()["state"], made.json()["send"]["error_code"]) == ("failed", "window_closed")
        assert "template" in made.json()["error"]

    def test_to_a_contact(self, agent, conversation):
        made = agent.post(
            "/api/v1/inbox/messages/", {"contact_id": str(conversation.contact_id), "text": "أهلا"}
        )
        assert made.status_code == 201, made.json()
        assert made.json()["conversation_id"] == str(conversation.id)
        for contact in (str(uuid.uuid4()), "x"):
            refused = agent.post("/api/v1/inbox/messages/", {"contact_id": contact, "text": "أهلا"})
            assert refused.status_code == 400
            assert "contact_id" in refused.json()["error"]["fields"]


class TestOperations:
    def test_sends_in_trouble(self, agent, conversation, django_assert_max_num_queries):
        url = f"{CONVERSATIONS}{conversation.id}/messages/"
        made = [agent.post(url, {"text": f"رسالة {n}"}).json()["id"] for n in range(3)]
        Send.objects.filter(message=made[0]).update(state="failed", error_code="blocked")
        Send.objects.filter(message=made[1]).update(state="unknown")
        with django_assert_max_num_queries(4):
            rows = agent.get("/api/v1/inbox/sends/").json()["results"]
        assert [row["message_id"] for row in rows] == [made[1], made[0]]
        assert {row["state"] for row in rows} == {"unknown", "failed"}

        def listed(**query) -> list[str]:
            return [row["message_id"] for row in agent.get("/api/v1/inbox/sends/", query).json()["results"]]

        assert listed(state="failed", error_code="blocked") == [made[0]]
        assert listed(state="queued") == [made[2]]
        assert agent.get("/api/v1/inbox/sends/", {"state": "x"}).status_code == 400

    def test_deliveries(self, operator, conversation, whatsapp, django_assert_max_num_queries):
        with django_assert_max_num_queries(4):
            (row,) = operator.get("/api/v1/inbox/deliveries/", {"channel": str(whatsapp.id)}).json()[
                "results"
            ]
        assert "body" not in row
        assert "wamid.IN1" in operator.get(f"/api/v1/inbox/deliveries/{row['id']}/").json()["body"]
        assert ids(operator.get("/api/v1/inbox/deliveries/", {"failed": "true"})) == set()
        assert ids(operator.get("/api/v1/inbox/deliveries/", {"waiting": "false"})) == {row["id"]}
        InboundDelivery.objects.update(error="ValueError: x")
        assert ids(operator.get("/api/v1/inbox/deliveries/", {"failed": "true"})) == {row["id"]}
        assert operator.delete(f"/api/v1/inbox/deliveries/{row['id']}/").status_code == 403
        assert InboundDelivery.objects.count() == 1


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path", "scope"),
        [
            ("get", "conversations/", "crm:write"),
            ("patch", "conversations/{conversation}/", "inbox:read"),
            ("get", "conversations/{conversation}/messages/", "crm:read"),
            ("post", "conversations/{conversation}/messages/", "inbox:read"),
            ("post", "messages/", "inbox:read"),
            ("get", "messages/{message}/", "crm:read"),
            ("get", "sends/", "channels:admin"),
            ("get", "deliveries/", "inbox:write"),
            ("get", "providers/", "inbox:write"),
            ("get", "channels/", "crm:read"),
            ("post", "channels/", "inbox:write"),
            ("patch", "channels/{channel}/", "inbox:write"),
            ("post", "channels/{channel}/deactivate/", "inbox:write"),
        ],
    )
    def test_without_the_scope_it_is_refused(self, api, demo_key, conversation, method, path, scope):
        client = api("demo.localhost", key=demo_key(scope))
        where = {
            "conversation": conversation.id,
            "message": Message.objects.get().id,
            "channel": conversation.channel_id,
        }
        body = {"status": "closed", "text": "x", "contact_id": str(conversation.contact_id), "name": "x"}
        response = getattr(client, method)(f"/api/v1/inbox/{path.format(**where)}", body)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "insufficient_scope"
        conversation.refresh_from_db()
        assert (conversation.status, conversation.last_seq) == ("open", 1)
        assert conversation.channel.is_active

    def test_another_tenants_rows_are_not_there(self, api, other_key, conversation, demo):
        client = api("other.localhost", key=other_key())
        message_id = Message.objects.get().id
        assert client.get(CONVERSATIONS).json()["results"] == []
        for response in (
            client.get(f"{CONVERSATIONS}{conversation.id}/"),
            client.patch(f"{CONVERSATIONS}{conversation.id}/", {"status": "closed"}),
            client.get(f"{CONVERSATIONS}{conversation.id}/messages/"),
            client.post(f"{CONVERSATIONS}{conversation.id}/messages/", {"text": "x"}),
            client.get(f"/api/v1/inbox/messages/{message_id}/"),
            client.get(f"/api/v1/inbox/channels/{conversation.channel_id}/"),
        ):
            assert response.status_code == 404
        written = client.post(
            "/api/v1/inbox/messages/", {"contact_id": str(conversation.contact_id), "text": "x"}
        )
        assert written.status_code == 400
        assert api("demo.localhost", key=other_key()).get(CONVERSATIONS).status_code == 403
        with tenant_scope(demo):
            assert Message.objects.count() == 1

"""A thread's facts: authors by name, quotes, reactions both ways, failures in plain words, sending again."""

from __future__ import annotations

import uuid

import pytest

from channels_app.models import Conversation, Message, Send
from channels_app.services.failures import failure_of
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.tests.support import NUMBER, TELEGRAM, message, receive, whatsapp_body
from workflow.models import Workflow

CONVERSATIONS = "/api/v1/inbox/conversations/"
MESSAGES = "/api/v1/inbox/messages/"


@pytest.fixture
def url(conversation) -> str:
    return f"{CONVERSATIONS}{conversation.id}/messages/"


def thread(client, url: str) -> list[dict]:
    return client.get(url).json()["results"]


class TestAuthors:
    def test_are_shown_by_name(self, agent, bobs, bob, url, conversation, django_assert_max_num_queries):
        workflow = Workflow.objects.create(name="ترحيب", draft={})
        authors = (f"workflow:{workflow.id}", f"agent:{uuid.uuid4()}", "broadcast", f"member:{uuid.uuid4()}")
        for n, author in enumerate(authors):
            write_messages(
                [NewMessage(effect_key=f"k{n}", author=author, text=f"{n}", conversation_id=conversation.id)]
            )
        agent.post(url, {"text": "من برنامج"})
        bobs.post(url, {"text": "من بوب"})
        with django_assert_max_num_queries(11):
            rows = thread(bobs, url)
        shown = [(row["author_shown"]["kind"], row["author_shown"]["name"]) for row in rows]
        assert shown == [
            ("contact", ""),
            ("workflow", "ترحيب"),
            ("agent", ""),
            ("broadcast", ""),
            ("member", ""),
            ("key", "test"),
            ("member", "Bob"),
        ]


class TestQuotes:
    def test_by_our_id(self, bobs, url, pump, world):
        first = thread(bobs, url)[0]
        made = bobs.post(url, {"text": "نعم", "reply_to_message_id": first["id"]}).json()
        assert made["reply_to"] == "wamid.IN1"
        assert (made["quoted"]["id"], made["quoted"]["text"]) == (first["id"], first["text"])
        assert made["quoted"]["author"]["kind"] == "contact"
        pump()
        assert world.outbox(NUMBER)[0]["reply_to"] == "wamid.IN1"

    def test_only_of_this_conversation(self, bobs, url, telegram):
        receive(telegram, TELEGRAM["text"])
        elsewhere = Message.objects.latest("created_at")
        response = bobs.post(url, {"text": "نعم", "reply_to_message_id": str(elsewhere.id)})
        assert "reply_to_message_id" in response.json()["error"]["fields"]
        assert not Send.objects.exists()


class TestReactions:
    def test_of_the_customer_the_newest_counts(self, bobs, url, whatsapp):
        for n, emoji in enumerate(("👍", "❤️")):
            reaction = message(f"r{n}", type="reaction", reaction={"message_id": "wamid.IN1", "emoji": emoji})
            receive(whatsapp, whatsapp_body(messages=[reaction]))
        shown = thread(bobs, url)[0]["reactions"]
        assert [(one["emoji"], one["direction"]) for one in shown] == [("❤️", "in")]
        gone = message("r9", type="reaction", reaction={"message_id": "wamid.IN1"})
        receive(whatsapp, whatsapp_body(messages=[gone]))
        assert thread(bobs, url)[0]["reactions"] == []

    def test_of_ours_over_whatsapp(self, bobs, url, pump, world):
        target = thread(bobs, url)[0]["id"]
        shown = bobs.post(f"{MESSAGES}{target}/reaction/", {"emoji": "🌹"})
        assert shown.status_code == 201, shown.json()
        assert [(one["emoji"], one["author"]["name"]) for one in shown.json()["reactions"]] == [("🌹", "Bob")]
        pump()
        assert [(out["type"], out["text"]) for out in world.outbox(NUMBER)] == [("reaction", "🌹")]
        Send.objects.update(state="failed")
        Message.objects.filter(direction="out").update(state="failed")
        assert thread(bobs, url)[0]["reactions"] == []

    def test_of_ours_over_telegram_and_taken_back(self, bobs, telegram, pump, world):
        world.inbound("shop_bot", from_="6100200300", text="سلام", wait="none")
        receive(telegram, TELEGRAM["text"])
        target = Message.objects.get()
        sent = world.messages("shop_bot")[0]["id"]
        Message.objects.update(provider_message_id=f"6100200300:{sent}")
        Conversation.objects.update(recipient="6100200300")
        for emoji in ("👍", ""):
            assert bobs.post(f"{MESSAGES}{target.id}/reaction/", {"emoji": emoji}).status_code == 201
            pump()
        assert [(out["type"], out["text"]) for out in world.outbox("shop_bot")] == [
            ("reaction", "👍"),
            ("reaction", ""),
        ]
        assert {send.state for send in Send.objects.all()} == {"sent"}
        assert thread(bobs, f"{CONVERSATIONS}{target.conversation_id}/messages/")[0]["reactions"] == []

    def test_refused_where_there_are_none(self, bobs, webchat):
        import json

        body = {"visitor": {"id": "v_" + "a" * 32}, "messages": [{"id": "m1", "text": "سلام"}]}
        receive(webchat, json.dumps(body).encode())
        response = bobs.post(f"{MESSAGES}{Message.objects.get().id}/reaction/", {"emoji": "👍"})
        assert (response.status_code, response.json()["error"]["code"]) == (409, "reaction_refused")
        assert not Send.objects.exists()


class TestFailures:
    def test_are_told_in_plain_words(self, bobs, url):
        made = bobs.post(url, {"text": "x"}).json()
        assert made["failure"] is None
        Send.objects.update(state="failed", error_code="131049")
        failure = thread(bobs, url)[1]["failure"]
        assert failure["code"] == "131049"
        assert "day" in failure["fix"]
        assert failure["again"] is False

    @pytest.mark.parametrize(
        ("code", "known"),
        [
            ("window_closed", "window_closed"),
            ("131030", "unreachable"),
            ("PermanentError", "gone"),
            ("999999", "other"),
            ("", "other"),
        ],
    )
    def test_codes(self, code, known):
        assert failure_of(code).code == known

    def test_again_is_a_new_message_once(self, bobs, url, pump, world):
        made = bobs.post(url, {"text": "مرة أخرى", "buttons": [{"id": "y", "title": "نعم"}]}).json()
        Send.objects.update(state="failed", error_code="account")
        first = bobs.post(f"{MESSAGES}{made['id']}/retry/").json()
        second = bobs.post(f"{MESSAGES}{made['id']}/retry/").json()
        assert first["id"] == second["id"] != made["id"]
        assert first["data"]["retry_of"] == made["id"]
        pump()
        (out,) = world.outbox(NUMBER)
        assert (out["text"], out["buttons"][0]["title"]) == ("مرة أخرى", "نعم")
        assert Send.objects.get(message=made["id"]).state == "failed"

    @pytest.mark.parametrize("state", ["unknown", "queued", "sending", "sent", "delivered", "read"])
    def test_what_may_have_arrived_is_not_sent_again(self, bobs, url, state):
        made = bobs.post(url, {"text": "x"}).json()
        Send.objects.update(state=state)
        response = bobs.post(f"{MESSAGES}{made['id']}/retry/")
        assert (response.status_code, response.json()["error"]["code"]) == (409, "not_retryable")
        assert Send.objects.count() == 1

    def test_needs_the_scope(self, api, demo_key, other_key, bobs, url):
        made = bobs.post(url, {"text": "x"}).json()
        Send.objects.update(state="failed")
        for path in ("retry", "reaction"):
            at = f"{MESSAGES}{made['id']}/{path}/"
            reader = api("demo.localhost", key=demo_key("inbox:read"))
            assert reader.post(at, {"emoji": "👍"}).status_code == 403
            assert api("other.localhost", key=other_key()).post(at, {"emoji": "👍"}).status_code == 404
        assert Send.objects.count() == 1


class TestDetail:
    def test_shows_what_stands_beside_it(self, bobs, conversation, whatsapp, django_assert_max_num_queries):
        bobs.patch(f"{CONVERSATIONS}{conversation.id}/", {"status": "closed"})
        receive(whatsapp, whatsapp_body(messages=[message(2, "من جديد")]))
        fresh = Conversation.objects.exclude(id=conversation.id).get()
        with django_assert_max_num_queries(9):
            shown = bobs.get(f"{CONVERSATIONS}{fresh.id}/").json()
        assert shown["contact"]["phone"] == "+213555010203"
        assert [one["id"] for one in shown["other_conversations"]] == [str(conversation.id)]
        assert shown["can"]["reactions"] is True
        assert shown["can"]["file_limits"]["image"] == 5_000_000
        assert shown["window_closes_at"] > shown["last_inbound_at"]

"""The web chat's public side: let in, read one's own, marked as delivered, for allowed sites only."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from channels_app.api.throttling import NewVisitors
from channels_app.models import Conversation, Message, Send
from channels_app.providers.base import MessageType, WebhookRequest
from channels_app.providers.registry import PROVIDERS
from channels_app.providers.webchat.visitors import issue_visitor_token
from channels_app.services.channels import set_active
from channels_app.services.conversations import set_status
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.tests.support import OWN_SECRET, receive

SITE_KEY = "wc_0123456789ab"
BASE = f"/api/v1/webchat/{SITE_KEY}/"
SITE = "https://boutique.example.dz"


@pytest.fixture(autouse=True)
def _fresh_counters(demo, inside):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def browser(api, webchat) -> APIClient:
    """Nobody in particular."""
    return api("demo.localhost")


def let_in(browser: APIClient, **headers: str) -> dict[str, str]:
    response = browser.post(f"{BASE}session/", headers=headers)
    assert response.status_code == 200, response.json()
    return response.json()


def says(channel, visit: dict[str, str], text: str) -> None:
    """What the widget posts, past the signature check that the accept route makes."""
    body = {"visitor": {"id": visit["visitor_id"]}, "messages": [{"id": uuid.uuid4().hex, "text": text}]}
    raw = json.dumps(body).encode()
    request = WebhookRequest(
        method="POST", query={}, headers={"authorization": f"Visitor {visit['token']}"}, body=raw
    )
    PROVIDERS.get("webchat").verify(request, [OWN_SECRET])
    receive(channel, raw)


def answers(conversation: Conversation, text: str, **values) -> Message:
    key = uuid.uuid4().hex
    new = NewMessage(effect_key=key, author="member:x", text=text, conversation_id=conversation.id, **values)
    return write_messages([new])[0]


def reads(browser: APIClient, visit: dict[str, str], after: int = 0) -> dict:
    response = browser.get(
        f"{BASE}messages/", {"after_seq": after}, headers={"Authorization": f"Visitor {visit['token']}"}
    )
    assert response.status_code == 200, response.json()
    return response.json()


class TestSession:
    def test_lets_a_new_visitor_in(self, browser, webchat):
        visit = let_in(browser)
        assert visit["visitor_id"].startswith("v_")
        assert visit["greeting"] == "مرحبا بك!"
        assert visit["post_to"].startswith("/webhooks/webchat/")
        assert reads(browser, visit) == {"conversation_id": None, "results": []}
        assert let_in(browser)["visitor_id"] != visit["visitor_id"]

    def test_the_same_visitor_goes_on(self, browser):
        visit = let_in(browser)
        again = let_in(browser, Authorization=f"Visitor {visit['token']}")
        assert again["visitor_id"] == visit["visitor_id"]

    def test_a_bad_token_is_a_new_visitor(self, browser):
        expired = issue_visitor_token(OWN_SECRET, "v-old", -1)
        forged = issue_visitor_token("another secret, long enough", "v-old", 60)
        for token in (expired, forged, "x"):
            assert let_in(browser, Authorization=f"Visitor {token}")["visitor_id"] != "v-old"

    def test_needs_a_chat_that_is_on(self, browser, webchat, api):
        assert browser.post("/api/v1/webchat/wc_nobody0000/session/").status_code == 404
        assert api("other.localhost").post(f"{BASE}session/").status_code == 404
        assert api("localhost").post(f"{BASE}session/").status_code == 404
        set_active(webchat, False)
        assert browser.post(f"{BASE}session/").status_code == 404


class TestReading:
    def test_both_sides_in_order(self, browser, webchat):
        visit = let_in(browser)
        says(webchat, visit, "واش كاين تخفيض؟")
        conversation = Conversation.objects.get()
        answers(conversation, "نعم: WASL10")
        says(webchat, visit, "شكرا")
        piece = reads(browser, visit)
        assert piece["conversation_id"] == str(conversation.id)
        assert [(row["seq"], row["mine"], row["text"]) for row in piece["results"]] == [
            (1, True, "واش كاين تخفيض؟"),
            (2, False, "نعم: WASL10"),
            (3, True, "شكرا"),
        ]
        assert [row["seq"] for row in reads(browser, visit, after=2)["results"]] == [3]

    def test_says_nothing_of_the_team(self, browser, webchat):
        visit = let_in(browser)
        says(webchat, visit, "سلام")
        buttons = ({"id": "y", "title": "نعم"},)
        answers(
            Conversation.objects.get(),
            "؟",
            buttons=buttons,
            type=MessageType.INTERACTIVE,
            data={"internal": 1},
        )
        row = reads(browser, visit)["results"][1]
        assert set(row) == {"id", "seq", "mine", "type", "text", "data", "files", "sent_at", "edited_at"}
        assert row["data"] == {"buttons": list(buttons)}

    def test_fetched_is_delivered(self, browser, webchat, pump, published):
        visit = let_in(browser)
        says(webchat, visit, "سلام")
        conversation = Conversation.objects.get()
        sent, queued = answers(conversation, "أهلا"), None
        pump()
        queued = answers(conversation, "كيف أساعدك؟")
        reads(browser, visit)
        states = {send.message_id: send.state for send in Send.objects.all()}
        assert states == {sent.id: "delivered", queued.id: "delivered"}
        assert Message.objects.get(id=sent.id).delivered_at is not None
        assert len(published("MESSAGE_SENT")) == 2
        pump()
        reads(browser, visit)
        assert {send.state for send in Send.objects.all()} == {"delivered"}
        assert len(published("MESSAGE_SENT")) == 2

    def test_what_was_refused_is_not_shown(self, browser, webchat, pump):
        visit = let_in(browser)
        says(webchat, visit, "سلام")
        answers(Conversation.objects.get(), "", type=MessageType.TEMPLATE, template={"name": "x"})
        assert len(reads(browser, visit)["results"]) == 1
        pump()
        assert Send.objects.get().state == "failed"
        assert len(reads(browser, visit)["results"]) == 1

    def test_only_ones_own(self, browser, webchat):
        first, second = let_in(browser), let_in(browser)
        says(webchat, first, "سري")
        says(webchat, second, "لي")
        assert [row["text"] for row in reads(browser, second)["results"]] == ["لي"]

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Bearer x",
            "Visitor x",
            "Visitor " + issue_visitor_token("another secret, long enough", "v-1", 60),
            "Visitor " + issue_visitor_token(OWN_SECRET, "v-1", -1),
        ],
        ids=["none", "bearer", "garbage", "forged", "expired"],
    )
    def test_without_a_good_token_nothing(self, browser, header):
        headers = {"Authorization": header} if header else {}
        response = browser.get(f"{BASE}messages/", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Visitor")

    def test_a_new_conversation_begins_anew(self, browser, webchat):
        visit = let_in(browser)
        says(webchat, visit, "أولا")
        first = Conversation.objects.get()
        set_status(first.id, "closed", actor="system")
        says(webchat, visit, "ثانيا")
        piece = reads(browser, visit)
        assert piece["conversation_id"] != str(first.id)
        assert [row["text"] for row in piece["results"]] == ["ثانيا"]

    def test_within_budget(self, browser, webchat, django_assert_max_num_queries):
        visit = let_in(browser)
        for number in range(5):
            says(webchat, visit, f"رسالة {number}")
        with django_assert_max_num_queries(6):
            assert len(reads(browser, visit)["results"]) == 5


class TestOrigins:
    def test_an_allowed_site_may_read_the_answer(self, browser):
        for response in (
            browser.options(f"{BASE}session/", headers={"Origin": SITE}),
            browser.post(f"{BASE}session/", headers={"Origin": SITE}),
            browser.get(f"{BASE}messages/", headers={"Origin": SITE}),
        ):
            assert response.headers["Access-Control-Allow-Origin"] == SITE
            assert "authorization" in response.headers["Access-Control-Allow-Headers"]
            assert "Origin" in response.headers["Vary"]
            assert "Access-Control-Allow-Credentials" not in response.headers

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", f"{SITE}.evil.example", "http://demo.localhost"]
    )
    def test_no_other_site_may(self, browser, origin):
        for response in (
            browser.options(f"{BASE}session/", headers={"Origin": origin}),
            browser.post(f"{BASE}session/", headers={"Origin": origin}),
        ):
            assert response.status_code == 403
            assert "Access-Control-Allow-Origin" not in response.headers


class TestLimits:
    def test_an_address_has_its_share(self, browser, monkeypatch, api):
        monkeypatch.setattr(NewVisitors, "limit", 3)
        monkeypatch.setattr("core.api.throttling.time.time", lambda: 1_000_000.0)
        statuses = [browser.post(f"{BASE}session/").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        refused = browser.post(f"{BASE}session/", headers={"X-Forwarded-For": "203.0.113.9"})
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        elsewhere = browser.post(f"{BASE}session/", REMOTE_ADDR="203.0.113.7")
        assert elsewhere.status_code == 200
        monkeypatch.setattr("core.api.throttling.time.time", lambda: 1_000_060.0)
        assert browser.post(f"{BASE}session/").status_code == 200

    def test_without_the_cache_nothing_is_counted(self, browser, monkeypatch, settings):
        monkeypatch.setattr(NewVisitors, "limit", 1)
        settings.CACHES = {
            **settings.CACHES,
            "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
        }
        assert [browser.post(f"{BASE}session/").status_code for _ in range(3)] == [200] * 3

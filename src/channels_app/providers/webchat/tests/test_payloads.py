"""Every recorded web chat body is understood as it should be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels_app.providers.base import InboundMessage, MessageType, Notice
from channels_app.providers.tests.support import dumps, read, recorded
from channels_app.providers.webchat import WebChatProvider

PROVIDER = WebChatProvider()
BODIES = recorded("webchat")
FIRST: dict[str, dict[str, Any]] = {
    "text_darja": {"type": MessageType.TEXT, "text": "sa7it, wach kayen taille 38?", "reply_to": ""},
    "two_arabic_messages": {"provider_message_id": "v-7f3a9d:m1", "text": "السلام عليكم"},
    "button": {
        "type": MessageType.INTERACTIVE,
        "text": "بله",
        "data": {"reply": {"kind": "button", "id": "yes", "title": "بله"}},
    },
    "location": {
        "type": MessageType.LOCATION,
        "text": "قسنطينة",
        "data": {"location": {"latitude": 36.36, "longitude": 6.61}},
    },
    "with_referral": {"type": MessageType.TEXT, "text": "Bonjour"},
    "future_type": {
        "type": MessageType.UNSUPPORTED,
        "data": {"raw": {"id": "m1", "type": "drawing", "strokes": [[0, 1], [2, 3]]}},
    },
}


def body(visitor: Any = None, *messages: Any) -> bytes:
    return dumps(
        {"visitor": visitor or {"id": "v-1"}, "messages": list(messages) or [{"id": "m1", "text": "x"}]}
    )


def test_every_recorded_body_has_its_test() -> None:
    assert set(BODIES) == set(FIRST)


@pytest.mark.parametrize("name", FIRST)
def test_messages(name: str) -> None:
    message = read(PROVIDER, BODIES[name])[0]
    assert isinstance(message, InboundMessage)
    assert {field: getattr(message, field) for field in FIRST[name]} == FIRST[name]
    assert message.sender.user_id == json.loads(BODIES[name])["visitor"]["id"]


def test_messages_of_one_visitor_stay_in_order_in_one_lane() -> None:
    one, two = PROVIDER.split(BODIES["two_arabic_messages"])
    assert (one.key, two.key) == ("v-7f3a9d:m1", "v-7f3a9d:m2")
    assert one.lane == two.lane == "v-7f3a9d"
    assert one.account_id == ""
    assert read(PROVIDER, BODIES["two_arabic_messages"])[1].reply_to == "wc:msg-0199"


def test_times() -> None:
    assert read(PROVIDER, BODIES["text_darja"])[0].sent_at == datetime(2025, 10, 9, 9, 0, tzinfo=UTC)
    assert [m.sent_at.timestamp() for m in read(PROVIDER, BODIES["two_arabic_messages"])] == [
        1760000000,
        1760000005,
    ]


@pytest.mark.parametrize(
    "value", [None, "demain", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", 4_000_000_000]
)
def test_clocks_that_are_wrong_are_not_believed(value: Any) -> None:
    (message,) = read(PROVIDER, body(None, {"id": "m1", "sent_at": value}))
    assert abs(message.sent_at - datetime.now(UTC)) < timedelta(seconds=5)


def test_claims_are_kept_apart_from_the_sender() -> None:
    (message,) = read(PROVIDER, BODIES["text_darja"])
    assert message.data["visitor"] == {"email": "sabrina@exemple.dz", "phone": "+213555123456"}
    assert (message.sender.phone, message.sender.name, message.sender.language) == (None, "Sabrina", "fr")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("00213 555 12 34 56", "+213555123456"),
        ("213555123456", "+213555123456"),
        ("+٢١٣٥٥٥١٢٣٤٥٦", "+213555123456"),
        ("+2130555123456", "+213555123456"),
        ("0555 12 34 56", "0555 12 34 56"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("اتصل بي", "اتصل بي"),
        ("12", "12"),
    ],
)
def test_phones_with_a_country_code_become_e164(typed: str, kept: str) -> None:
    (message,) = read(PROVIDER, body({"id": "v-1", "phone": typed}))
    assert message.data["visitor"]["phone"] == kept


def test_the_page_is_kept() -> None:
    assert read(PROVIDER, BODIES["with_referral"])[0].data["referral"]["source_type"] == "page"


def test_two_visitors_may_use_one_message_id() -> None:
    assert PROVIDER.split(body({"id": "v-1"}))[0].key != PROVIDER.split(body({"id": "v-2"}))[0].key


@pytest.mark.parametrize("visitor_id", ["a:b", "", None, {"x": 1}, "v" * 129, "مريم"])
def test_bad_visitor_ids_are_kept_aside(visitor_id: Any) -> None:
    (fragment,) = PROVIDER.split(body({"id": visitor_id, "name": "?"}))
    assert (fragment.lane, fragment.key[:7]) == ("misc", "sha256:")
    assert isinstance(PROVIDER.parse(fragment.payload)[0], Notice)


@pytest.mark.parametrize("bad", [None, 5, "x", [], {}, {"id": None}, {"id": []}])
def test_one_bad_item_never_loses_the_rest(bad: Any) -> None:
    good = {"id": "m1", "text": "سلام", "sent_at": 1760000000}
    odd, message, again = read(PROVIDER, body(None, bad, good, bad))
    assert isinstance(odd, Notice)
    assert isinstance(again, Notice)
    assert message.text == "سلام"


@pytest.mark.parametrize(
    "value", [{}, {"visitor": {}}, {"messages": []}, {"visitor": [], "messages": []}, []]
)
def test_a_body_of_another_shape_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        PROVIDER.split(dumps(value))

"""Every recorded Telegram update is understood as it should be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels_app.providers.base import (
    InboundMessage,
    MediaRef,
    MessageEdited,
    MessageRevoked,
    MessageType,
    Notice,
)
from channels_app.providers.telegram import TelegramProvider
from channels_app.providers.tests.support import dumps, read, recorded

PROVIDER = TelegramProvider()
BODIES = recorded("telegram")
USER = "6100200300"


def ref(kind: str, number: int, mime_type: str = "", filename: str = "") -> tuple[MediaRef, ...]:
    file_id = f"AgACAgQAAxkB{number:04d}"
    return (
        MediaRef(kind=kind, provider_id=file_id, mime_type=mime_type, filename=filename, size=1000 + number),
    )


MESSAGES: dict[str, dict[str, Any]] = {
    "text": {
        "type": MessageType.TEXT,
        "text": "مرحبا 👋 شحال سومة هذا الحذاء؟",
        "data": {"entities": [{"offset": 0, "length": 5, "type": "bold"}]},
    },
    "start_with_payload": {"type": MessageType.TEXT, "text": "/start ad_hiver-2026"},
    "reply_with_quote": {
        "reply_to": f"{USER}:321",
        "data": {"quote": {"text": "modèle noir", "position": 3}},
    },
    "text_persian_in_group": {
        "text": "سلام، ارسال به تلمسان دارید؟",
        "data": {"chat": {"id": -1002003004005, "type": "supergroup", "title": "زبائن وهران"}},
    },
    "photo_in_album": {
        "type": MessageType.IMAGE,
        "text": "هذا المقاس",
        "media": ref("image", 3, "image/jpeg"),
        "data": {"media_group_id": "13900000000001"},
    },
    "voice": {
        "type": MessageType.AUDIO,
        "media": ref("audio", 4, "audio/ogg"),
        "data": {"voice": True, "duration": 7},
    },
    "audio": {"type": MessageType.AUDIO, "media": ref("audio", 5, "audio/mpeg", "rai.mp3")},
    "video": {
        "type": MessageType.VIDEO,
        "text": "la couture est défaite",
        "media": ref("video", 6, "video/mp4"),
    },
    "video_note": {"type": MessageType.VIDEO, "media": ref("video", 7)},
    "animation": {"type": MessageType.VIDEO, "media": ref("video", 8, "video/mp4", "x.mp4")},
    "document": {
        "type": MessageType.DOCUMENT,
        "media": ref("document", 9, "application/pdf", "reçu-تحويل.pdf"),
    },
    "sticker": {"type": MessageType.STICKER, "media": ref("sticker", 10)},
    "location": {
        "type": MessageType.LOCATION,
        "data": {"location": {"latitude": 35.6971, "longitude": -0.6308}},
    },
    "venue": {"type": MessageType.LOCATION, "text": "البريد المركزي · الجزائر"},
    "own_contact": {"type": MessageType.CONTACTS, "text": "نادية مرابط"},
    "other_contact": {"type": MessageType.CONTACTS, "text": "Karim"},
    "poll": {"type": MessageType.UNSUPPORTED, "text": "أي لون؟"},
    "dice": {"type": MessageType.UNSUPPORTED, "text": "🎲"},
    "web_app_data": {
        "type": MessageType.INTERACTIVE,
        "text": "اختر المقاس",
        "data": {"reply": {"kind": "web_app", "id": '{"taille":42}', "title": "اختر المقاس"}},
    },
    "forwarded": {"type": MessageType.TEXT, "text": "عرض خاص"},
    "new_members": {"type": MessageType.SYSTEM},
    "future_message": {"type": MessageType.UNSUPPORTED},
    "callback_query": {
        "type": MessageType.INTERACTIVE,
        "provider_message_id": "callback:26200000000000001",
        "text": "نعم ✅",
        "reply_to": f"{USER}:410",
        "data": {
            "reply": {"kind": "callback", "id": "confirm:381", "title": "نعم ✅"},
            "callback_query_id": "26200000000000001",
        },
    },
    "callback_query_inaccessible": {"text": "old", "reply_to": f"{USER}:12"},
    "reaction": {
        "type": MessageType.REACTION,
        "text": "❤",
        "reply_to": f"{USER}:410",
        "data": {"reaction": {"message_id": f"{USER}:410", "emoji": "❤", "removed": False}},
    },
    "business_message": {
        "text": "Bonjour, vous livrez à Béjaïa ?",
        "echo": False,
        "data": {"business_connection_id": "bc-1"},
    },
    "business_message_of_owner": {"text": "Oui, 400 DA", "echo": True},
}
NOTICES = {
    "live_location_step": ("edited_message", USER),
    "blocked": ("blocked", USER),
    "business_connection": ("business_connection", "6900000009"),
    "channel_post": ("channel_post", "-1009"),
    "inline_query": ("inline_query", USER),
    "future_update": ("telepathy", USER),
}
ELSEWHERE = {"edited_message", "deleted_business_messages"}


def one(name: str) -> Any:
    (item,) = read(PROVIDER, BODIES[name])
    return item


def changed(name: str, kind: str, **changes: Any) -> bytes:
    update = json.loads(BODIES[name])
    update[kind].update(changes)
    return dumps(update)


def test_every_recorded_body_has_its_test() -> None:
    assert set(BODIES) == {*MESSAGES, *NOTICES, *ELSEWHERE}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    message = one(name)
    assert isinstance(message, InboundMessage)
    assert {field: getattr(message, field) for field in MESSAGES[name]} == MESSAGES[name]


@pytest.mark.parametrize("name", NOTICES)
def test_notices(name: str) -> None:
    notice = one(name)
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.user_id) == NOTICES[name]
    assert notice.data in json.loads(BODIES[name]).values()


@pytest.mark.parametrize("name", BODIES)
def test_one_fragment_keyed_by_the_update(name: str) -> None:
    (fragment,) = PROVIDER.split(BODIES[name])
    assert fragment.account_id == ""
    assert fragment.key == f"update:{json.loads(BODIES[name])['update_id']}"


def test_what_is_about_one_customer_shares_a_lane() -> None:
    about_the_customer = [
        *MESSAGES,
        "blocked",
        "inline_query",
        *ELSEWHERE,
        "live_location_step",
        "future_update",
    ]
    lanes = {
        PROVIDER.split(BODIES[name])[0].lane for name in about_the_customer if name != "text_persian_in_group"
    }
    assert lanes - {"6100200300"} == set()
    assert PROVIDER.split(BODIES["text_persian_in_group"])[0].lane == "6100200301"


def test_sender_and_message_id() -> None:
    message = one("text")
    sender = message.sender
    assert (sender.user_id, sender.name, sender.username) == (USER, "نادية مرابط", "nadia_m")
    assert (sender.language, sender.phone) == ("ar", None)
    assert message.provider_message_id == f"{USER}:{json.loads(BODIES['text'])['message']['message_id']}"
    assert message.sent_at.timestamp() == json.loads(BODIES["text"])["message"]["date"]


def test_start_payload_is_the_referral() -> None:
    assert one("start_with_payload").data["referral"] == {"source_type": "start", "ref": "ad_hiver-2026"}


@pytest.mark.parametrize(
    ("text", "referral"),
    [
        ("/start", None),
        ("/start@BoutiqueBot abc", "abc"),
        ("/start a b", None),
        ("/start " + "a" * 65, None),
        ("/starter abc", None),
    ],
)
def test_other_starts(text: str, referral: str | None) -> None:
    (message,) = read(PROVIDER, changed("text", "message", text=text))
    assert message.data.get("referral", {}).get("ref") == referral


def test_only_ones_own_card_proves_a_phone() -> None:
    assert one("own_contact").sender.phone == "+213550010203"
    assert one("other_contact").sender.phone is None
    assert one("other_contact").data["contacts"][0]["phones"] == [{"phone": "+213661000001"}]


def test_forwarding_polls_and_unknown_messages_are_kept() -> None:
    assert one("forwarded").data["forwarded"] is True
    assert one("poll").data["poll"]["question"] == "أي لون؟"
    assert one("dice").data["dice"]["value"] == 4
    assert one("future_message").data["raw"]["hologram"] == {"id": "h1"}
    assert one("new_members").data["system"]["type"] == "new_chat_members"


def test_the_sender_of_an_owners_message_is_the_customer() -> None:
    assert one("business_message_of_owner").sender.user_id == USER


def test_edits() -> None:
    edit = one("edited_message")
    assert isinstance(edit, MessageEdited)
    assert edit.text == "أقصد مقاس 43"
    assert edit.provider_message_id.startswith(f"{USER}:")
    assert edit.occurred_at == datetime.fromtimestamp(1760010000, UTC)


def test_deletions_name_each_message() -> None:
    items = read(PROVIDER, BODIES["deleted_business_messages"])
    assert all(isinstance(item, MessageRevoked) for item in items)
    assert [item.provider_message_id for item in items] == [f"{USER}:501", f"{USER}:502"]


def test_a_pressed_button_is_pressed_now() -> None:
    assert abs(one("callback_query").sent_at - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_reaction_taken_back() -> None:
    (message,) = read(PROVIDER, changed("reaction", "message_reaction", new_reaction=[]))
    assert message.data["reaction"]["removed"] is True


@pytest.mark.parametrize(
    ("status", "chat", "kind"),
    [
        ("member", "private", "unblocked"),
        ("kicked", "supergroup", "my_chat_member"),
        ("administrator", "private", "my_chat_member"),
    ],
)
def test_membership(status: str, chat: str, kind: str) -> None:
    body = changed(
        "blocked", "my_chat_member", new_chat_member={"status": status}, chat={"id": 6100200300, "type": chat}
    )
    assert read(PROVIDER, body)[0].kind == kind


@pytest.mark.parametrize("missing", ["from", "chat", "message_id"])
def test_a_message_without_the_essentials_is_a_notice(missing: str) -> None:
    (notice,) = read(PROVIDER, changed("text", "message", **{missing: None}))
    assert isinstance(notice, Notice)
    assert notice.data["text"].startswith("مرحبا")


def test_an_update_without_a_number_is_kept_aside() -> None:
    (fragment,) = PROVIDER.split(b'{"message": {"text": "x"}}')
    assert fragment.key.startswith("sha256:")
    assert fragment.lane == "misc"


@pytest.mark.parametrize("ids", [[], None, [None]])
def test_deletions_of_nothing_are_a_notice(ids: Any) -> None:
    (notice,) = read(
        PROVIDER, changed("deleted_business_messages", "deleted_business_messages", message_ids=ids)
    )
    assert isinstance(notice, Notice)


def test_a_photo_without_a_file_is_kept_as_it_is() -> None:
    (message,) = read(PROVIDER, changed("photo_in_album", "message", photo=[None]))
    assert (message.type, message.media) == (MessageType.UNSUPPORTED, ())
    assert message.data["raw"]["media_group_id"] == "13900000000001"


def test_a_button_pressed_by_nobody_is_a_notice() -> None:
    body = changed("callback_query", "callback_query", **{"from": None})
    assert read(PROVIDER, body)[0].kind == "callback_query"


def test_an_anonymous_reaction_is_a_notice() -> None:
    assert read(PROVIDER, changed("reaction", "message_reaction", user=None))[0].kind == "message_reaction"

"""Every recorded WhatsApp body is understood as it should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channels_app.providers.base import (
    DeliveryState,
    InboundMessage,
    MediaRef,
    MessageEdited,
    MessageRevoked,
    MessageType,
    Notice,
    StatusUpdate,
)
from channels_app.providers.tests.support import dumps, read, recorded
from channels_app.providers.whatsapp import WhatsAppProvider

PROVIDER = WhatsAppProvider()
BODIES = recorded("whatsapp")
PHONE_ID = "213555010203"
SHA = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
PNG = {"mime_type": "image/jpeg", "sha256": SHA}


def ref(kind: str, number: int, mime_type: str, filename: str = "") -> tuple[MediaRef, ...]:
    file_id = f"147950000000000{number}"
    return (MediaRef(kind=kind, provider_id=file_id, mime_type=mime_type, sha256=SHA, filename=filename),)


MESSAGES: dict[str, dict[str, Any]] = {
    "text_arabic": {"type": MessageType.TEXT, "text": "السلام عليكم، هل عندكم توصيل إلى سطيف؟", "data": {}},
    "text_persian_username_only": {"type": MessageType.TEXT, "text": "سلام، کد تخفیف دارید؟"},
    "text_darja_with_user_id": {"text": "khoya ch7al el prix ta3 had sebbat? w livraison l wahran?"},
    "text_from_ad": {"text": "Bonjour, l'offre est encore valable ?"},
    "text_reply": {"reply_to": "wamid.OUTGOING0001"},
    "text_forwarded": {"data": {"forwarded": True, "frequently_forwarded": True}, "reply_to": ""},
    "text_in_group": {"data": {"group_id": "Y2FwaV9ncm91cDox"}},
    "image": {"type": MessageType.IMAGE, "text": "هذا القياس", "media": ref("image", 1, "image/jpeg")},
    "video": {"type": MessageType.VIDEO, "text": "", "media": ref("video", 2, "video/mp4")},
    "voice": {
        "type": MessageType.AUDIO,
        "media": ref("audio", 3, "audio/ogg; codecs=opus"),
        "data": {"voice": True},
    },
    "document": {
        "type": MessageType.DOCUMENT,
        "text": "Bon de commande",
        "media": ref("document", 4, "application/pdf", "bon-de-commande-قسنطينة.pdf"),
    },
    "sticker": {
        "type": MessageType.STICKER,
        "media": ref("sticker", 5, "image/webp"),
        "data": {"animated": True},
    },
    "media_expired": {"type": MessageType.IMAGE, "media": ()},
    "location": {"type": MessageType.LOCATION, "text": "مقام الشهيد · سطيف"},
    "contacts": {"type": MessageType.CONTACTS, "text": "Karim Haddad, سمير"},
    "reaction": {
        "type": MessageType.REACTION,
        "text": "👍",
        "reply_to": "wamid.OUTGOING0001",
        "data": {"reaction": {"message_id": "wamid.OUTGOING0001", "emoji": "👍", "removed": False}},
    },
    "reaction_removed": {
        "type": MessageType.REACTION,
        "text": "",
        "data": {"reaction": {"message_id": "wamid.OUTGOING0001", "emoji": "", "removed": True}},
    },
    "template_button": {
        "type": MessageType.INTERACTIVE,
        "text": "نعم، أكّد الطلب",
        "reply_to": "wamid.OUTGOING0002",
        "data": {"reply": {"kind": "button", "id": "confirm-381", "title": "نعم، أكّد الطلب"}},
    },
    "button_reply": {"text": "Oui", "data": {"reply": {"kind": "button_reply", "id": "yes", "title": "Oui"}}},
    "list_reply": {
        "type": MessageType.INTERACTIVE,
        "text": "سطيف",
        "data": {
            "reply": {
                "kind": "list_reply",
                "id": "wilaya-19",
                "title": "سطيف",
                "description": "توصيل خلال 48 ساعة",
            }
        },
    },
    "flow_reply": {"type": MessageType.INTERACTIVE, "text": "Sent"},
    "call_permission_reply": {"type": MessageType.INTERACTIVE, "text": "accept"},
    "order": {"type": MessageType.ORDER, "text": "Livraison à domicile svp"},
    "system_number_changed": {"type": MessageType.SYSTEM},
    "system_user_id_changed": {"type": MessageType.SYSTEM},
    "unsupported": {"type": MessageType.UNSUPPORTED},
    "future_type": {"type": MessageType.UNSUPPORTED},
    "request_welcome": {"type": MessageType.SYSTEM, "data": {"system": {"type": "request_welcome"}}},
    "without_timestamp": {"text": "بدون وقت"},
    "echo": {"text": "راني نرسلك السومة دقيقة", "echo": True},
}
STATUSES: dict[str, dict[str, Any]] = {
    "status_sent": {"state": DeliveryState.SENT, "effect_key": "msg-0199a7c0"},
    "status_delivered": {"state": DeliveryState.DELIVERED, "recipient_id": "DZ.1a2b3c4d5e6f"},
    "status_read": {"state": DeliveryState.READ, "effect_key": "", "recipient_id": PHONE_ID},
    "status_played": {"state": DeliveryState.READ, "data": {"played": True}},
    "status_failed_window": {"state": DeliveryState.FAILED, "error_code": "131047"},
}
NOTICES = {
    "status_warning": ["status"],
    "user_preferences": ["user_preferences", "user_preferences"],
    "user_id_update": ["user_id_update"],
    "template_status": ["message_template_status_update"],
    "account_errors": ["errors"],
    "call": ["calls"],
}
ELSEWHERE = {"edit", "edit_caption", "revoke", "statuses_in_group", "batch"}


def one(name: str) -> Any:
    (item,) = read(PROVIDER, BODIES[name])
    return item


def item_of(name: str) -> dict[str, Any]:
    value = json.loads(BODIES[name])["entry"][0]["changes"][0]["value"]
    return (value.get("messages") or value.get("statuses"))[0]


def test_every_recorded_body_has_its_test() -> None:
    assert set(BODIES) == {*MESSAGES, *STATUSES, *NOTICES, *ELSEWHERE}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    message = one(name)
    assert isinstance(message, InboundMessage)
    assert {field: getattr(message, field) for field in MESSAGES[name]} == MESSAGES[name]
    assert message.echo is (name == "echo")


@pytest.mark.parametrize("name", STATUSES)
def test_statuses(name: str) -> None:
    status = one(name)
    assert isinstance(status, StatusUpdate)
    assert status.provider_message_id == "wamid.OUTGOING0009"
    assert status.occurred_at.timestamp() == 1760003600
    assert {field: getattr(status, field) for field in STATUSES[name]} == STATUSES[name]


@pytest.mark.parametrize("name", NOTICES)
def test_notices(name: str) -> None:
    notices = read(PROVIDER, BODIES[name])
    assert all(isinstance(notice, Notice) for notice in notices)
    assert [notice.kind for notice in notices] == NOTICES[name]


def test_sender_by_phone() -> None:
    sender = one("text_arabic").sender
    assert (sender.user_id, sender.phone, sender.name) == (PHONE_ID, "+213555010203", "أمينة بن صالح")
    assert sender.alternate_ids == ()


def test_sender_by_user_id_with_a_phone() -> None:
    sender = one("text_darja_with_user_id").sender
    assert (sender.user_id, sender.phone) == ("DZ.1a2b3c4d5e6f", "+213555010203")
    assert sender.alternate_ids == (PHONE_ID,)


def test_sender_without_a_phone() -> None:
    sender = one("text_persian_username_only").sender
    assert (sender.user_id, sender.phone) == ("DZ.4f8a1c2e9b7d", None)
    assert (sender.username, sender.name) == ("narges.a", "نرگس احمدی")
    assert sender.alternate_ids == ("DZ.ENT.77a1b2",)


def test_the_sender_of_an_echo_is_the_customer() -> None:
    assert one("echo").sender.user_id == PHONE_ID
    assert PROVIDER.split(BODIES["echo"])[0].lane == PHONE_ID


def test_a_changed_id_is_still_the_old_person() -> None:
    assert one("system_user_id_changed").sender.user_id == "DZ.old1"
    assert one("system_number_changed").sender.user_id == PHONE_ID
    assert one("system_number_changed").data["system"]["wa_id"] == "213666040506"
    assert read(PROVIDER, BODIES["user_id_update"])[0].user_id == "DZ.old1"


def test_times_in_seconds_and_milliseconds() -> None:
    assert one("text_arabic").sent_at.timestamp() == int(item_of("text_arabic")["timestamp"])
    assert one("text_darja_with_user_id").sent_at.timestamp() == 1760000123.456


def test_the_ad_is_kept() -> None:
    referral = one("text_from_ad").data["referral"]
    assert (referral["source_id"], referral["ctwa_clid"]) == ("120210000000000000", "ARAkLkA8rmlFeiCktEJQ")


def test_answers_of_flows_and_calls_are_kept_whole() -> None:
    reply = one("flow_reply").data["reply"]
    assert (reply["kind"], reply["id"]) == ("nfm_reply", "flow")
    assert json.loads(reply["response_json"]) == {"flow_token": "f-17", "taille": "42"}
    assert one("call_permission_reply").data["reply"]["expiration_timestamp"] == "1760600000"


@pytest.mark.parametrize(
    ("name", "key"), [("location", "location"), ("contacts", "contacts"), ("order", "order")]
)
def test_structured_types_are_kept_whole(name: str, key: str) -> None:
    assert one(name).data[key] == item_of(name)[key]


@pytest.mark.parametrize("name", ["unsupported", "future_type"])
def test_unknown_types_are_kept_whole(name: str) -> None:
    assert one(name).data["raw"] == item_of(name)


def test_errors_beside_a_message_are_kept() -> None:
    assert one("unsupported").data["errors"][0]["code"] == 131051
    assert one("media_expired").data["errors"][0]["code"] == 131052


def test_edits_and_revocations_name_the_original() -> None:
    edit, caption, revoke = one("edit"), one("edit_caption"), one("revoke")
    assert isinstance(edit, MessageEdited)
    assert (edit.provider_message_id, edit.text) == ("wamid.INCOMING0001", "أقصد قياس 43")
    assert (caption.provider_message_id, caption.text) == ("wamid.INCOMING0002", "la bleue")
    assert isinstance(revoke, MessageRevoked)
    assert revoke.provider_message_id == "wamid.INCOMING0001"


def test_a_failure_says_why() -> None:
    status = one("status_failed_window")
    assert status.data["reason"] == "window_closed"
    assert status.error_title.startswith("Re-engagement message: More than 24 hours")


def test_prices_are_kept() -> None:
    assert one("status_sent").data["pricing"]["category"] == "utility"


def test_preferences_name_the_person_and_keep_the_wish() -> None:
    stop, resume = read(PROVIDER, BODIES["user_preferences"])
    assert (stop.user_id, stop.data["value"]) == (PHONE_ID, "stop")
    assert (resume.user_id, resume.data["value"]) == ("213661000001", "resume")


@pytest.mark.parametrize("name", ["edit", "revoke"])
def test_changes_of_no_message_are_notices(name: str) -> None:
    body = json.loads(BODIES[name])
    del body["entry"][0]["changes"][0]["value"]["messages"][0][name]["original_message_id"]
    (notice,) = read(PROVIDER, dumps(body))
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.user_id) == (name, PHONE_ID)

"""How WhatsApp bodies are cut: keys, lanes, accounts, and bad items that lose nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from channels_app.providers.base import Fragment, InboundMessage, Notice
from channels_app.providers.tests.support import dumps, read, recorded
from channels_app.providers.whatsapp import WhatsAppProvider

PROVIDER = WhatsAppProvider()
BODIES = recorded("whatsapp")


def first(name: str) -> Fragment:
    return PROVIDER.split(BODIES[name])[0]


def changed(name: str, **changes: Any) -> bytes:
    """A recorded body whose first message or status has other fields."""
    body = json.loads(BODIES[name])
    value = body["entry"][0]["changes"][0]["value"]
    (value.get("messages") or value.get("statuses"))[0].update(changes)
    return dumps(body)


def test_a_batch_is_cut_into_its_items() -> None:
    fragments = PROVIDER.split(BODIES["batch"])
    assert [fragment.payload["kind"] for fragment in fragments] == [
        "message",
        "message",
        "status",
        "status",
        "message",
    ]
    assert [fragment.account_id for fragment in fragments] == ["106540352000077"] * 4 + ["106540352000088"]
    assert [fragment.lane for fragment in fragments] == ["213555010203", "213661000001"] + [
        "213555010203"
    ] * 3


def test_each_message_has_its_own_contact() -> None:
    messages = [item for item in read(PROVIDER, BODIES["batch"]) if isinstance(item, InboundMessage)]
    assert [message.sender.name for message in messages] == ["أمينة بن صالح", "Yacine", "أمينة بن صالح"]


def test_a_strangers_contact_card_is_not_taken() -> None:
    body = json.loads(BODIES["batch"])
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"] = value["contacts"][:1]
    names = [item.sender.name for item in read(PROVIDER, dumps(body)) if isinstance(item, InboundMessage)]
    assert names == ["أمينة بن صالح", "", "أمينة بن صالح"]


def test_message_key_is_its_id() -> None:
    assert first("text_arabic").key == first("text_arabic").payload["item"]["id"]


def test_the_user_id_is_the_lane_when_there_is_one() -> None:
    assert first("text_darja_with_user_id").lane == "DZ.1a2b3c4d5e6f"
    assert first("text_persian_username_only").lane == "DZ.4f8a1c2e9b7d"
    assert first("status_delivered").lane == "DZ.1a2b3c4d5e6f"


def test_status_keys_tell_steps_apart() -> None:
    assert first("status_sent").key == "wamid.OUTGOING0009:sent:1760003600"
    assert first("status_delivered").key == "wamid.OUTGOING0009:delivered:1760003600"


def test_status_keys_tell_members_of_a_group_apart() -> None:
    one, other = PROVIDER.split(BODIES["statuses_in_group"])
    assert one.key != other.key


@pytest.mark.parametrize("name", ["edit", "revoke"])
def test_edits_are_keyed_by_content(name: str) -> None:
    again = PROVIDER.split(changed(name, timestamp="1760099999"))[0]
    assert first(name).key.startswith("sha256:")
    assert again.key != first(name).key
    assert again.lane == first(name).lane == "213555010203"


def test_a_template_approved_twice_is_told_twice() -> None:
    later = json.loads(BODIES["template_status"])
    later["entry"][0]["time"] += 86_400
    assert PROVIDER.split(dumps(later))[0].key != first("template_status").key


def test_notices_without_metadata_name_no_account_but_keep_the_business_account() -> None:
    fragment = first("template_status")
    assert (fragment.account_id, fragment.lane) == ("", "misc")
    assert fragment.payload["waba_id"] == "104201337000001"


def test_preferences_stay_in_the_persons_lane() -> None:
    lanes = [fragment.lane for fragment in PROVIDER.split(BODIES["user_preferences"])]
    assert lanes == ["213555010203", "213661000001"]


@pytest.mark.parametrize(
    "bad", [None, 7, "text", [], [[]], {}, {"id": 5}, {"type": "text"}, {"from": {"a": 1}}]
)
@pytest.mark.parametrize("place", ["messages", "statuses", "contacts", "changes", "entry"])
def test_one_bad_item_never_loses_the_rest(bad: Any, place: str) -> None:
    good = read(PROVIDER, BODIES["batch"])
    body = json.loads(BODIES["batch"])
    value = body["entry"][0]["changes"][0]["value"]
    target = {"entry": body["entry"], "changes": body["entry"][0]["changes"]}.get(place) or value[place]
    target.insert(0, copy.deepcopy(bad))
    target.append(copy.deepcopy(bad))
    found = read(PROVIDER, dumps(body))
    assert [item for item in found if not isinstance(item, Notice)] == good
    if place != "contacts":
        odd = [fragment for fragment in PROVIDER.split(dumps(body)) if fragment.key.startswith("sha256:")]
        assert odd
        assert {fragment.lane for fragment in odd} == {"misc"}


@pytest.mark.parametrize("missing", ["id", "from"])
def test_a_message_without_id_or_sender_is_kept_aside(missing: str) -> None:
    (fragment,) = PROVIDER.split(changed("text_arabic", **{missing: None}))
    assert fragment.key.startswith("sha256:")
    assert fragment.lane == "misc"
    (notice,) = PROVIDER.parse(fragment.payload)
    assert isinstance(notice, Notice)
    assert notice.data["text"]["body"].startswith("السلام")


def test_unknown_fields_beside_messages_are_kept() -> None:
    body = json.loads(BODIES["text_arabic"])
    body["entry"][0]["changes"][0]["value"]["novelties"] = [{"id": "n1"}]
    message, notice = read(PROVIDER, dumps(body))
    assert isinstance(message, InboundMessage)
    assert notice == Notice(kind="messages", data={"novelties": [{"id": "n1"}]})


@pytest.mark.parametrize("body", [b"{}", b'{"entry": {}}', b'{"entry": null}', b"[]", b"7"])
def test_a_body_without_entries_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        PROVIDER.split(body)


def test_an_empty_batch_is_nothing() -> None:
    assert PROVIDER.split(b'{"object": "whatsapp_business_account", "entry": []}') == []

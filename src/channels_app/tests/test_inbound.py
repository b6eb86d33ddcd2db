"""From recorded deliveries to contacts, conversations, messages and events."""

from __future__ import annotations

import json
import time

import pytest

from channels_app.models import (
    Control,
    Conversation,
    ConversationStatus,
    InboundDelivery,
    Media,
    Message,
)
from channels_app.services.conversations import set_status
from channels_app.tests.support import (
    AMINA,
    TELEGRAM,
    WEBCHAT,
    WHATSAPP,
    deliver,
    drain,
    message,
    receive,
    text_body,
    whatsapp_body,
)
from crm.models import Contact, Identity
from events.queue.models import Item, ItemState


def dead() -> int:
    return Item.objects.filter(state=ItemState.DEAD).count()


class TestMessage:
    def test_makes_contact_conversation_message_and_event(self, whatsapp, published):
        receive(whatsapp, text_body("سلام، کد تخفیف دارید؟", name="أمينة بن صالح"))
        contact = Contact.objects.get()
        assert (contact.name, contact.phone) == ("أمينة بن صالح", f"+{AMINA}")
        conversation = Conversation.objects.get()
        assert conversation.contact == contact
        assert (conversation.recipient, conversation.last_seq) == (AMINA, 1)
        assert (conversation.status, conversation.control) == (ConversationStatus.OPEN, Control.BOT)
        stored = Message.objects.get()
        assert (stored.seq, stored.direction, stored.type) == (1, "in", "text")
        assert stored.text == "سلام، کد تخفیف دارید؟"
        assert stored.author == "contact"
        told = published("USER_CREATED", "CONVERSATION_OPENED", "MESSAGE_RECEIVED")
        assert [event.type for event in told] == ["USER_CREATED", "CONVERSATION_OPENED", "MESSAGE_RECEIVED"]
        assert told[2].data["content"] == stored.text
        assert (told[2].contact_id, told[2].conversation_id) == (contact.id, conversation.id)
        assert InboundDelivery.objects.get().processed_at is not None

    def test_a_text_that_spells_an_escape_is_a_text(self, whatsapp):
        """The six characters of an escaped NUL, not a NUL."""
        spelled = r"\u0000"
        button = {"type": "button", "button": {"text": spelled, "payload": spelled}}
        receive(whatsapp, whatsapp_body(messages=[message(1, **button)]))
        assert dead() == 0
        assert Message.objects.get().data["reply"]["id"] == spelled

    def test_the_same_webhook_five_times_is_one_message(self, whatsapp, published):
        """T7."""
        body = text_body()
        for _ in range(3):
            receive(whatsapp, body)
        deliver(whatsapp, body, body)
        drain()
        assert Message.objects.count() == 1
        assert len(published("MESSAGE_RECEIVED")) == 1

    def test_the_same_message_under_another_delivery_is_one_message(self, whatsapp):
        receive(whatsapp, text_body())
        InboundDelivery.objects.all().delete()
        receive(whatsapp, text_body())
        assert Message.objects.count() == 1
        assert Conversation.objects.get().last_seq == 1

    def test_an_album_of_ten_for_a_new_contact(self, telegram):
        """T8: one contact, one conversation, ten messages in order, each with its file."""
        base = json.loads(TELEGRAM["photo_in_album"])
        bodies = []
        for number in range(10):
            base["update_id"] = 730100100 + number
            base["message"]["message_id"] = 600 + number
            base["message"]["caption"] = f"الصورة {number}"
            bodies.append(json.dumps(base).encode())
        deliver(telegram, *bodies)
        drain()
        assert Contact.objects.count() == 1
        assert Conversation.objects.count() == 1
        rows = Message.objects.order_by("seq")
        assert [row.seq for row in rows] == list(range(1, 11))
        assert [row.text for row in rows] == [f"الصورة {number}" for number in range(10)]
        assert Media.objects.count() == 10
        assert Item.objects.filter(kind="channels.media").count() == 10

    def test_a_batch_of_two_customers_and_statuses(self, whatsapp):
        receive(whatsapp, WHATSAPP["batch"])
        assert {row.text for row in Message.objects.all()} == {"أهلا", "Azul"}
        assert Contact.objects.count() == 2

    def test_a_closed_conversation_is_followed_by_a_new_one(self, conversation, whatsapp):
        set_status(conversation.id, ConversationStatus.CLOSED, actor="system")
        receive(whatsapp, text_body("رجعت", number=2))
        assert Conversation.objects.count() == 2
        fresh = Conversation.objects.exclude(id=conversation.id).get()
        assert (fresh.last_seq, fresh.contact_id) == (1, conversation.contact_id)

    @pytest.mark.parametrize("state", [ConversationStatus.SNOOZED, ConversationStatus.PENDING])
    def test_a_waiting_conversation_wakes_up(self, conversation, whatsapp, state):
        set_status(conversation.id, state, actor="system")
        receive(whatsapp, text_body("رجعت", number=2))
        conversation.refresh_from_db()
        assert (conversation.status, conversation.last_seq) == (ConversationStatus.OPEN, 2)

    def test_late_messages_do_not_turn_the_clock_back(self, conversation, whatsapp):
        before = conversation.last_message_at
        receive(whatsapp, whatsapp_body(messages=[message(2, timestamp=str(int(time.time()) - 90_000))]))
        conversation.refresh_from_db()
        assert conversation.last_message_at == before
        assert conversation.last_inbound_at == before

    def test_an_echo_of_the_phone_app_is_ours_and_opens_no_window(self, whatsapp, published):
        receive(whatsapp, WHATSAPP["echo"])
        stored = Message.objects.get()
        assert (stored.direction, stored.author) == ("out", "phone app")
        assert Conversation.objects.get().last_inbound_at is None
        assert not published("MESSAGE_RECEIVED")


class TestIdentities:
    def test_a_business_scoped_id_and_a_phone_are_one_person(self, whatsapp):
        receive(whatsapp, WHATSAPP["text_arabic"])
        receive(whatsapp, WHATSAPP["text_darja_with_user_id"])
        assert Contact.objects.count() == 1
        assert Conversation.objects.count() == 1
        assert {i.provider_user_id for i in Identity.objects.all()} == {AMINA, "DZ.1a2b3c4d5e6f"}

    def test_a_username_alone_is_a_contact_without_a_phone(self, whatsapp):
        receive(whatsapp, WHATSAPP["text_persian_username_only"])
        assert Contact.objects.get().phone == ""
        assert all(identity.username for identity in Identity.objects.all())

    def test_one_person_on_two_channels_is_two_identities(self, whatsapp, telegram):
        receive(whatsapp, text_body())
        receive(telegram, TELEGRAM["text"])
        assert Identity.objects.count() == 2
        assert Conversation.objects.count() == 2


class TestOddities:
    @pytest.mark.parametrize(
        ("provider", "name"),
        [
            *(("whatsapp", name) for name in sorted(WHATSAPP)),
            *(("telegram", name) for name in sorted(TELEGRAM)),
            *(("webchat", name) for name in sorted(WEBCHAT)),
        ],
    )
    def test_every_recorded_body_is_worked_off(self, request, provider, name):
        channel = request.getfixturevalue(provider)
        body = {"whatsapp": WHATSAPP, "telegram": TELEGRAM, "webchat": WEBCHAT}[provider][name]
        deliveries = deliver(channel, body)
        assert deliveries
        drain()
        assert not dead()
        for row in InboundDelivery.objects.all():
            assert row.processed_at is not None
            assert row.error == ""

    def test_a_delivery_that_cannot_be_understood_harms_nobody(self, whatsapp):
        bad, _ = deliver(whatsapp, text_body("أ", number=1), text_body("ب", number=2, of="213661000001"))
        InboundDelivery.objects.filter(id=bad.id).update(body="{not json")
        drain()
        assert [row.text for row in Message.objects.all()] == ["ب"]
        bad.refresh_from_db()
        assert "JSONDecodeError" in bad.error
        assert bad.body == "{not json"
        assert not dead()

    def test_nul_and_lone_surrogates_are_stored_harmlessly(self, whatsapp):
        raw = text_body("TEXT").replace(b"TEXT", b"a\\u0000b \\ud800 \\ud83d\\ude00")
        receive(whatsapp, raw)
        assert not dead()
        text = Message.objects.get().text
        assert "\x00" not in text
        assert text.startswith("ab ")
        assert text.endswith("😀")

    def test_a_visitor_with_endless_ids_is_stored_all_the_same(self, webchat):
        body = json.dumps(
            {"visitor": {"id": "v" * 128}, "messages": [{"id": "m" * 190, "text": "سلام"}]}
        ).encode()
        receive(webchat, body)
        assert not dead()
        assert Message.objects.get().text == "سلام"

    def test_what_a_visitor_claims_joins_nobody(self, webchat, whatsapp):
        receive(whatsapp, text_body())
        body = {
            "visitor": {"id": "v-1", "phone": f"+{AMINA}"},
            "messages": [{"id": "1", "text": "أنا أمينة"}],
        }
        receive(webchat, json.dumps(body).encode())
        assert Contact.objects.count() == 2


class TestLaterNews:
    def test_an_edit_keeps_the_newest_text(self, whatsapp, published):
        receive(
            whatsapp, whatsapp_body(messages=[message(1, id="wamid.INCOMING0001", timestamp="1760000000")])
        )
        receive(whatsapp, WHATSAPP["edit"])
        stored = Message.objects.get()
        assert stored.text == "أقصد قياس 43"
        assert stored.edited_at is not None
        assert [e.data["content"] for e in published("MESSAGE_EDITED")] == ["أقصد قياس 43"]
        older = json.loads(WHATSAPP["edit"])
        item = older["entry"][0]["changes"][0]["value"]["messages"][0]
        item["timestamp"], item["edit"]["message"]["text"]["body"] = "1760001000", "قديم"
        receive(whatsapp, json.dumps(older).encode())
        stored.refresh_from_db()
        assert stored.text == "أقصد قياس 43"

    def test_a_revocation_blanks_what_was_said(self, whatsapp, published):
        receive(
            whatsapp, whatsapp_body(messages=[message(1, id="wamid.INCOMING0001", timestamp="1760000000")])
        )
        receive(whatsapp, WHATSAPP["revoke"])
        stored = Message.objects.get()
        assert (stored.text, stored.search, stored.data) == ("", "", {})
        assert stored.revoked_at is not None
        assert len(published("MESSAGE_DELETED")) == 1

    def test_edit_and_revocation_of_what_nobody_knows_are_harmless(self, whatsapp):
        receive(whatsapp, WHATSAPP["edit"], WHATSAPP["revoke"])
        assert not Message.objects.exists()
        assert not dead()

    def test_a_notice_is_an_event_of_its_contact(self, telegram, published):
        receive(telegram, TELEGRAM["text"])
        receive(telegram, TELEGRAM["blocked"])
        notice = published("CHANNEL_NOTICE")[-1]
        assert notice.actor == "provider"
        assert notice.data["channel_id"] == str(telegram.id)

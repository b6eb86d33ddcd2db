"""Messages that we send: gate, ledger, calls, and what is known of their outcome."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.models import Channel, Conversation, Message, Send
from channels_app.providers.base import MessageType
from channels_app.services.channels import set_active, set_resend_policy
from channels_app.services.conversations import NoAddressError
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.services.sending import intend, sends
from channels_app.tests.support import (
    AMINA,
    NUMBER,
    WEBCHAT,
    drain,
    message,
    receive,
    status,
    text_body,
    whatsapp_body,
)
from crm.services.cause import Cause
from crm.services.consent import set_opted_out
from crm.services.contacts import create_contact
from events.queue.models import Item, Lane


def write(conversation: Conversation, text: str = "تفضلي: WASL10", **values) -> Message:
    key = values.pop("effect_key", f"test:{uuid.uuid4()}")
    new = NewMessage(
        effect_key=key,
        author=values.pop("author", "member:bob"),
        text=text,
        conversation_id=conversation.id,
        **values,
    )
    return write_messages([new])[0]


def ledger(message_: Message) -> Send:
    return Send.objects.select_related("message").get(message=message_)


def due_now() -> None:
    """What was put off is due."""
    past = timezone.now() - timedelta(hours=1)
    Item.objects.update(run_at=past)
    Lane.objects.exclude(wake_at=None).update(wake_at=past)


class TestLedger:
    def test_a_message_goes_out_once_with_its_key(self, conversation, pump, world, published):
        sent = write(conversation)
        assert (sent.seq, sent.state) == (2, "queued")
        pump()
        row = ledger(sent)
        assert (row.state, row.message.state, row.calls) == ("sent", "sent", 1)
        (out,) = world.outbox(NUMBER)
        assert (out["text"], out["customer"]) == ("تفضلي: WASL10", AMINA)
        assert out["effect_key"] == row.effect_key
        assert row.message.provider_message_id == out["id"]
        assert [event.data["state"] for event in published("MESSAGE_SENT")] == ["sent"]

    def test_the_same_intention_twice_is_one_message(self, conversation, pump, world):
        first = write(conversation, effect_key="step:1")
        second = write(conversation, "شيء آخر", effect_key="step:1")
        assert first.id == second.id
        pump()
        assert len(world.outbox(NUMBER)) == 1
        assert write(conversation, effect_key="step:1").id == first.id
        pump()
        assert len(world.outbox(NUMBER)) == 1

    def test_messages_to_one_customer_keep_their_order(self, conversation, pump, world):
        for number in range(5):
            write(conversation, f"رسالة {number}")
        pump()
        assert [out["text"] for out in world.outbox(NUMBER)] == [f"رسالة {number}" for number in range(5)]

    def test_a_contact_is_written_to_where_they_wrote_last(self, conversation, whatsapp):
        new = NewMessage(effect_key="k", author="workflow:x", text="أهلا", contact_id=conversation.contact_id)
        assert write_messages([new])[0].conversation_id == conversation.id

    def test_who_never_wrote_has_no_address(self, whatsapp):
        contact = create_contact({"name": "بلا عنوان", "phone": "0555123456"})
        with pytest.raises(NoAddressError):
            write_messages([NewMessage(effect_key="k", author="x", text="أهلا", contact_id=contact.id)])
        assert not Send.objects.exists()


class TestGate:
    def test_a_closed_window_is_refused_with_the_reason(self, conversation, pump, world):
        Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
        row = ledger(write(conversation))
        assert (row.state, row.error_code) == ("failed", "window_closed")
        assert "template" in row.error
        pump()
        assert world.outbox(NUMBER) == []

    def test_a_template_passes_a_closed_window(self, conversation, pump, world):
        Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(days=9))
        template = {"name": "coupon", "language": {"code": "ar"}}
        row = ledger(write(conversation, "", type=MessageType.TEMPLATE, template=template))
        pump()
        row.refresh_from_db()
        assert row.state == "sent"
        assert len(world.outbox(NUMBER)) == 1

    def test_a_channel_that_is_off_sends_nothing(self, conversation, whatsapp, pump, world):
        set_active(whatsapp, False)
        row = ledger(write(conversation))
        assert (row.state, row.error_code) == ("failed", "channel_off")
        pump()
        assert world.outbox(NUMBER) == []


class TestFailures:
    def test_busy_is_tried_again_later(self, conversation, pump, world):
        world.set_faults({"kind": "fail_send", "status": 429, "code": 130429, "count": 1})
        sent = write(conversation)
        pump()
        assert ledger(sent).state == "queued"
        assert world.outbox(NUMBER) == []
        due_now()
        pump()
        assert (ledger(sent).state, ledger(sent).calls) == ("sent", 2)
        assert len(world.outbox(NUMBER)) == 1

    def test_a_refusal_is_final_and_says_why(self, conversation, pump, world, published):
        world.set_faults({"kind": "fail_send", "status": 400, "code": 131047, "message": "Re-engagement"})
        sent = write(conversation)
        pump()
        row = ledger(sent)
        assert (row.state, row.message.state, row.error_code) == ("failed", "failed", "window_closed")
        assert row.error
        assert [event.data["error_code"] for event in published("MESSAGE_FAILED")] == ["window_closed"]
        due_now()
        pump()
        assert ledger(sent).calls == 1

    def test_a_bad_token_is_told_on_the_channel(self, conversation, whatsapp, pump, world):
        world.set_faults({"kind": "fail_send", "status": 401, "code": 190, "message": "token expired"})
        write(conversation)
        pump()
        assert "token" in Channel.objects.get(id=whatsapp.id).problem

    def test_given_up_at_last(self, conversation, pump, world):
        world.set_faults({"kind": "fail_send", "status": 503, "code": 131016})
        sent = write(conversation)
        for _ in range(9):
            pump()
            due_now()
        row = ledger(sent)
        assert (row.state, row.calls) == ("failed", 8)


class TestUnknownOutcome:
    def lost(self, conversation, pump, world) -> Message:
        """The provider took it, and the answer was lost."""
        world.set_faults({"kind": "drop_connection", "accepted": True, "count": 1})
        sent = write(conversation)
        pump()
        return sent

    def test_is_not_sent_again(self, conversation, pump, world):
        sent = self.lost(conversation, pump, world)
        assert ledger(sent).state == "unknown"
        due_now()
        drain()
        pump()
        assert ledger(sent).state == "unknown"
        assert world.effects(NUMBER) == {ledger(sent).effect_key: 1}

    def test_is_settled_by_a_status(self, conversation, whatsapp, pump, world, published):
        sent = self.lost(conversation, pump, world)
        key = ledger(sent).effect_key
        receive(whatsapp, whatsapp_body(statuses=[status("delivered", message_id="wamid.X", effect_key=key)]))
        row = ledger(sent)
        assert (row.state, row.message.provider_message_id, row.error) == ("delivered", "wamid.X", "")
        assert len(published("MESSAGE_SENT")) == 1

    def test_a_process_that_died_in_the_call_leaves_it_unknown(self, conversation, pump, world):
        sent = write(conversation)
        intend(list(sends([str(ledger(sent).id)]).values()))
        assert ledger(sent).state == "sending"
        pump()
        row = ledger(sent)
        assert (row.state, row.calls) == ("unknown", 1)
        assert "may have gone out" in row.error
        assert world.outbox(NUMBER) == []

    def test_is_sent_again_where_the_owner_wants_it(self, conversation, whatsapp, pump, world):
        set_resend_policy(whatsapp, 60)
        sent = self.lost(conversation, pump, world)
        assert ledger(sent).state == "unknown"
        drain()
        pump()
        assert ledger(sent).state == "unknown", "not before the time has passed"
        due_now()
        drain()
        pump()
        assert (ledger(sent).state, ledger(sent).calls) == ("sent", 2)
        assert world.effects(NUMBER) == {ledger(sent).effect_key: 2}

    def test_what_was_settled_meanwhile_is_not_sent_again(self, conversation, whatsapp, pump, world):
        set_resend_policy(whatsapp, 60)
        sent = self.lost(conversation, pump, world)
        key = ledger(sent).effect_key
        receive(whatsapp, whatsapp_body(statuses=[status("sent", message_id="wamid.X", effect_key=key)]))
        due_now()
        drain()
        pump()
        assert (ledger(sent).state, ledger(sent).calls) == ("sent", 1)


class TestStatusesOutrunning:
    def test_a_status_may_be_faster_than_our_own_commit(self, conversation, whatsapp, pump, published):
        """The status names a message whose id we only learn when the call's answer is recorded."""
        body = whatsapp_body(statuses=[status("read", message_id="wamid.FAST")])
        receive(whatsapp, body)
        waiting = Item.objects.get(kind="channels.inbound")
        assert waiting.ref.endswith("#1")
        assert waiting.run_at > timezone.now()
        sent = write(conversation)
        pump()
        Message.objects.filter(id=sent.id).update(provider_message_id="wamid.FAST")
        due_now()
        drain()
        assert ledger(sent).state == "read"

    def test_by_our_key_it_is_known_at_once(self, conversation, whatsapp, pump, published, world):
        sent = write(conversation)
        row = ledger(sent)
        intend(list(sends([str(row.id)]).values()))
        receive(
            whatsapp,
            whatsapp_body(statuses=[status("delivered", message_id="wamid.F", effect_key=row.effect_key)]),
        )
        assert (ledger(sent).state, ledger(sent).message.provider_message_id) == ("delivered", "wamid.F")
        pump()
        assert (ledger(sent).state, ledger(sent).error) == ("delivered", "")
        assert len(published("MESSAGE_SENT")) == 1

    def test_of_a_message_that_is_not_ours_it_is_left_with_a_word(self, whatsapp):
        receive(whatsapp, whatsapp_body(statuses=[status("read", message_id="wamid.STRANGE")]))
        for _ in range(4):
            due_now()
            drain()
        from channels_app.models import InboundDelivery

        assert "did not send" in InboundDelivery.objects.get().error
        assert not Item.objects.exists()


class TestOtherProviders:
    def test_web_chat_is_sent_by_being_stored(self, webchat, pump):
        receive(webchat, WEBCHAT["text_darja"])
        sent = write(Conversation.objects.get(), "واه كاين")
        pump()
        row = ledger(sent)
        assert (row.state, row.message.provider_message_id) == ("sent", f"wc:{row.effect_key}")

    def test_a_customer_of_the_other_number_is_answered_there(self, conversation, whatsapp, pump, world):
        receive(whatsapp, whatsapp_body(messages=[message(2, "من رقم آخر", of="213661000001")]))
        other = Conversation.objects.exclude(id=conversation.id).get()
        write(other, "أهلا ياسين")
        pump()
        assert [out["customer"] for out in world.outbox(NUMBER)] == ["213661000001"]

    def test_two_answers_in_one_batch(self, conversation, whatsapp, pump, world):
        receive(whatsapp, text_body("سؤال", number=9, of="213661000001"))
        other = Conversation.objects.exclude(id=conversation.id).get()
        write_messages(
            [
                NewMessage(effect_key="a", author="workflow:w", text="١", conversation_id=conversation.id),
                NewMessage(effect_key="b", author="workflow:w", text="٢", conversation_id=other.id),
                NewMessage(effect_key="c", author="workflow:w", text="٣", conversation_id=conversation.id),
            ]
        )
        conversation.refresh_from_db()
        assert [m.seq for m in conversation.messages.all()] == [1, 2, 3]
        pump()
        assert len(world.outbox(NUMBER)) == 3


class TestConsent:
    @pytest.fixture
    def opted_out(self, conversation) -> Conversation:
        set_opted_out(conversation.contact_id, True, Cause())
        return conversation

    @pytest.mark.parametrize("author", ["workflow:1", "broadcast:7"])
    def test_automated_messages_stay_here_with_the_reason(self, opted_out, pump, world, author):
        refused = write(opted_out, "خصم ۲۰٪", author=author)
        row = ledger(refused)
        assert (row.state, row.error_code) == ("failed", "opted_out")
        assert "opt in again" in row.error
        pump()
        assert world.outbox(NUMBER) == []

    @pytest.mark.parametrize("author", ["member:bob", "key:shop"])
    def test_a_persons_answer_goes_out(self, opted_out, pump, world, author):
        sent = write(opted_out, "شكرا، سنتوقف", author=author)
        pump()
        assert ledger(sent).state == "sent"

    def test_whoever_opts_in_again_is_written_to(self, opted_out):
        set_opted_out(opted_out.contact_id, False, Cause())
        assert write(opted_out, author="workflow:1").state == "queued"

    def test_one_batch_to_several(self, opted_out, whatsapp):
        receive(whatsapp, text_body(number=9, of="213555999999", name="رضا"))
        other = Conversation.objects.exclude(id=opted_out.id).get()
        new = [
            NewMessage(effect_key=f"k{n}", author="workflow:1", text="سلام", conversation_id=c.id)
            for n, c in enumerate((opted_out, other))
        ]
        assert [message.state for message in write_messages(new)] == ["failed", "queued"]

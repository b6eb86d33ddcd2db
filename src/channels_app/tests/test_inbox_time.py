"""Time in the inbox by the real queue: what is told of each kind of waiting, when, and of which conversations."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import User
from channels_app.models import Conversation, ConversationStatus, Message
from channels_app.services.assigning import set_assignee
from channels_app.services.channels import set_active
from channels_app.services.conversations import set_status
from channels_app.tests.inbox_time_support import (
    CLOSING,
    NO_REPLY,
    SILENT,
    UNASSIGNED,
    on_time,
    ringing,
    told,
    write,
)
from channels_app.tests.support import (
    TELEGRAM,
    WHATSAPP,
    drain,
    message,
    receive,
    status,
    text_body,
    whatsapp_body,
)
from workflow.models import ArmedTrigger, WorkflowExecution


class TestNoReply:
    def test_told_once_when_nobody_answered(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body("سلام"))
        conversation = Conversation.objects.get()
        receive(whatsapp, text_body("هل من أحد؟", number=2))
        assert len(ringing()) == 1
        clock.wait(hours=1, minutes=59)
        assert told(workflow) == []

        clock.wait(minutes=1)

        (event,) = told(workflow)
        first = Message.objects.get(seq=1)
        assert (event.contact_id, event.conversation_id) == (conversation.contact_id, conversation.id)
        assert event.data == {
            "trigger": str(ArmedTrigger.objects.get().id),
            "kind": "no_reply",
            "since": first.sent_at.isoformat(),
            "minutes": 120,
            "closes_at": "",
            "waiting_for": "us",
            "channel_id": str(whatsapp.id),
        }
        assert WorkflowExecution.objects.get().conversation_id == conversation.id
        assert ringing() == []
        receive(whatsapp, text_body("؟؟؟", number=3))
        clock.wait(hours=3)
        assert len(told(workflow)) == 1
        assert ringing() == []

    def test_an_answer_ends_it_and_the_next_question_begins_anew(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body("سلام"))
        conversation = Conversation.objects.get()
        clock.wait(hours=1)
        write(conversation)
        clock.wait(minutes=30)
        receive(whatsapp, text_body("والسعر؟", number=2))
        clock.wait(minutes=30)
        ((_, due),) = ringing()
        assert (told(workflow), due) == ([], Message.objects.get(seq=3).sent_at + timedelta(hours=2))
        clock.wait(hours=1, minutes=29)
        assert told(workflow) == []
        clock.wait(minutes=1)
        assert len(told(workflow)) == 1

    @pytest.mark.parametrize(
        ("author", "people_only", "answered"),
        [
            ("member:bob", False, True),
            ("member:bob", True, True),
            ("workflow:1", False, True),
            ("workflow:1", True, False),
            ("broadcast:1", True, False),
            ("agent:1", True, False),
            ("agent:1", False, True),
        ],
    )
    def test_who_answers(self, clock, whatsapp, author, people_only, answered):
        workflow = on_time(**NO_REPLY, people_only=people_only)
        receive(whatsapp, text_body())
        write(Conversation.objects.get(), author=author)
        clock.wait(hours=2)
        assert len(told(workflow)) == (0 if answered else 1)

    def test_what_the_gate_stopped_is_no_answer(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        set_active(whatsapp, False)
        assert write(Conversation.objects.get()).state == "failed"
        clock.wait(hours=2)
        assert len(told(workflow)) == 1

    def test_nor_what_fails_after_it_was_let_go(self, clock, whatsapp, pump):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        answer = write(Conversation.objects.get())
        pump()
        clock.wait(hours=2)
        assert (told(workflow), ringing()) == ([], [])
        answer.refresh_from_db()
        failed = status("failed", message_id=str(answer.provider_message_id))
        receive(whatsapp, whatsapp_body(statuses=[failed]))
        clock.ring()
        assert len(told(workflow)) == 1

    def test_a_reaction_asks_for_no_answer(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        write(Conversation.objects.get())
        reaction = {"message_id": "wamid.IN1", "emoji": "👍"}
        item = message(2, type="reaction", reaction=reaction)
        item.pop("text")
        receive(whatsapp, whatsapp_body(messages=[item]))
        assert Message.objects.get(seq=3).type == "reaction"
        clock.wait(hours=3)
        assert told(workflow) == []

    def test_a_message_that_came_late_has_waited_since_it_was_written(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        late = message(1, timestamp=str(int(time.time()) - 3 * 3600))
        receive(whatsapp, whatsapp_body(messages=[late]))
        (event,) = told(workflow)
        assert event.data["minutes"] == 180


class TestCustomerSilent:
    def test_told_once_whatever_we_write_into_the_silence(self, clock, whatsapp, pump):
        workflow = on_time(**SILENT)
        receive(whatsapp, text_body())
        conversation = Conversation.objects.get()
        assert ringing() == []
        write(conversation)
        pump()
        drain()
        assert len(ringing()) == 1
        clock.wait(hours=23)
        write(conversation, "هل ما زلت مهتمة؟")
        pump()
        clock.wait(hours=1)
        assert told(workflow) == []
        clock.wait(hours=23)
        (event,) = told(workflow)
        assert event.data["waiting_for"] == "customer"

        write(conversation, "تذكير", author=f"workflow:{workflow.id}")
        pump()
        drain()
        clock.wait(hours=25)
        assert len(told(workflow)) == 1

        receive(whatsapp, text_body("نعم!", number=2))
        clock.wait(hours=25)
        assert len(told(workflow)) == 1
        write(conversation, "تم")
        # The customer's window has closed: nothing went out, so nothing is waited for.
        pump()
        drain()
        clock.wait(hours=25)
        assert len(told(workflow)) == 1
        receive(whatsapp, text_body("شكرا", number=3))
        write(conversation, "العفو")
        pump()
        drain()
        clock.wait(hours=25)
        assert len(told(workflow)) == 2

    def test_the_customers_word_ends_it(self, clock, whatsapp, pump):
        workflow = on_time(**SILENT)
        receive(whatsapp, text_body())
        write(Conversation.objects.get())
        pump()
        drain()
        clock.wait(hours=23)
        receive(whatsapp, text_body(number=2))
        clock.wait(hours=2)
        assert (told(workflow), ringing()) == ([], [])

    def test_what_we_wrote_in_the_phones_app(self, clock, whatsapp):
        workflow = on_time(**SILENT)
        receive(whatsapp, WHATSAPP["echo"].replace(b"1760007000", str(int(time.time())).encode()))
        assert Message.objects.get().author == "phone app"
        assert len(ringing()) == 1
        clock.wait(hours=24)
        assert len(told(workflow)) == 1


class TestWindow:
    def test_told_before_it_closes_and_moved_by_the_customer(self, clock, whatsapp):
        workflow = on_time(**CLOSING)
        receive(whatsapp, text_body())
        clock.wait(hours=10)
        receive(whatsapp, text_body(number=2))
        clock.wait(hours=13)
        assert told(workflow) == []
        clock.wait(hours=10)
        (event,) = told(workflow)
        last = Conversation.objects.get().last_inbound_at
        assert event.data["closes_at"] == (last + timedelta(hours=24)).isoformat()
        assert event.data["since"] == last.isoformat()
        clock.wait(hours=10)
        assert len(told(workflow)) == 1

    def test_not_told_when_it_has_closed_already(self, clock, whatsapp):
        workflow = on_time(**CLOSING)
        receive(whatsapp, text_body())
        clock.wait(hours=24)
        assert (told(workflow), ringing()) == ([], [])

    def test_channels_without_a_window(self, clock, whatsapp, telegram):
        workflow = on_time(**CLOSING)
        receive(telegram, TELEGRAM["text"])
        assert Conversation.objects.count() == 1
        assert ringing() == []
        clock.wait(hours=30)
        assert told(workflow) == []


class TestUnassigned:
    @pytest.fixture
    def member(self, bob: User) -> uuid.UUID:
        return bob.pk

    def test_a_conversation_that_nobody_takes(self, clock, whatsapp):
        workflow = on_time(**UNASSIGNED)
        receive(whatsapp, text_body())
        clock.wait(minutes=29)
        assert told(workflow) == []
        clock.wait(minutes=2)
        assert len(told(workflow)) == 1
        receive(whatsapp, text_body(number=2))
        clock.wait(hours=1)
        assert len(told(workflow)) == 1

    def test_one_that_is_taken_and_given_back(self, clock, whatsapp, member):
        workflow = on_time(**UNASSIGNED)
        receive(whatsapp, text_body())
        conversation = Conversation.objects.get()
        with transaction.atomic():
            set_assignee(conversation.id, member)
        clock.wait(minutes=31)
        assert (told(workflow), ringing()) == ([], [])
        with transaction.atomic():
            set_assignee(conversation.id, None)
        drain()
        given_back = datetime.now(UTC)
        clock.wait(minutes=29)
        assert told(workflow) == []
        clock.wait(minutes=1)
        (event,) = told(workflow)
        assert event.data["since"] == given_back.isoformat()
        for whom in (member, None):
            with transaction.atomic():
                set_assignee(conversation.id, whom)
            drain()
            clock.wait(minutes=30)
        assert len(told(workflow)) == 2


class TestWhere:
    def test_closed_conversations_only_when_asked_for(self, clock, whatsapp):
        without, included = on_time(**NO_REPLY), on_time(**NO_REPLY, include_closed=True)
        receive(whatsapp, text_body())
        with transaction.atomic():
            set_status(Conversation.objects.get().id, ConversationStatus.CLOSED, actor="member:bob")
        clock.wait(hours=2)
        assert (len(told(without)), len(told(included))) == (0, 1)

    def test_a_closed_one_that_went_on_elsewhere(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY, include_closed=True)
        receive(whatsapp, text_body())
        old = Conversation.objects.get()
        with transaction.atomic():
            set_status(old.id, ConversationStatus.CLOSED, actor="member:bob")
        clock.wait(hours=1)
        receive(whatsapp, text_body("رجعت", number=2))
        clock.wait(hours=2)
        assert [event.conversation_id for event in told(workflow)] == [
            Conversation.objects.exclude(id=old.id).get().id
        ]

    def test_chosen_channels(self, clock, whatsapp, telegram):
        here, there = (
            on_time(**NO_REPLY, channels=[str(whatsapp.id)]),
            on_time(**NO_REPLY, channels=[str(telegram.id)]),
        )
        receive(whatsapp, text_body())
        assert len(ringing()) == 1
        clock.wait(hours=2)
        assert (len(told(here)), len(told(there))) == (1, 0)
        receive(telegram, TELEGRAM["text"])
        clock.wait(hours=2)
        assert (len(told(here)), len(told(there))) == (1, 1)

    def test_a_conversation_that_is_gone(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        Message.objects.all().delete()
        Conversation.objects.all().delete()
        clock.wait(hours=2)
        assert (told(workflow), ringing()) == ([], [])

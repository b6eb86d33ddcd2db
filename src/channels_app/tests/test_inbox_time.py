"""Time in the inbox by the real queue: what is told when, once, also after restarts, pauses and changes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from channels_app.handlers import InboxScanHandler, InboxTimeHandler
from channels_app.models import Conversation, ConversationStatus, Message
from channels_app.selectors import forget_business_hours
from channels_app.services.assigning import set_assignee
from channels_app.services.business_hours import set_business_hours
from channels_app.services.channels import set_active
from channels_app.services.conversations import set_status
from channels_app.services.inbox_time import timers
from channels_app.services.outgoing import NewMessage, write_messages
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
from core.calendar import BusinessHours
from events.models import Event
from events.queue.handlers import Claimed
from events.queue.models import Item
from events.services.publishing import NewEvent, publish
from events.subscribing import SUBSCRIPTIONS
from tenants.scope import require_tenant
from workflow.graph import DocumentError
from workflow.models import ArmedTrigger, Workflow, WorkflowExecution
from workflow.services.publishing import activate, pause, publish_draft

STEP = {
    "nodes": [{"id": "set", "type": "set_variables", "config": {"values": {"kind": "{{ event.data.kind }}"}}}]
}
NO_REPLY = {"kind": "no_reply", "after": "2h"}
SILENT = {"kind": "customer_silent", "after": "24h"}
CLOSING = {"kind": "window_closing", "before": "1h"}
UNASSIGNED = {"kind": "unassigned", "after": "30m"}
OTHER = "213555999888"


@pytest.fixture(autouse=True)
def _nothing_kept():
    timers.forget_wanted()
    forget_business_hours()
    yield
    timers.forget_wanted()
    forget_business_hours()


class Clock:
    """Python's clock, from now on; timers ring when it is moved past them."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller
        self.start = datetime.now(UTC).replace(microsecond=0)

    def wait(self, **delta: float) -> None:
        """Time passes, and what is due by Python's clock rings."""
        self._traveller.shift(timedelta(**delta))
        self.ring()

    def ring(self) -> None:
        now = datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE public.queue_item SET run_at = now() - interval '1 second' WHERE state = 0 AND run_at <= %s",
                [now],
            )
            cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at <= %s", [now])
        drain()


@pytest.fixture
def clock(inside):
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield Clock(traveller)


def on_time(*, name: str = "", **config: Any) -> Workflow:
    """An active workflow with that trigger."""
    workflow = Workflow.objects.create(name=name or f"w{Workflow.objects.count()}", draft=draft_of(**config))
    with transaction.atomic():
        publish_draft(workflow, by="test")
        activate(workflow)
    return workflow


def draft_of(**config: Any) -> dict[str, Any]:
    return {"triggers": [{"id": "time", "type": "inbox_time", "config": config}], **STEP}


def change(workflow: Workflow, **config: Any) -> None:
    workflow.draft = draft_of(**config)
    workflow.save()
    with transaction.atomic():
        publish_draft(workflow, by="test")


def told(workflow: Workflow) -> list[Event]:
    address = str(ArmedTrigger.objects.get(workflow=workflow).id)
    rows = Event.objects.filter(type="CONVERSATION_TIME_REACHED", data__trigger=address).order_by("id")
    started = WorkflowExecution.objects.filter(workflow=workflow, event_id__in=[row.id for row in rows])
    assert {row.event_id for row in started} == {row.id for row in rows}
    return list(rows)


def ringing() -> list[tuple[str, datetime]]:
    return list(Item.objects.filter(kind=timers.TIMER).order_by("id").values_list("ref", "run_at"))


def write(conversation: Conversation, text: str = "تفضلي", *, author: str = "member:bob") -> Message:
    new = NewMessage(
        effect_key=f"test:{uuid.uuid4()}", author=author, text=text, conversation_id=conversation.id
    )
    with transaction.atomic():
        return write_messages([new])[0]


def settle(clock: Clock) -> None:
    """The look at what waits already is through."""
    clock.wait(seconds=3)
    assert not Item.objects.filter(kind=timers.SCAN).exists()


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


class TestInForce:
    def test_what_waits_already_when_it_comes_into_force(self, clock, whatsapp, monkeypatch):
        monkeypatch.setattr(timers, "SCAN_PAGE", 1)
        receive(whatsapp, text_body())
        clock.wait(days=4)
        receive(whatsapp, text_body(of=OTHER, number=2))
        clock.wait(days=4, hours=-1)
        receive(whatsapp, text_body(of="213555111222", number=3))
        receive(whatsapp, text_body(of="213555333444", number=4))
        answered = Conversation.objects.latest("id")
        write(answered)
        clock.wait(hours=1)
        workflow = on_time(**NO_REPLY)
        drain()
        assert told(workflow) == []
        settle(clock)
        ours = Conversation.objects.filter(recipient=OTHER).get()
        assert [event.conversation_id for event in told(workflow)] == [ours.id]
        clock.wait(hours=1)
        assert len(told(workflow)) == 2

    def test_what_begins_before_every_process_knows(self, clock, whatsapp):
        """Another process published the workflow: this one has not looked again yet."""
        assert timers.wanted_types() == frozenset()
        workflow = on_time(**NO_REPLY)
        timers._wanted._entries[require_tenant().id] = (time.monotonic() + 2, frozenset())
        receive(whatsapp, text_body())
        assert ringing() == []
        settle(clock)
        assert len(ringing()) == 1
        clock.wait(hours=2)
        assert len(told(workflow)) == 1

    def test_publishing_again_keeps_the_timers(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        settle(clock)
        receive(whatsapp, text_body())
        before = list(Item.objects.order_by("id").values_list("id", "run_at"))
        change(workflow, **NO_REPLY)
        assert list(Item.objects.order_by("id").values_list("id", "run_at")) == before
        clock.wait(hours=2)
        assert len(told(workflow)) == 1

    def test_a_shorter_time_rings_earlier(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        settle(clock)
        receive(whatsapp, text_body())
        clock.wait(minutes=20)
        change(workflow, kind="no_reply", after="30m")
        settle(clock)
        clock.wait(minutes=10)
        assert len(told(workflow)) == 1
        clock.wait(hours=2)
        assert (len(told(workflow)), ringing()) == (1, [])

    def test_a_longer_one_later(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        clock.wait(hours=1)
        change(workflow, kind="no_reply", after="5h")
        settle(clock)
        clock.wait(hours=1)
        assert told(workflow) == []
        assert len(ringing()) == 1
        clock.wait(hours=3)
        assert len(told(workflow)) == 1

    def test_a_pause_stops_it(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        clock.wait(hours=1)
        with transaction.atomic():
            pause(workflow)
        receive(whatsapp, text_body(of=OTHER, number=2))
        clock.wait(hours=5)
        assert (told(workflow), ringing()) == ([], [])
        with transaction.atomic():
            activate(workflow)
        settle(clock)
        assert len(told(workflow)) == 2
        assert timers.wanted_types() == {"MESSAGE_RECEIVED", "MESSAGE_FAILED"}

    def test_a_pause_during_the_look(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        with transaction.atomic():
            pause(workflow)
        receive(whatsapp, text_body())
        settle(clock)
        assert ringing() == []

    def test_two_triggers_wait_each_for_themselves(self, clock, whatsapp):
        first, second = on_time(**NO_REPLY), on_time(kind="no_reply", after="3h")
        receive(whatsapp, text_body())
        assert len(ringing()) == 2
        clock.wait(hours=2)
        assert (len(told(first)), len(told(second))) == (1, 0)
        clock.wait(hours=1)
        assert (len(told(first)), len(told(second))) == (1, 1)


class TestOnce:
    def claimed(self, kind: str, ref: str) -> Claimed:
        return Claimed(1, require_tenant().id, "lane", kind, ref, 1)

    def test_a_timer_that_rings_twice(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        ((ref, _),) = ringing()
        clock.wait(hours=2)
        for _ in range(2):
            with transaction.atomic():
                InboxTimeHandler().handle([self.claimed(timers.TIMER, ref)] * 2)
        drain()
        assert len(told(workflow)) == 1

    def test_a_look_that_is_done_twice(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        (ref,) = Item.objects.filter(kind=timers.SCAN).values_list("ref", flat=True)
        for _ in range(2):
            with transaction.atomic():
                InboxScanHandler().handle([self.claimed(timers.SCAN, ref)])
        assert len(ringing()) == 1
        clock.wait(hours=2)
        assert len(told(workflow)) == 1

    def test_an_event_that_is_dispatched_twice(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        for event in Event.objects.filter(type="MESSAGE_RECEIVED"):
            SUBSCRIPTIONS.get("channels.inbox_time").handle([event, event])
        assert len(ringing()) == 1
        clock.wait(hours=2)
        for event in Event.objects.filter(type="MESSAGE_RECEIVED"):
            SUBSCRIPTIONS.get("channels.inbox_time").handle([event])
        clock.ring()
        assert len(told(workflow)) == 1

    def test_events_with_strange_data(self, clock, whatsapp):
        workflow = on_time(**NO_REPLY)
        receive(whatsapp, text_body())
        conversation = Conversation.objects.get()
        for data in ({}, {"channel_id": "؟"}, {"channel_id": 7, "provider": ["x"]}):
            with transaction.atomic():
                publish(
                    NewEvent(
                        type="MESSAGE_RECEIVED",
                        contact_id=conversation.contact_id,
                        conversation_id=conversation.id,
                        data=data,
                    )
                )
        drain()
        clock.wait(hours=2)
        assert len(told(workflow)) == 1


class TestBusinessHours:
    def open_for(self, *hours: tuple[int, int]) -> BusinessHours:
        """Open on all days from so many hours from now until so many, in UTC."""
        now = datetime.now(UTC)
        windows = [
            [(now + timedelta(hours=a)).strftime("%H:%M"), (now + timedelta(hours=b)).strftime("%H:%M")]
            for a, b in hours
        ]
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return BusinessHours.model_validate({"timezone": "UTC", "week": dict.fromkeys(days, windows)})

    def test_only_open_time_counts(self, clock, whatsapp):
        with transaction.atomic():
            set_business_hours(self.open_for((-1, 1), (5, 8)))
        workflow = on_time(**NO_REPLY, business_hours=True)
        receive(whatsapp, text_body())
        clock.wait(hours=5, minutes=55)
        assert told(workflow) == []
        clock.wait(minutes=6)
        (event,) = told(workflow)
        assert 119 <= event.data["minutes"] <= 121

    @pytest.mark.parametrize("hours", [None, "all day"])
    def test_new_hours_count_at_once(self, clock, whatsapp, hours):
        with transaction.atomic():
            set_business_hours(self.open_for((5, 8)))
        workflow, by_the_clock = (
            on_time(**NO_REPLY, business_hours=True),
            on_time(kind="no_reply", after="9h"),
        )
        receive(whatsapp, text_body())
        settle(clock)
        clock.wait(hours=1)
        with transaction.atomic():
            set_business_hours(None if hours is None else self.open_for((-2, 6)))
        assert Item.objects.filter(kind=timers.SCAN).count() == 1
        settle(clock)
        clock.wait(hours=1, minutes=1)
        assert len(told(workflow)) == 1
        clock.wait(hours=8)
        assert (len(told(workflow)), len(told(by_the_clock))) == (1, 1)

    def test_they_must_be_set(self, clock, whatsapp):
        with pytest.raises(DocumentError, match="the opening hours are not set: set them for the inbox"):
            on_time(**NO_REPLY, business_hours=True)


class TestPublishing:
    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ({**NO_REPLY, "channels": [str(uuid.UUID(int=7))]}, "there is no channel 00000000-"),
            ({"kind": "window_closing", "before": "24h"}, "is open for 24 hours: choose a shorter 'before'"),
            ({"kind": "no_reply"}, "takes after, and not before"),
        ],
    )
    def test_what_cannot_be_published(self, whatsapp, config, words):
        with pytest.raises(DocumentError, match=words):
            on_time(**config)

    def test_a_channel_with_a_window_is_needed(self, telegram, webchat):
        with pytest.raises(DocumentError, match="none of the channels has a reply window"):
            on_time(**CLOSING)


class TestCost:
    def statements(self, receive_one: Callable[[], None]) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            receive_one()
        return [query["sql"] for query in captured.captured_queries]

    def test_without_such_a_trigger_a_message_costs_nothing_more(self, clock, whatsapp, monkeypatch):
        receive(whatsapp, text_body())
        assert timers.wanted_types() == frozenset()

        def once(number: int) -> int:
            return len(self.statements(lambda: receive(whatsapp, text_body(number=number))))

        once(2)
        with_it = once(3)
        kept = {name: one for name, one in SUBSCRIPTIONS._items.items() if name != "channels.inbox_time"}
        monkeypatch.setattr(SUBSCRIPTIONS, "_items", kept)
        assert with_it == once(4)

    def test_with_one_a_message_costs_little_more(self, clock, whatsapp):
        on_time(**NO_REPLY)
        settle(clock)
        receive(whatsapp, text_body())
        armed = self.statements(lambda: receive(whatsapp, text_body(number=2)))
        assert len(ringing()) == 1
        assert sum("channels_app_message" in sql and "LATERAL" in sql for sql in armed) == 0

    def test_many_timers_are_looked_at_together(self, clock, whatsapp):
        on_time(**NO_REPLY)
        settle(clock)
        bodies = [text_body(of=f"2135550{n:05}", number=n) for n in range(40)]
        receive(whatsapp, *bodies)
        assert len(ringing()) == 40
        seen = self.statements(lambda: clock.wait(hours=2))
        assert Event.objects.filter(type="CONVERSATION_TIME_REACHED").count() == 40
        assert sum("LATERAL" in sql and "channels_app_message" in sql for sql in seen) <= 4

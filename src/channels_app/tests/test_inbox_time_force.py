"""Triggers of time in the inbox, in force and out of it: told once, also after restarts, pauses and changes; what they
cost."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from channels_app.handlers import InboxScanHandler, InboxTimeHandler
from channels_app.models import Conversation
from channels_app.services.business_hours import set_business_hours
from channels_app.services.inbox_time import timers
from channels_app.tests.inbox_time_support import (
    CLOSING,
    NO_REPLY,
    OTHER,
    change,
    on_time,
    ringing,
    settle,
    told,
    write,
)
from channels_app.tests.support import (
    drain,
    receive,
    text_body,
)
from core.calendar import BusinessHours
from events.models import Event
from events.queue.handlers import Claimed
from events.queue.models import Item, ItemState
from events.services.publishing import NewEvent, publish
from events.subscribing import SUBSCRIPTIONS
from tenants.scope import require_tenant
from workflow.graph import DocumentError
from workflow.services.publishing import activate, pause


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


class TestGivenUp:
    """A timer that was tried too often is a dead letter; it keeps no later one out."""

    @pytest.mark.parametrize("how", ["message", "look"])
    def test_it_makes_room_for_the_next(self, clock, whatsapp, how):
        workflow = on_time(**NO_REPLY)
        settle(clock)
        receive(whatsapp, text_body())
        Item.objects.filter(kind=timers.TIMER).update(state=ItemState.DEAD)
        clock.wait(hours=3)
        assert told(workflow) == []
        if how == "message":
            receive(whatsapp, text_body(number=2))
        else:
            pause(workflow)
            activate(workflow)
            settle(clock)
        clock.wait(hours=2)
        assert len(told(workflow)) == 1
        assert not Item.objects.filter(kind=timers.TIMER).exists()


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
        with CaptureQueriesContext(connection) as captured:
            receive_one()
        return [query["sql"] for query in captured.captured_queries]

    def test_without_such_a_trigger_a_message_costs_nothing_more(self, clock, whatsapp, monkeypatch):
        receive(whatsapp, text_body())
        assert timers.wanted_types() == frozenset()

        def once(number: int) -> int:
            return len(self.statements(lambda: receive(whatsapp, text_body(number=number))))

        # The least of three: a cache of seconds that is read anew meanwhile is no message's cost.
        once(2)
        with_it = min(map(once, (3, 4, 5)))
        kept = {name: one for name, one in SUBSCRIPTIONS._items.items() if name != "channels.inbox_time"}
        monkeypatch.setattr(SUBSCRIPTIONS, "_items", kept)
        assert with_it == min(map(once, (6, 7, 8)))

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

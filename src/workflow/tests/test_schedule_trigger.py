"""Schedules: one item in the queue a tick, right across clock changes, outages, pauses and new versions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from events.models import Event
from events.queue.handlers import HANDLERS, Claimed
from events.queue.models import Item
from workflow.models import ArmedTrigger, Workflow, WorkflowExecution
from workflow.services.publishing import activate, pause, publish_draft
from workflow.tests.schedule_support import TICK, at, due, next_at, pass_time, scheduled, waiting

# -- ticks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "ticks"),
    [
        ({"cron": "0 9 * * *"}, ["2037-03-02T08:00", "2037-03-03T08:00"]),
        ({"cron": "0 9 * * *", "zone": "Asia/Tehran"}, ["2037-03-02T05:30", "2037-03-03T05:30"]),
        ({"cron": "٠ ٩ * * fri"}, ["2037-03-06T08:00", "2037-03-13T08:00"]),
        ({"interval": {"every": 90, "unit": "minutes"}}, ["2037-03-02T00:30", "2037-03-02T02:00"]),
        (
            {"interval": {"every": 2, "unit": "days", "anchor": "2037-03-01T10:00"}, "zone": "Asia/Dubai"},
            ["2037-03-03T06:00", "2037-03-05T06:00"],
        ),
    ],
)
def test_each_tick_starts_an_execution_and_queues_the_next(engine, clock, config, ticks):
    armed = scheduled(engine, **config)
    first, second = map(at, ticks)
    assert waiting() == [(f"{armed.id}:{first.isoformat()}", first)]
    assert armed.state == {"next_at": first.isoformat(), "last_at": None, "missed": 0}

    pass_time(engine, clock, ticks[0])

    execution = WorkflowExecution.objects.get()
    assert (execution.state, execution.contact_id, execution.trigger) == ("completed", None, "clock")
    event = Event.objects.get(id=execution.event_id)
    assert event.occurred_at == first
    assert event.data["trigger"] == str(armed.id)
    assert datetime.fromisoformat(event.data["scheduled_for"]) == first
    assert next_at(armed) == second
    assert armed.state["last_at"] == first.isoformat()
    assert waiting() == [(f"{armed.id}:{second.isoformat()}", second)]


def test_templates_see_the_time_on_the_schedules_clock(engine, clock):
    scheduled(engine, cron="30 7 * * *", zone="Asia/Tehran")

    pass_time(engine, clock, "2037-03-02T04:00")

    assert WorkflowExecution.objects.get().scope["vars"] == {"when": "2037-03-02T07:30:00+03:30"}


@pytest.mark.parametrize(
    ("cron", "start", "ticks"),
    [
        # Berlin skips 02:00-03:00 on 29 March: the tick comes at the first instant after the gap.
        ("30 2 * * *", "2037-03-28T12:00", ["2037-03-29T01:00", "2037-03-30T00:30"]),
        # It shows 02:00-03:00 twice on 25 October: once is enough.
        ("30 2 * * *", "2037-10-24T12:00", ["2037-10-25T00:30", "2037-10-26T01:30"]),
        ("0 9 * * *", "2037-03-28T12:00", ["2037-03-29T07:00", "2037-03-30T07:00"]),
    ],
)
def test_the_clock_is_changed(engine, clock, cron, start, ticks):
    clock.move_to(at(start))
    armed = scheduled(engine, cron=cron, zone="Europe/Berlin")

    for tick in ticks:
        assert next_at(armed) == at(tick)
        pass_time(engine, clock, tick)

    assert due(armed) == [at(tick) for tick in ticks]


def test_a_worker_whose_clock_is_behind_loses_no_tick(engine, clock):
    armed = scheduled(engine, cron="0 9 * * *")

    pass_time(engine, clock, "2037-03-02T07:59:59")

    assert due(armed) == [at("2037-03-02T08:00")]
    assert next_at(armed) == at("2037-03-03T08:00")


# -- what was missed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("catch_up", "now", "ran", "missed"),
    [
        ({"policy": "skip"}, "2037-03-05T12:00", [], 4),
        ({"policy": "skip"}, "2037-03-05T08:04", ["2037-03-05"], 3),
        ({"policy": "skip", "grace_minutes": 3}, "2037-03-05T08:04", [], 4),
        ({"policy": "one"}, "2037-03-05T12:00", ["2037-03-05"], 3),
        ({}, "2037-03-05T12:00", ["2037-03-05"], 3),
        (
            {"policy": "all"},
            "2037-03-05T12:00",
            ["2037-03-02", "2037-03-03", "2037-03-04", "2037-03-05"],
            0,
        ),
        ({"policy": "all", "max": 2}, "2037-03-05T12:00", ["2037-03-04", "2037-03-05"], 2),
        ({"policy": "all", "max": 2}, "2037-03-02T08:00", ["2037-03-02"], 0),
    ],
)
def test_ticks_missed_while_nothing_ran(engine, clock, catch_up, now, ran, missed):
    armed = scheduled(engine, cron="0 9 * * *", catch_up=catch_up)

    pass_time(engine, clock, now)

    assert due(armed) == [at(f"{day}T08:00") for day in ran]
    assert WorkflowExecution.objects.count() == len(ran)
    assert next_at(armed) == at("2037-03-06T08:00" if now > "2037-03-05" else "2037-03-03T08:00")
    assert armed.state["missed"] == missed
    assert armed.state["last_at"] == (at(f"{ran[-1]}T08:00").isoformat() if ran else None)


def test_missed_ticks_are_counted_over_outages(engine, clock):
    armed = scheduled(engine, cron="0 9 * * *")

    pass_time(engine, clock, "2037-03-04T12:00")
    pass_time(engine, clock, "2037-03-06T12:00")

    armed.refresh_from_db()
    assert armed.state["missed"] == 3


def test_a_pause_drops_its_ticks(engine, clock):
    armed = scheduled(engine, cron="0 9 * * *", catch_up={"policy": "all"})
    pause(armed.workflow)
    assert waiting() == []
    assert next_at(armed) is None

    pass_time(engine, clock, "2037-03-05T12:00")
    with transaction.atomic():
        activate(armed.workflow)
    pass_time(engine, clock, "2037-03-06T08:00")

    assert due(armed) == [at("2037-03-06T08:00")]


def test_a_tick_in_hand_while_its_schedule_is_changed_does_nothing(engine, clock):
    armed = scheduled(engine, cron="0 9 * * *")
    ((ref, _),) = waiting()
    pause(armed.workflow)
    activate(armed.workflow)
    stale = Claimed(
        id=1, tenant_id=uuid.uuid4(), lane="x", kind=TICK, ref=f"{armed.id}:2020-01-01", attempts=1
    )

    HANDLERS.get(TICK).handle([stale])
    pause(armed.workflow)
    HANDLERS.get(TICK).handle([Claimed(1, uuid.uuid4(), "x", TICK, ref, 1)])

    assert due(armed) == []
    assert waiting() == []


# -- new versions ------------------------------------------------------------------------------------------------------


def _republish(workflow: Workflow, **changes: Any) -> None:
    clock, *rest = workflow.draft["triggers"]
    workflow.draft = {
        **workflow.draft,
        "triggers": [{**clock, **changes.pop("clock", {})}, *changes.pop("more", rest)],
    }
    workflow.save()
    publish_draft(workflow, by="test")


def test_publishing_again_keeps_the_tick_of_an_unchanged_schedule(engine, clock):
    # Counted from its arming, this one would move if it were armed anew.
    armed = scheduled(engine, interval={"every": 1, "unit": "days"})
    item = Item.objects.get(kind=TICK)
    before = armed.state
    clock.move_to(at("2037-03-02T10:00"))

    _republish(armed.workflow, more=[{"event_type": "MESSAGE_RECEIVED"}])

    armed.refresh_from_db()
    assert armed.state == before
    assert Item.objects.get(kind=TICK).id == item.id


def test_a_changed_schedule_gets_another_tick_and_keeps_its_history(engine, clock):
    armed = scheduled(engine, cron="0 9 * * *")
    pass_time(engine, clock, "2037-03-02T08:00")

    _republish(armed.workflow, clock={"config": {"cron": "0 18 * * *"}})

    assert next_at(armed) == at("2037-03-02T17:00")
    assert armed.state["last_at"] == at("2037-03-02T08:00").isoformat()
    assert [run_at for _, run_at in waiting()] == [at("2037-03-02T17:00")]


def test_a_removed_schedule_is_gone(engine, clock):
    armed = scheduled(engine, cron="0 9 * * *")
    armed.workflow.draft = {**armed.workflow.draft, "triggers": [{"event_type": "MESSAGE_RECEIVED"}]}
    armed.workflow.save()

    publish_draft(armed.workflow, by="test")

    assert waiting() == []
    assert not ArmedTrigger.objects.exists()


def test_two_workflows_on_one_minute_each_start_once(engine, clock):
    first, second = (
        scheduled(engine, cron="0 9 * * *", name="يومي"),
        scheduled(engine, cron="0 9 * * *", name="روزانه"),
    )

    pass_time(engine, clock, "2037-03-02T08:00")

    started = WorkflowExecution.objects.values_list("workflow__name", flat=True)
    assert sorted(started) == sorted([first.workflow.name, second.workflow.name])

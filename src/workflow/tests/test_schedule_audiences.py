"""Schedules for an audience: one execution a contact, page by page; and what is refused when publishing."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from events.queue.handlers import HANDLERS, Claimed
from workflow.audiences import AUDIENCES
from workflow.graph import DocumentError
from workflow.handlers import schedules
from workflow.models import ArmedTrigger, WorkflowExecution
from workflow.services.publishing import pause
from workflow.tests.schedule_support import PAGE, People, at, due, next_at, pass_time, scheduled, waiting


@pytest.fixture
def people(monkeypatch) -> dict[str, list[uuid.UUID]]:
    """The groups of a test audience ``people``."""
    audience = People()
    audience.groups = {}
    monkeypatch.setattr(AUDIENCES, "_items", {**AUDIENCES._items, "people": audience})
    return audience.groups


def test_an_audience_starts_one_execution_a_contact(engine, clock, people, monkeypatch):
    monkeypatch.setattr(schedules, "PAGE_SIZE", 2)
    people["vip"] = [engine.contact() for _ in range(5)]
    armed = scheduled(engine, cron="0 9 * * *", audience={"type": "people", "config": {"group": "vip"}})

    pass_time(engine, clock, "2037-03-02T08:00")

    started = WorkflowExecution.objects.values_list("contact_id", flat=True)
    assert sorted(started) == sorted(people["vip"])
    assert due(armed) == [at("2037-03-02T08:00")] * 5
    assert waiting(PAGE) == []


def test_a_page_that_is_done_twice_doubles_nothing(engine, clock, people):
    people["vip"] = [engine.contact() for _ in range(3)]
    armed = scheduled(engine, cron="0 9 * * *", audience={"type": "people", "config": {"group": "vip"}})
    page = Claimed(1, uuid.uuid4(), "x", PAGE, f"{armed.id}::2037-03-02T08:00:00+00:00", 1)

    HANDLERS.get(PAGE).handle([page])
    HANDLERS.get(PAGE).handle([page])
    engine.work()

    assert len(due(armed)) == 3
    assert WorkflowExecution.objects.count() == 3


def test_pages_do_not_wait_behind_the_next_tick_and_end_with_a_pause(engine, clock, people, monkeypatch):
    monkeypatch.setattr(schedules, "PAGE_SIZE", 2)
    people["vip"] = [engine.contact() for _ in range(5)]
    armed = scheduled(engine, cron="0 9 * * *", audience={"type": "people", "config": {"group": "vip"}})
    page = Claimed(1, uuid.uuid4(), "x", PAGE, f"{armed.id}::2037-03-02T08:00:00+00:00", 1)
    with transaction.atomic():
        HANDLERS.get(PAGE).handle([page])
    assert len(waiting(PAGE)) == 1

    pause(armed.workflow)
    engine.work()

    assert len(due(armed)) == 2


def test_nobody_is_an_audience_too(engine, clock, people):
    people["vip"] = []
    armed = scheduled(engine, cron="0 9 * * *", audience={"type": "people", "config": {"group": "vip"}})

    pass_time(engine, clock, "2037-03-02T08:00")

    assert due(armed) == []
    assert next_at(armed) == at("2037-03-03T08:00")


def test_an_audience_that_went_away_stops_its_page_and_not_the_schedule(engine, clock, people):
    people["vip"] = [engine.contact()]
    armed = scheduled(engine, cron="0 9 * * *", audience={"type": "people", "config": {"group": "vip"}})
    del people["vip"]

    pass_time(engine, clock, "2037-03-02T08:00")

    assert due(armed) == []
    assert next_at(armed) == at("2037-03-03T08:00")


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "place", "words"),
    [
        ({}, "/triggers/0/config", "give either 'cron' or 'interval'"),
        (
            {"cron": "0 9 * * *", "interval": {"every": 1, "unit": "days"}},
            "/triggers/0/config",
            "give either",
        ),
        ({"cron": "0 25 * * *"}, "/triggers/0/config/cron", "the hour cannot be '25'"),
        ({"cron": "0 9 30 2 *"}, "/triggers/0/config/cron", "never comes round"),
        ({"cron": "0 9 * * *", "zone": "Algiers"}, "/triggers/0/config/zone", "IANA"),
        ({"cron": "0 9 * * *", "every": 1}, "/triggers/0/config/every", "Extra inputs"),
        ({"cron": "0 9 * * *", "audience": {"type": "nobody"}}, "/triggers/0", "no audience 'nobody'"),
        (
            {"cron": "0 9 * * *", "audience": {"type": "people"}},
            "/triggers/0",
            "audience.config.group: Field required",
        ),
        (
            {"cron": "0 9 * * *", "audience": {"type": "people", "config": {"group": "مهم"}}},
            "/triggers/0",
            "no group 'مهم'",
        ),
    ],
)
def test_what_is_wrong_is_told_when_publishing(engine, people, config, place, words):
    with pytest.raises(DocumentError) as refused:
        scheduled(engine, **config)

    told = [problem.message for problem in refused.value.problems if problem.place == place]
    assert any(words in message for message in told), refused.value.problems
    assert not ArmedTrigger.objects.exists()

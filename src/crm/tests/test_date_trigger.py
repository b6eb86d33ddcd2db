"""Dates of contacts that start workflows: on time, in the contact's zone, once, also after outages and restarts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from core.ids import uuid7_bound
from crm import handlers
from crm.handlers import DatesHandler
from crm.models import Contact, CustomField
from crm.services import dates
from crm.services.contacts import Change, create_contact, update_contacts
from crm.services.fields import declare_field
from crm.tests.workflow_support import STEP, armed_of, at, drain, let_ring, started_for, workflow_on
from events.models import Event
from events.queue.handlers import Claimed
from events.queue.models import Item
from tenants.scope import require_tenant
from workflow.graph import DocumentError
from workflow.models import ArmedTrigger, Workflow
from workflow.services.publishing import activate, pause, publish_draft

pytestmark = pytest.mark.usefixtures("inside")

BIRTHDAY = {"field": "custom.birthday", "offset": {"at": "09:00", "repeat": "yearly"}}


@pytest.fixture
def clock():
    """The Python clock, from 2031-03-20 00:00 UTC on; the queue's own is not moved."""
    with time_machine.travel(at("2031-03-20T00:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def born(clock):
    """``born("2000-02-29")``: a contact with that birthday; ``visit=`` an appointment."""
    declare_field(slug="birthday", label="تاريخ الميلاد", type="date")
    declare_field(slug="visit", label="الموعد", type="datetime")

    def make(day: str | None = None, *, zone: str = "", visit: str | None = None) -> Contact:
        custom = {key: value for key, value in {"birthday": day, "visit": visit}.items() if value}
        return create_contact({"name": "سارا", "timezone": zone}, custom=custom)

    return make


def on_date(**config: Any) -> Workflow:
    return workflow_on(
        {"id": "date", "type": "date_field", "config": config}, name=f"w{Workflow.objects.count()}"
    )


def came(moment: str) -> Contact:
    """A contact made then: ids are in order of time, by the machine's own clock."""
    return Contact.objects.create(id=uuid7_bound(at(moment)), created_at=at(moment), name="سارا")


def pass_to(clock: Any, moment: str) -> None:
    clock.move_to(at(moment))
    let_ring()


def told(workflow: Workflow) -> list[tuple[str, str]]:
    """``(date, moment)`` of what was published for it."""
    address = str(armed_of(workflow).id)
    rows = Event.objects.filter(type="CONTACT_DATE_REACHED", data__trigger=address).order_by("id")
    return [(row.data["date"], row.data["moment"]) for row in rows]


def waiting() -> list[str]:
    return list(Item.objects.filter(kind="crm.dates").values_list("ref", flat=True))


#: config, the contact's values, the look before, the look that finds it (UTC), and the moment in the contact's zone.
MOMENTS = [
    (BIRTHDAY, {"day": "1990-03-21"}, "2031-03-21T07:45", "2031-03-21T08:00", "2031-03-21T09:00:00+01:00"),
    (
        BIRTHDAY,
        {"day": "1990-03-21", "zone": "Asia/Tehran"},
        "2031-03-21T05:15",
        "2031-03-21T05:30",
        "2031-03-21T09:00:00+03:30",
    ),
    # A day and a half apart from another's in UTC, and still the same day of the calendar.
    (
        BIRTHDAY,
        {"day": "1990-03-21", "zone": "Pacific/Kiritimati"},
        "2031-03-20T18:45",
        "2031-03-20T19:00",
        "2031-03-21T09:00:00+14:00",
    ),
    (
        BIRTHDAY,
        {"day": "1990-03-21", "zone": "Pacific/Pago_Pago"},
        "2031-03-21T19:45",
        "2031-03-21T20:00",
        "2031-03-21T09:00:00-11:00",
    ),
    (
        {"field": "custom.birthday", "offset": {"days": 3, "direction": "before", "repeat": "yearly"}},
        {"day": "٢٠٠٠-٠٣-٢٤"},
        "2031-03-20T22:45",
        "2031-03-20T23:00",
        "2031-03-21T00:00:00+01:00",
    ),
    (
        {"field": "custom.birthday", "offset": {"days": 3_000}},
        {"day": (at("2031-03-22") - timedelta(days=3_000)).date().isoformat()},
        "2031-03-21T22:45",
        "2031-03-21T23:00",
        "2031-03-22T00:00:00+01:00",
    ),
    (
        {"field": "custom.visit", "offset": {"hours": 2, "direction": "before"}},
        {"visit": "2031-03-21T15:20:00+01:00"},
        "2031-03-21T12:15",
        "2031-03-21T12:30",
        "2031-03-21T13:20:00+01:00",
    ),
    (
        {"field": "custom.visit", "offset": {"days": 1, "direction": "before", "at": "18:00"}},
        {"visit": "2031-03-22T08:00:00+01:00", "zone": "Pacific/Kiritimati"},
        "2031-03-21T03:45",
        "2031-03-21T04:00",
        "2031-03-21T18:00:00+14:00",
    ),
    (
        {"field": "created_at", "offset": {"days": 1, "at": "10:00"}},
        {},
        "2031-03-21T08:45",
        "2031-03-21T09:00",
        "2031-03-21T10:00:00+01:00",
    ),
]


@pytest.mark.parametrize(("config", "values", "before", "look", "moment"), MOMENTS)
def test_the_moment_comes_once_for_the_contact(clock, born, config, values, before, look, moment):
    workflow = on_date(**config)
    contact = came("2031-03-20T12:00") if config["field"] == "created_at" else born(**values)
    pass_to(clock, before)
    assert told(workflow) == []

    pass_to(clock, look)

    ((_, when),) = told(workflow)
    assert when == moment
    assert started_for(workflow) == [contact]
    event = Event.objects.get(type="CONTACT_DATE_REACHED")
    assert (event.occurred_at, event.data["field"]) == (datetime.fromisoformat(moment), config["field"])
    for minutes in (15, 30, 24 * 60):
        pass_to(clock, (datetime.fromisoformat(look) + timedelta(minutes=minutes)).isoformat())
    assert len(started_for(workflow)) == 1


def test_the_date_is_the_one_in_the_field(clock, born):
    workflow = on_date(**BIRTHDAY)
    born("1996-02-29")
    clock.move_to(at("2032-02-29T00:00"))
    let_ring()
    for day in ("2032-02-29", "2033-02-28", "2033-03-01"):
        pass_to(clock, f"{day}T07:50")
        pass_to(clock, f"{day}T08:05")
    assert told(workflow) == [
        ("1996-02-29", "2032-02-29T09:00:00+01:00"),
        ("1996-02-29", "2033-02-28T09:00:00+01:00"),
    ]


def test_looks_are_on_the_quarter_and_one_waits(clock, born):
    clock.move_to(at("2031-03-20T10:07:30"))
    workflow = on_date(**BIRTHDAY)
    address = armed_of(workflow).id
    assert waiting() == [f"{address}:2031-03-20T10:15:00+00:00"]
    pass_to(clock, "2031-03-20T10:15")
    assert waiting() == [f"{address}:2031-03-20T10:30:00+00:00"]
    # A worker's clock behind the queue's.
    pass_to(clock, "2031-03-20T10:29:59")
    assert waiting() == [f"{address}:2031-03-20T10:45:00+00:00"]
    assert armed_of(workflow).state["looked"] == "2031-03-20T10:30:00+00:00"


class TestOnce:
    def test_a_look_that_is_done_twice(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        pass_to(clock, "2031-03-21T07:59")
        (ref,) = waiting()
        state = armed_of(workflow).state
        pass_to(clock, "2031-03-21T08:00")
        # As after a crash that lost the end of the look, but not what it told.
        ArmedTrigger.objects.update(state=state)
        item = Claimed(1, require_tenant().id, "dates", "crm.dates", ref, 1)
        with transaction.atomic():
            DatesHandler().handle([item])
        with transaction.atomic():
            DatesHandler().handle([item])
        drain()
        assert len(told(workflow)) == len(started_for(workflow)) == 1

    def test_a_contact_who_moves_after_the_greeting(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        contact = born("1990-03-21", zone="Asia/Tehran")
        pass_to(clock, "2031-03-21T05:30")
        with transaction.atomic():
            update_contacts([Change(contact_id=contact.id, values={"timezone": "America/New_York"})])
        pass_to(clock, "2031-03-21T13:00")
        assert len(told(workflow)) == 1

    def test_an_appointment_that_is_put_off_counts_anew(self, clock, born):
        workflow = on_date(field="custom.visit", offset={"hours": 1, "direction": "before"})
        contact = born(visit="2031-03-20T10:00:00+00:00")
        pass_to(clock, "2031-03-20T09:00")
        with transaction.atomic():
            update_contacts([Change(contact_id=contact.id, custom={"visit": "2031-03-20T15:00:00+00:00"})])
        pass_to(clock, "2031-03-20T14:00")
        assert [moment for _, moment in told(workflow)] == [
            "2031-03-20T10:00:00+01:00",
            "2031-03-20T15:00:00+01:00",
        ]

    def test_contacts_written_while_a_look_went_on_are_seen_by_the_next(self, clock, born):
        workflow = on_date(field="created_at")
        pass_to(clock, "2031-03-20T10:00")
        late = came("2031-03-20T09:59:58")
        pass_to(clock, "2031-03-20T10:15")
        pass_to(clock, "2031-03-20T10:30")
        assert started_for(workflow) == [late]

    @pytest.mark.parametrize("size", [1, 2, 3, 10])
    def test_page_by_page(self, clock, born, monkeypatch, size):
        monkeypatch.setattr(dates, "PAGE_SIZE", size)
        workflow = on_date(**BIRTHDAY)
        people = [born(f"19{year}-03-21") for year in range(60, 66)]
        born("1990-03-23")
        pass_to(clock, "2031-03-21T07:45")
        pass_to(clock, "2031-03-21T08:00")
        assert sorted(started_for(workflow), key=lambda c: c.id) == people


class TestOutages:
    @pytest.mark.parametrize(
        ("back_at", "count"),
        [("2031-03-21T10:00", 1), ("2031-03-22T07:55", 1), ("2031-03-22T08:05", 0), ("2031-04-21T08:05", 0)],
    )
    def test_dates_are_made_up_for_within_a_day(self, clock, born, back_at, count):
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        pass_to(clock, "2031-03-21T06:00")
        pass_to(clock, back_at)
        assert len(told(workflow)) == count

    def test_what_cannot_be_done_is_tried_by_the_next_look(self, clock, born, monkeypatch):
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        pass_to(clock, "2031-03-21T07:50")
        (ref,) = waiting()
        item = Claimed(1, require_tenant().id, "dates", "crm.dates", ref, 9)
        Item.objects.filter(ref=ref).delete()
        clock.move_to(at("2031-03-21T08:00"))
        with transaction.atomic():
            DatesHandler().on_dead(item, "no disk")
        assert armed_of(workflow).state["problem"] == "no disk"
        pass_to(clock, "2031-03-21T08:15")
        assert len(told(workflow)) == 1
        assert armed_of(workflow).state["problem"] == ""

    def test_a_field_that_is_gone_stops_nothing_for_good(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        CustomField.objects.filter(slug="birthday").update(slug="gone")
        pass_to(clock, "2031-03-21T07:45")
        assert "known: created_at" in armed_of(workflow).state["problem"]
        CustomField.objects.filter(slug="gone").update(slug="birthday")
        pass_to(clock, "2031-03-21T08:00")
        assert len(told(workflow)) == 1

    def test_a_value_that_is_no_date_keeps_nobody_else_from_theirs(self, clock, born):
        workflow = on_date(field="custom.visit")
        broken, contact = born(visit="2031-03-20T10:00:00+00:00"), born(visit="2031-03-20T10:00:00+00:00")
        Contact.objects.filter(id=broken.id).update(custom={"visit": "2031-03-20T99:00:00"})
        pass_to(clock, "2031-03-20T09:45")
        pass_to(clock, "2031-03-20T10:00")
        assert started_for(workflow) == [contact]


class TestInForce:
    def change(self, workflow: Workflow, **config: Any) -> None:
        workflow.draft = {"triggers": [{"id": "date", "type": "date_field", "config": config}], **STEP}
        workflow.save()
        publish_draft(workflow, by="test")

    def test_publishing_again_keeps_the_look(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        before = waiting(), armed_of(workflow).state
        clock.move_to(at("2031-03-20T00:05"))
        self.change(workflow, **BIRTHDAY)
        assert (waiting(), armed_of(workflow).state) == before

    def test_a_new_config_goes_on_where_the_old_one_was(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        pass_to(clock, "2031-03-21T07:45")
        clock.move_to(at("2031-03-21T08:01"))
        self.change(workflow, **{**BIRTHDAY, "offset": {"at": "08:50", "repeat": "yearly"}})
        assert len(waiting()) == 1
        pass_to(clock, "2031-03-21T08:15")
        assert [moment for _, moment in told(workflow)] == ["2031-03-21T08:50:00+01:00"]

    def test_a_pause_drops_its_dates_and_leaves_no_look(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        pass_to(clock, "2031-03-21T07:45")
        pause(workflow)
        assert waiting() == []
        pass_to(clock, "2031-03-21T08:30")
        activate(workflow)
        pass_to(clock, "2031-03-21T08:45")
        assert told(workflow) == []
        born("1990-03-22")
        pass_to(clock, "2031-03-22T08:00")
        assert len(told(workflow)) == 1

    def test_a_look_under_way_while_it_was_paused(self, clock, born):
        workflow = on_date(**BIRTHDAY)
        (ref,) = waiting()
        pause(workflow)
        with transaction.atomic():
            DatesHandler().handle([Claimed(1, require_tenant().id, "dates", "crm.dates", ref, 1)])
        assert waiting() == []

    def test_pages_of_a_trigger_that_is_gone(self, clock, born, monkeypatch):
        monkeypatch.setattr(dates, "PAGE_SIZE", 1)
        workflow = on_date(**BIRTHDAY)
        born("1990-03-21")
        ref = ",".join(
            [str(armed_of(workflow).id), "0" * 32, "2031-03-21T07:00:00+00:00", "2031-03-21T09:00:00+00:00"]
        )
        workflow.delete()
        with transaction.atomic():
            handlers.DatesPageHandler().handle(
                [Claimed(1, require_tenant().id, "x", "crm.dates_page", ref, 1)]
            )
        assert not Event.objects.filter(type="CONTACT_DATE_REACHED").exists()

    def test_two_triggers_of_one_date_are_two(self, clock, born):
        first, second = on_date(**BIRTHDAY), on_date(**BIRTHDAY)
        contact = born("1990-03-21")
        pass_to(clock, "2031-03-21T08:00")
        assert started_for(first) == started_for(second) == [contact]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "/triggers/0/config/field"),
        (
            {"field": "name"},
            "'name' is no date of a contact; known: created_at, custom.birthday, custom.visit",
        ),
        ({"field": "custom.nope"}, "'custom.nope' is no date"),
        ({"field": "created_at", "offset": {"at": "25:00"}}, "/triggers/0/config/offset/at"),
        ({"field": "created_at", "offset": {"at": "09:00", "hours": 1}}, "not both"),
        ({"field": "created_at", "on": "x"}, "/triggers/0/config/on"),
    ],
)
def test_what_cannot_be_published(born, config, words):
    with pytest.raises(DocumentError) as caught:
        on_date(**config)
    assert words in str(caught.value)

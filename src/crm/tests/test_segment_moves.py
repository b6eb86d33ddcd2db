"""Contacts moved into segments and out of them, by what happens and by time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from crm.models import ContactSegment, Segment
from crm.selectors import watched_types
from crm.services import segment_walks
from crm.services.cause import Cause
from crm.services.consent import set_opted_out
from crm.services.contacts import Change, create_contact, delete_contacts, update_contacts
from crm.services.segment_evaluation import decide, lock_contacts
from crm.services.segment_walks import SEGMENTS, Walk, walk
from crm.services.segments import (
    create_segment,
    delete_segments,
)
from crm.services.tagging import Tagging, add_tags, remove_tags
from crm.tests.segment_support import LOYAL, MOVES, PERSIAN, happened, inside_of, performed
from events.models import Event
from events.queue.models import Item, Schedule
from workflow.models import Workflow
from workflow.services.publishing import activate, publish_draft

pytestmark = pytest.mark.usefixtures("inside")


class TestReacting:
    def test_a_change_moves_a_contact_and_tells_why(self, amina, segment, work, events_of):
        made = segment(PERSIAN)
        cause = Cause(actor="workflow:1", event_id=uuid.uuid4(), depth=3)
        update_contacts([Change(contact_id=amina.id, values={"language": "fa"}, cause=cause)])
        work()
        (updated,), (entered,) = events_of(amina, "USER_UPDATED"), events_of(amina, "SEGMENT_ENTERED")
        assert (entered.causation_id, entered.depth, entered.actor) == (updated.id, 4, "system")
        assert inside_of(made) == {amina.id}
        update_contacts([Change(contact_id=amina.id, values={"language": "ar"})])
        work()
        assert [e.data["segment_id"] for e in events_of(amina, "SEGMENT_LEFT")] == [str(made.id)]
        assert inside_of(made) == set()

    def test_a_new_contact(self, segment, work, events_of):
        made = segment(PERSIAN)
        new = create_contact({"name": "سارا", "language": "fa"})
        work()
        assert inside_of(made) == {new.id}
        assert len(events_of(new, "SEGMENT_ENTERED")) == 1

    def test_tags(self, amina, segment, work):
        made = segment(LOYAL)
        add_tags([Tagging(amina.id, "زبونة وفية")])
        work()
        assert inside_of(made) == {amina.id}
        remove_tags([Tagging(amina.id, "زبونة وفية")])
        work()
        assert inside_of(made) == set()

    def test_consent(self, amina, segment, work):
        made = segment({"field": "user.opted_out", "op": "equals", "value": True})
        set_opted_out(amina.id, True, Cause())
        work()
        assert inside_of(made) == {amina.id}
        set_opted_out(amina.id, False, Cause())
        work()
        assert inside_of(made) == set()

    def test_the_number_of_queries_does_not_grow(self, segment, work, django_assert_max_num_queries):
        segment(PERSIAN, name="a")
        segment(LOYAL, name="b")
        people = [create_contact({"name": f"زبون {n}", "language": "fa"}) for n in range(40)]
        segments = list(Segment.objects.all())
        causes = {person.id: Cause() for person in people}
        # Ten, and two that read again what is kept for seconds only, on a machine that was slow to get here.
        with django_assert_max_num_queries(12), transaction.atomic():
            there = lock_contacts([person.id for person in people])
            decide(dict.fromkeys(segments, there), causes)
        assert ContactSegment.objects.count() == 40

    def test_several_changes_of_one_contact_are_one_decision(self, amina, segment, work, events_of):
        segment(PERSIAN)
        for language in ("fa", "ar", "fa"):
            update_contacts([Change(contact_id=amina.id, values={"language": language})])
        work()
        assert [e.type for e in events_of(amina, *MOVES)] == ["SEGMENT_ENTERED"]

    def test_a_deleted_contact_is_nowhere(self, reza, segment, work):
        made = segment(PERSIAN)
        update_contacts([Change(contact_id=reza.id, values={"name": "رضا"})])
        delete_contacts([reza.id])
        work()
        assert inside_of(made) == set()

    def test_a_deleted_segment_says_nothing_more(self, amina, segment, work, events_of):
        delete_segments([segment(PERSIAN)])
        update_contacts([Change(contact_id=amina.id, values={"language": "fa"})])
        work()
        assert events_of(None, *MOVES) == []
        assert not ContactSegment.objects.exists()

    def test_a_segment_that_is_filled_silently_tells_nothing_yet(self, amina, work, events_of):
        create_segment(name="x", predicate=PERSIAN)
        with transaction.atomic():
            update_contacts([Change(contact_id=amina.id, values={"language": "fa"})])
        work()
        assert ContactSegment.objects.get().contact_id == amina.id
        assert events_of(None, *MOVES) == []

    def test_nobody_listens_while_there_is_no_dynamic_segment(self, amina):
        assert watched_types() == frozenset()
        create_segment(name="list", kind="static")
        assert watched_types() == frozenset()
        create_segment(name="x", predicate=performed("NOTE_ADDED"))
        assert {"USER_CREATED", "TAG_ADDED", "USER_OPTED_OUT", "NOTE_ADDED"} <= watched_types()
        assert "MESSAGE_RECEIVED" not in watched_types()


class TestHistory:
    def test_what_is_counted_moves_a_contact(self, amina, reza, segment, work):
        made = segment(performed("NOTE_ADDED", at_least=2))
        assert (made.watches, made.timed) == (["NOTE_ADDED"], True)
        happened(amina)
        happened(reza)
        work()
        assert inside_of(made) == set()
        happened(amina)
        work()
        assert inside_of(made) == {amina.id}

    def test_other_segments_are_left_alone_by_it(self, reza, segment, work):
        other = segment(PERSIAN, name="other")
        segment(performed("NOTE_ADDED"))
        ContactSegment.objects.filter(segment=other).delete()
        happened(reza)
        work()
        assert inside_of(other) == set()

    def test_history_is_read_once_for_a_batch(self, segment, django_assert_max_num_queries):
        made = segment(performed("NOTE_ADDED"))
        people = [create_contact({"name": f"n{n}"}) for n in range(30)]
        for person in people:
            happened(person)
        with django_assert_max_num_queries(8):
            decide({made: [p.id for p in people]}, {p.id: Cause() for p in people})
        assert inside_of(made) == {person.id for person in people}

    def test_a_window_longer_than_the_calendar_of_ids(self, amina, segment):
        happened(amina)
        assert inside_of(segment(performed("NOTE_ADDED", within="36500d"))) == {amina.id}

    def test_time_alone_moves_a_contact(self, amina, segment, work, events_of, demo):
        happened(amina)
        made = segment(performed("NOTE_ADDED", within="1d"))
        assert inside_of(made) == {amina.id}
        Event.objects.filter(type="NOTE_ADDED").update(recorded_at=datetime.now(UTC) - timedelta(days=2))
        walk(Walk.read(Schedule.objects.get(name=f"{SEGMENTS}:demo").ref))
        assert inside_of(made) == set()
        assert [e.contact_id for e in events_of(None, "SEGMENT_LEFT")] == [amina.id]

    def test_the_schedule_is_the_tenants_own_and_every_quarter_of_an_hour(self, demo, segment):
        assert not Schedule.objects.filter(kind=SEGMENTS).exists()
        segment({"field": "user.created_at", "op": "within_last", "value": "7d"})
        schedule = Schedule.objects.get(kind=SEGMENTS)
        assert schedule.tenant_id == demo.id
        assert schedule.cron.split()[0].endswith("-59/15")

    def test_the_periodic_one_goes_through_everybody_and_only_once_at_a_time(
        self, monkeypatch, segment, work
    ):
        made = segment({"field": "user.created_at", "op": "within_last", "value": "7d"})
        monkeypatch.setattr(segment_walks, "BATCH", 2)
        people = [create_contact({"name": f"n{n}"}) for n in range(5)]
        work()
        ContactSegment.objects.all().delete()
        walk(Walk())
        assert Item.objects.filter(lane_key="segments").count() == 1
        walk(Walk())
        assert Item.objects.filter(lane_key="segments").count() == 1
        work()
        assert inside_of(made) == {person.id for person in people}
        assert not Item.objects.exists()


def test_a_workflow_starts_for_whoever_comes_in(amina, segment, work):
    made = segment(PERSIAN, name="Persian", key="persian")
    workflow = Workflow.objects.create(
        name="خوش‌آمد",
        draft={
            "triggers": [
                {
                    "event_type": "SEGMENT_ENTERED",
                    "predicate": {
                        "all": [
                            {"field": "event.data.key", "op": "equals", "value": "persian"},
                            {"field": "user.segments", "op": "contains", "value": "persian"},
                        ]
                    },
                }
            ],
            "actions": [{"action": "add_note", "config": {"text": "{{ user.segments | join: ',' }}"}}],
        },
    )
    publish_draft(workflow, by="test")
    activate(workflow)
    update_contacts([Change(contact_id=amina.id, values={"language": "fa"})])
    work()
    assert inside_of(made) == {amina.id}
    assert [note.text for note in amina.notes.all()] == ["persian"]
    assert Event.objects.get(type="NOTE_ADDED").depth == 2

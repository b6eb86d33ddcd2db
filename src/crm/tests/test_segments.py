"""Segments: who is inside, when that changes, what is told of it, and what goes wrong."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from crm.models import Contact, ContactSegment, Segment
from crm.selectors import contact_views, watched_types
from crm.services import segment_walks
from crm.services.cause import Cause
from crm.services.consent import set_opted_out
from crm.services.contacts import Change, create_contact, delete_contacts, update_contacts
from crm.services.fields import declare_field, delete_fields
from crm.services.segment_evaluation import decide, lock_contacts
from crm.services.segment_walks import SEGMENTS, Walk, walk
from crm.services.segments import (
    FilledByPredicateError,
    InvalidSegmentError,
    KeptByHandError,
    add_contacts,
    change_segment,
    create_segment,
    delete_segments,
    refresh_segment,
    remove_contacts,
)
from crm.services.tagging import Tagging, add_tags, remove_tags
from crm.services.tags import delete_tags, update_tag
from events.models import Event
from events.queue.models import Item, Schedule
from events.services.publishing import NewEvent, publish

pytestmark = pytest.mark.usefixtures("inside")

PERSIAN = {"field": "user.language", "op": "equals", "value": "fa"}
LOYAL = {"field": "user.tags", "op": "contains", "value": "زبونة وفية"}
MOVES = ("SEGMENT_ENTERED", "SEGMENT_LEFT")


def performed(code: str = "ORDER_PLACED", *, within: str = "30d", **limits: int) -> dict:
    return {"field": "user", "op": "performed", "value": {"event_type": code, "within": within, **limits}}


def inside_of(segment: Segment) -> set[uuid.UUID]:
    return set(ContactSegment.objects.filter(segment=segment).values_list("contact_id", flat=True))


def happened(contact: Contact, code: str = "NOTE_ADDED", **more) -> Event:
    event = publish(NewEvent(type=code, contact_id=contact.id, **more))
    assert event is not None
    return event


@pytest.fixture
def segment(work):
    """``segment(predicate)``: a dynamic one, filled."""

    def make(predicate: dict, *, name: str = "زبائن", **values) -> Segment:
        made = create_segment(name=name, predicate=predicate, **values)
        work()
        return Segment.objects.get(id=made.id)

    return make


class TestFilling:
    def test_it_is_filled_in_the_background_and_silently(self, amina, reza, work, events_of):
        made = create_segment(name="فارسی‌زبانان", predicate=PERSIAN)
        assert (made.state, inside_of(made)) == ("computing", set())
        work()
        made.refresh_from_db()
        assert inside_of(made) == {reza.id}
        assert (made.state, made.scanned, made.to_scan, made.errors) == ("ready", 2, 2, 0)
        assert made.computed_at is not None
        assert events_of(None, *MOVES) == []

    def test_it_tells_of_those_inside_when_asked(self, reza, segment, events_of):
        made = segment(PERSIAN, name="Persian", announce=True)
        (event,) = events_of(reza, "SEGMENT_ENTERED")
        assert event.data == {"segment_id": str(made.id), "key": "persian", "name": "Persian"}

    def test_it_begins_only_after_every_process_has_learned_of_it(self, reza):
        made = create_segment(name="x", predicate=PERSIAN)
        walk(Walk(made.id, made.run))
        step = Item.objects.exclude(ref=Walk(made.id, made.run).ref).get(kind=SEGMENTS)
        assert step.run_at > datetime.now(UTC) + timedelta(seconds=2)
        assert inside_of(made) == set()

    def test_in_batches(self, monkeypatch, work, segment):
        monkeypatch.setattr(segment_walks, "BATCH", 3)
        people = [create_contact({"name": f"زبون {n}", "language": "fa"}) for n in range(7)]
        made = segment(PERSIAN)
        assert inside_of(made) == {person.id for person in people}
        assert (made.scanned, made.state) == (7, "ready")

    def test_a_newer_computation_stops_the_older(self, amina, reza, work):
        made = create_segment(name="x", predicate=PERSIAN)
        old = Walk(made.id, made.run, uuid.UUID(int=0))
        change_segment(made, predicate={"not": PERSIAN})
        walk(old)
        assert inside_of(made) == set()
        work()
        assert inside_of(made) == {amina.id}

    def test_another_predicate_moves_people_silently_or_not(self, amina, reza, segment, work, events_of):
        made = segment(PERSIAN)
        change_segment(made, predicate={"not": PERSIAN})
        work()
        assert inside_of(made) == {amina.id}
        assert events_of(None, *MOVES) == []
        change_segment(made, predicate=PERSIAN, announce=True)
        work()
        assert [(e.type, e.contact_id) for e in events_of(None, *MOVES)] == [
            ("SEGMENT_ENTERED", reza.id),
            ("SEGMENT_LEFT", amina.id),
        ]

    def test_renaming_computes_nothing(self, segment):
        made = segment(PERSIAN)
        changed = change_segment(made, name="گروه", description="وصف")
        assert (changed.name, changed.description, changed.run, changed.state) == (
            "گروه", "وصف", made.run, "ready",
        )  # fmt: skip

    def test_a_refresh_tells_what_it_finds(self, reza, segment, work, events_of):
        made = segment(PERSIAN)
        ContactSegment.objects.all().delete()
        refresh_segment(made)
        work()
        assert [e.contact_id for e in events_of(None, "SEGMENT_ENTERED")] == [reza.id]

    def test_a_computation_that_is_given_up_says_so(self, reza, segment):
        made = segment(PERSIAN)
        refreshed = refresh_segment(made)
        segment_walks.give_up(Walk(made.id, refreshed.run), "OperationalError: disk full")
        made.refresh_from_db()
        assert (made.state, made.last_error) == (
            "ready",
            "The computation stopped: OperationalError: disk full",
        )

    def test_everybody(self, amina, reza, segment):
        assert inside_of(segment({"all": []})) == {amina.id, reza.id}


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
        with django_assert_max_num_queries(9), transaction.atomic():
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


class TestErrors:
    AGE = {"field": "user.custom.age", "op": "greater", "value": 30}

    def test_whom_it_cannot_decide_on_stays_and_is_counted(self, amina, reza, segment, work):
        declare_field(slug="age", label="السن")
        update_contacts([Change(contact_id=amina.id, custom={"age": "40"})])
        made = segment(self.AGE)
        assert inside_of(made) == {amina.id}
        update_contacts([Change(contact_id=amina.id, custom={"age": "أربعون"})])
        work()
        made.refresh_from_db()
        assert inside_of(made) == {amina.id}
        assert made.errors == 1
        assert "أمينة بن علي" in made.last_error
        assert "not a number" in made.last_error
        refresh_segment(made)
        update_contacts([Change(contact_id=amina.id, custom={"age": "20"})])
        work()
        made.refresh_from_db()
        assert (inside_of(made), made.errors, made.last_error) == (set(), 0, "")

    def test_a_predicate_that_this_release_does_not_know_stops_no_other(self, reza, segment, work):
        broken = segment(PERSIAN, name="broken")
        Segment.objects.filter(id=broken.id).update(predicate={"field": "user.name", "op": "gone"})
        good = segment(PERSIAN, name="good")
        update_contacts([Change(contact_id=reza.id, values={"name": "رضا"})])
        work()
        broken.refresh_from_db()
        assert inside_of(good) == inside_of(broken) == {reza.id}
        assert broken.errors == 1
        assert "gone" in broken.last_error

    @pytest.mark.parametrize(
        ("predicate", "field", "says"),
        [
            ({}, "predicate", "add a line"),
            ({"field": "user.nam", "op": "equals", "value": "x"}, "predicate.field", "user.name"),
            ({"all": [{"field": "user.name"}]}, "predicate.all.0.op", ""),
            (
                {"all": [{"field": "event.data.content", "op": "equals", "value": "x"}]},
                "predicate.all.0.field",
                "user.…",
            ),
            (
                {"any": [{"field": "user.segments", "op": "contains", "value": "vip"}]},
                "predicate.any.0.field",
                "cannot ask for segments",
            ),
            ({"field": "user.name", "op": "changed_to", "value": "x"}, "predicate.op", "use equals"),
            (performed("SEGMENT_ENTERED"), "predicate.value.event_type", "choose another"),
            (performed("ORDER_PLACEDD"), "predicate.value.event_type", "no event type"),
        ],
    )
    def test_what_a_segment_may_not_ask(self, predicate, field, says):
        with pytest.raises(InvalidSegmentError) as caught:
            create_segment(name="x", predicate=predicate)
        problems = caught.value.fields
        if "op" not in field or says:
            assert list(problems) == [field]
        assert says in str(caught.value)
        assert not Segment.objects.exists()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "taken"}, "name"),
            ({"name": "x", "key": "taken"}, "key"),
            ({"name": "x", "key": "Été"}, "key"),
            ({"name": "x", "kind": "both"}, "kind"),
            ({"name": "x", "kind": "static", "predicate": PERSIAN}, "predicate"),
        ],
    )
    def test_a_bad_segment_names_its_field(self, values, field):
        create_segment(name="taken", kind="static")
        with pytest.raises(InvalidSegmentError) as caught:
            create_segment(**{"kind": "static", **values})
        assert list(caught.value.fields) == [field]
        assert Segment.objects.count() == 1


class TestByHand:
    def test_in_and_out(self, amina, reza, events_of):
        made = create_segment(name="دعوة الافتتاح", kind="static")
        cause = Cause(actor="member:1")
        assert add_contacts(made, [amina.id, reza.id, amina.id], cause) == 2
        assert add_contacts(made, [amina.id], cause) == 0
        assert remove_contacts(made, [amina.id], cause) == 1
        assert remove_contacts(made, [amina.id], cause) == 0
        assert inside_of(made) == {reza.id}
        told = [(e.type, e.actor) for e in events_of(amina, *MOVES)]
        assert told == [("SEGMENT_ENTERED", "member:1"), ("SEGMENT_LEFT", "member:1")]

    def test_unknown_contacts_change_nothing(self, amina):
        made = create_segment(name="x", kind="static")
        with pytest.raises(InvalidSegmentError, match="There is no contact"):
            add_contacts(made, [amina.id, uuid.uuid4()], Cause())
        assert inside_of(made) == set()

    def test_each_kind_refuses_what_is_the_others(self, amina, segment):
        with pytest.raises(FilledByPredicateError):
            add_contacts(segment(PERSIAN), [amina.id], Cause())
        with pytest.raises(KeptByHandError):
            refresh_segment(create_segment(name="list", kind="static"))


class TestFields:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("Very Loyal!", "very_loyal"),
            ("Fidèles", "fideles"),
            ("زبائن", "segment"),
            ("2026", "segment_2026"),
        ],
    )
    def test_a_key_is_made_of_the_name(self, name, key):
        assert create_segment(name=name, kind="static").key == key

    def test_a_taken_key_gets_a_number(self):
        keys = [create_segment(name=name, kind="static").key for name in ("زبائن", "مشتریان", "عملاء")]
        assert keys == ["segment", "segment_2", "segment_3"]

    def test_contacts_know_their_segments(self, reza, segment, django_assert_max_num_queries):
        segment(PERSIAN, name="b", key="persian")
        add_contacts(create_segment(name="a", key="by_hand", kind="static"), [reza.id], Cause())
        add_tags([Tagging(reza.id, "جدید")])
        with django_assert_max_num_queries(2):
            view = contact_views([reza.id])[reza.id]
        assert (view["segments"], view["tags"]) == (["persian", "by_hand"], ["جدید"])

    def test_changes_without_an_event_for_each_contact_compute_anew(self, amina, segment, work):
        add_tags([Tagging(amina.id, "وفية")])
        size = declare_field(slug="size", label="المقاس")
        update_contacts([Change(contact_id=amina.id, custom={"size": "L"})])
        by_tag = segment({"field": "user.tags", "op": "contains", "value": "وفية"}, name="tag")
        by_size = segment({"field": "user.custom.size", "op": "equals", "value": "L"}, name="size")
        other = segment(PERSIAN, name="other")
        tag = amina.contact_tags.get().tag
        update_tag(tag, name="جديدة")
        delete_fields([size])
        work()
        assert inside_of(by_tag) == inside_of(by_size) == set()
        update_tag(tag, name="وفية")
        work()
        assert inside_of(by_tag) == {amina.id}
        delete_tags([tag])
        work()
        assert inside_of(by_tag) == set()
        other.refresh_from_db()
        assert other.run == 1

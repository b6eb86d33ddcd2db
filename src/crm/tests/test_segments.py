"""Segments: made and filled, by a predicate or by hand, and what they refuse."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from crm.models import ContactSegment, Segment
from crm.selectors import contact_views
from crm.services import segment_walks
from crm.services.cause import Cause
from crm.services.contacts import Change, create_contact, update_contacts
from crm.services.fields import declare_field, delete_fields
from crm.services.segment_walks import SEGMENTS, Walk, walk
from crm.services.segments import (
    FilledByPredicateError,
    InvalidSegmentError,
    KeptByHandError,
    add_contacts,
    change_segment,
    create_segment,
    refresh_segment,
    remove_contacts,
)
from crm.services.tagging import Tagging, add_tags
from crm.services.tags import delete_tags, update_tag
from crm.tests.segment_support import MOVES, PERSIAN, inside_of, performed
from events.queue.models import Item

pytestmark = pytest.mark.usefixtures("inside")


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

"""Writes to the CRM: contacts, tags, custom fields, notes."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from crm.actions.update_user import UpdateUserConfig
from crm.models import Contact, ContactTag, Note, Tag
from crm.selectors import contact_views, timeline
from crm.services.cause import Cause
from crm.services.contacts import (
    Change,
    ContactNotFoundError,
    InvalidFieldError,
    contact_for_external_id,
    create_contact,
    delete_contacts,
    update_contacts,
)
from crm.services.fields import (
    InvalidCustomFieldError,
    clean_custom,
    declare_field,
    delete_fields,
    update_field,
)
from crm.services.notes import InvalidNoteError, NewNote, add_notes
from crm.services.tagging import Tagging, add_tags, remove_tags
from crm.services.tags import InvalidTagError, create_tag, delete_tags, update_tag

pytestmark = pytest.mark.usefixtures("inside")


class TestUpdate:
    def test_many_at_once_and_only_what_changed_is_told(
        self, amina, reza, events_of, django_assert_max_num_queries
    ):
        changes = [
            Change(contact_id=amina.id, values={"name": "أمينة", "language": "ar"}),
            Change(contact_id=reza.id, values={"language": "fa"}),
        ]
        with django_assert_max_num_queries(4):
            done = update_contacts(changes)
        assert done == [
            {"name": {"from": "أمينة بن علي", "to": "أمينة"}, "language": {"from": "", "to": "ar"}},
            {},
        ]
        assert [event.contact_id for event in events_of(None, "USER_UPDATED")] == [amina.id]

    def test_one_contact_twice_in_a_batch(self, amina):
        update_contacts([Change(contact_id=amina.id, values={"name": name}) for name in ("أ", "ب")])
        amina.refresh_from_db()
        assert amina.name == "ب"

    def test_a_missing_contact(self, amina):
        with pytest.raises(ContactNotFoundError):
            update_contacts([Change(contact_id=uuid.uuid4(), values={"name": "x"})])

    def test_an_own_id_can_be_taken_away_and_given(self, amina, reza):
        update_contacts([Change(contact_id=reza.id, values={"external_id": ""})])
        reza.refresh_from_db()
        assert reza.external_id is None
        update_contacts([Change(contact_id=amina.id, values={"external_id": "customer123"})])
        with pytest.raises(InvalidFieldError) as caught, transaction.atomic():
            update_contacts([Change(contact_id=reza.id, values={"external_id": "customer123"})])
        assert caught.value.field == "external_id"

    def test_the_cause_is_told(self, amina, events_of):
        event = uuid.uuid4()
        cause = Cause(actor="workflow:1", event_id=event, depth=3, conversation_id=uuid.uuid4())
        update_contacts([Change(contact_id=amina.id, values={"name": "x"}, cause=cause)])
        told = events_of(amina, "USER_UPDATED")[0]
        assert (told.actor, told.causation_id, told.depth) == ("workflow:1", event, 3)
        assert told.conversation_id == cause.conversation_id

    def test_the_actions_form_wants_something(self):
        with pytest.raises(ValueError, match="at least one field"):
            UpdateUserConfig()


class TestOwnIds:
    def test_finds_or_makes(self, reza, events_of):
        assert contact_for_external_id("customer123") == reza.id
        assert contact_for_external_id(" customer123 ") == reza.id
        assert contact_for_external_id(str(reza.id)) == reza.id
        made = contact_for_external_id("customer456")
        assert Contact.objects.get(id=made).external_id == "customer456"
        assert events_of(Contact.objects.get(id=made))[0].actor == "api"

    @pytest.mark.parametrize("text", ["", "  ", "x" * 121])
    def test_refuses_what_is_no_id(self, text):
        with pytest.raises(InvalidFieldError):
            contact_for_external_id(text)
        assert not Contact.objects.exists()


class TestTagging:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("Intéressée", "INTÉRESSÉE"),
            ("İstanbul", "i̇stanbul"),
            ("ΣΟΦΌΣ", "σοφός"),
            ("Straße", "STRASSE"),
            ("cafe\u0301", "CAFÉ"),
            ("مهتمة", " مهتمة "),
            ("علاقه‌مند", "علاقه‌مند"),
        ],
    )
    def test_one_tag_however_its_letters_are_written(self, amina, first, second):
        assert add_tags([Tagging(amina.id, first), Tagging(amina.id, second)]) == [True, False]
        assert add_tags([Tagging(amina.id, second)]) == [False]
        assert Tag.objects.get().name == first.strip()
        assert remove_tags([Tagging(amina.id, second)]) == [True]
        assert not ContactTag.objects.exists()

    def test_different_words_are_different_tags(self, amina):
        assert add_tags([Tagging(amina.id, name) for name in ("گل", "کل", "كل")]) == [True] * 3
        assert Tag.objects.count() == 3

    def test_many_at_once(self, amina, reza, events_of, django_assert_max_num_queries):
        taggings = [Tagging(c.id, f"وسم {n}") for c in (amina, reza) for n in range(20)]
        with django_assert_max_num_queries(8):
            assert all(add_tags(taggings))
        assert len(events_of(None, "TAG_ADDED")) == 40
        assert contact_views([amina.id])[amina.id]["tags"] == [f"وسم {n}" for n in range(20)]

    def test_taking_off_what_is_not_worn(self, amina, reza, events_of):
        add_tags([Tagging(amina.id, "مهتمة")])
        assert remove_tags([Tagging(reza.id, "مهتمة"), Tagging(amina.id, "لا أحد")]) == [False, False]
        assert not events_of(None, "TAG_REMOVED")

    @pytest.mark.parametrize("name", ["", "   ", "\x00", "س" * 81])
    def test_a_bad_name_is_refused(self, amina, name):
        with pytest.raises(InvalidTagError):
            add_tags([Tagging(amina.id, name)])
        assert not Tag.objects.exists()

    def test_removing_a_tag_takes_it_off_everybody(self, amina, reza):
        add_tags([Tagging(c.id, "مهتمة") for c in (amina, reza)])
        delete_tags([Tag.objects.get()])
        assert not ContactTag.objects.exists()

    def test_recolouring_keeps_the_name(self):
        tag = create_tag(name="وفية")
        assert update_tag(tag, color="#ff0000").name == "وفية"


class TestCustomFields:
    @pytest.mark.parametrize(
        ("kind", "given", "stored"),
        [
            ("text", "مقاس كبير", "مقاس كبير"),
            ("text", 42, "42"),
            ("text", "a\x00b", "ab"),
            ("number", "٤٢", 42),
            ("number", "۴۲٫۵", 42.5),
            ("number", " -7 ", -7),
            ("number", 1.5, 1.5),
            ("boolean", True, True),
            ("boolean", "yes", True),
            ("boolean", 0, False),
            ("date", "2026-03-20", "2026-03-20"),
            ("date", "٢٠٢٦-٠٣-٢٠", "2026-03-20"),
            ("datetime", "2026-03-20T10:00:00+01:00", "2026-03-20T10:00:00+01:00"),
            ("choice", "ل", "ل"),
        ],
    )
    def test_values_are_stored_by_type(self, kind, given, stored):
        declare_field(slug="f", label="خانة", type=kind, choices=["S", "ل"] if kind == "choice" else [])
        assert clean_custom({"f": given}) == {"f": stored}
        assert type(clean_custom({"f": given})["f"]) is type(stored)

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("text", "س" * 5_001),
            ("number", "كثير"),
            ("number", True),
            ("number", "NaN"),
            ("number", "Infinity"),
            ("number", "1e999999"),
            ("number", []),
            ("boolean", "ربما"),
            ("date", "20/03/2026"),
            ("date", "2026-02-30"),
            ("datetime", "غدا"),
            ("choice", "XXL"),
            ("choice", ["S"]),
        ],
    )
    def test_bad_values_name_their_field(self, kind, given):
        declare_field(slug="f", label="خانة", type=kind, choices=["S"] if kind == "choice" else [])
        with pytest.raises(InvalidCustomFieldError) as caught:
            clean_custom({"f": given})
        assert caught.value.field == "custom.f"

    @pytest.mark.parametrize(
        ("kind", "example"), [("date", "2026-03-20"), ("datetime", "2026-03-20T10:00+01:00")]
    )
    def test_a_bad_date_is_told_how_to_write_it(self, kind, example):
        declare_field(slug="f", label="تاریخ", type=kind)
        with pytest.raises(InvalidCustomFieldError) as caught:
            clean_custom({"f": "۲۰ مارس"})
        assert caught.value.problem.endswith(f"write it as {example}")
        assert "'۲۰ مارس'" in caught.value.problem

    def test_changes_are_told_one_by_one(self, amina, events_of):
        declare_field(slug="size", label="المقاس")
        declare_field(slug="age", label="السن", type="number")
        update_contacts([Change(contact_id=amina.id, custom={"size": "L", "age": "30"})])
        assert update_contacts([Change(contact_id=amina.id, custom={"size": None, "age": 30})]) == [
            {"custom.size": {"from": "L", "to": None}}
        ]
        amina.refresh_from_db()
        assert amina.custom == {"age": 30}
        assert len(events_of(amina, "USER_UPDATED")) == 2

    def test_removed_with_their_values_and_only_those(self, amina, reza):
        size, age = declare_field(slug="size", label="المقاس"), declare_field(slug="age", label="السن")
        update_contacts([Change(contact_id=amina.id, custom={"size": "L", "age": "30"})])
        delete_fields([size])
        amina.refresh_from_db()
        assert amina.custom == {"age": "30"}
        assert update_field(age, label="العمر").label == "العمر"

    def test_nothing_is_said_by_null_when_made(self):
        declare_field(slug="size", label="المقاس")
        assert create_contact({"name": "س"}, custom={"size": None}).custom == {}


class TestNotesTimelineDelete:
    def test_notes(self, amina, events_of):
        notes = add_notes(
            [NewNote(amina.id, " الأولى "), NewNote(amina.id, "الثانية", Cause(actor="member:1"))]
        )
        assert [(note.text, note.author) for note in notes] == [("الأولى", "system"), ("الثانية", "member:1")]
        assert [event.data["text"] for event in events_of(amina, "NOTE_ADDED")] == ["الأولى", "الثانية"]

    @pytest.mark.parametrize("text", ["", "  ", "\x00", "س" * 10_001])
    def test_bad_notes_write_nothing(self, amina, text):
        with pytest.raises(InvalidNoteError):
            add_notes([NewNote(amina.id, "حسنا"), NewNote(amina.id, text)])
        assert not Note.objects.exists()

    def test_the_timeline_is_the_contacts_own(self, amina, reza):
        add_notes([NewNote(amina.id, "لها"), NewNote(reza.id, "برای او")])
        assert [event.type for event in timeline(amina.id)] == ["NOTE_ADDED", "USER_CREATED"]
        newest = timeline(amina.id, limit=1)[0]
        assert [event.type for event in timeline(amina.id, before=newest.id)] == ["USER_CREATED"]

    def test_delete(self, amina, reza):
        add_notes([NewNote(amina.id, "لها")])
        assert delete_contacts([amina.id, uuid.uuid4()]) == 1
        assert list(Contact.objects.all()) == [reza]
        assert [event.type for event in timeline(amina.id)] == ["NOTE_ADDED", "USER_CREATED"]

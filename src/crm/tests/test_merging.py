"""Merging: whatever hung on the contact that goes hangs on the one that stays, and its id leads there."""

from __future__ import annotations

import uuid

import pytest

from crm.models import Contact, ContactMerge, ContactSegment, Identity, Note
from crm.selectors import contact_views, timeline
from crm.services.cause import Cause
from crm.services.consent import Wish, set_opted_out_many
from crm.services.contacts import (
    Change,
    ContactChangedError,
    ContactNotFoundError,
    InvalidFieldError,
    contact_for_external_id,
    create_contact,
    update_contacts,
)
from crm.services.fields import declare_field
from crm.services.finding import Wanted, find_or_create
from crm.services.identities import Person, contacts_for
from crm.services.merging import BEFORE_MERGE, Merge, SameContactError, merge_contacts
from crm.services.notes import NewNote, add_notes
from crm.services.segments import add_contacts, create_segment
from crm.services.tagging import Tagging, add_tags
from events.models import Event
from tenants.scope import tenant_scope
from workflow.models import Entry, Version, Workflow, WorkflowExecution

CHANNEL = uuid.uuid4()


@pytest.fixture
def twins(inside, amina) -> tuple[Contact, Contact]:
    """Amina, and Amina again: with a channel, a note, a tag and an own id."""
    declare_field(slug="size", label="المقاس", type="choice", choices=["S", "L"])
    update_contacts([Change(contact_id=amina.id, custom={"size": "S"}, values={"external_id": "shop-1"})])
    (again,) = contacts_for([Person(channel_id=CHANNEL, provider="whatsapp", ids=("213",), name="Amina B.")])
    update_contacts(
        [
            Change(
                contact_id=again.id,
                values={"email": "a.benali@example.com", "external_id": "shop-2", "language": "ar"},
                custom={"size": "L"},
            )
        ]
    )
    add_notes([NewNote(again.id, "تفضّل الألوان الفاتحة")])
    add_tags([Tagging(amina.id, "VIP"), Tagging(again.id, "VIP"), Tagging(again.id, "وفية")])
    amina.refresh_from_db()
    again.refresh_from_db()
    return amina, again


def merge(twins, **more) -> Contact:
    winner, loser = twins
    return merge_contacts(Merge(winner=winner.id, loser=loser.id, cause=Cause(actor="member:1"), **more))


class TestFields:
    def test_the_winner_keeps_its_own_and_fills_what_is_empty(self, twins):
        left = merge(twins)
        left.refresh_from_db()
        assert (left.name, left.email, left.language) == ("أمينة بن علي", "amina@example.com", "ar")
        assert left.custom == {"size": "S"}
        assert not Contact.objects.filter(id=twins[1].id).exists()

    def test_chosen_fields_are_the_losers(self, twins):
        left = merge(twins, chosen=["name", "custom.size", "external_id"])
        left.refresh_from_db()
        assert (left.name, left.external_id, left.custom) == ("Amina B.", "shop-2", {"size": "L"})
        assert "amina b." in left.search

    def test_an_opt_out_of_either_holds(self, twins):
        set_opted_out_many([Wish(contact_id=twins[1].id, opted_out=True)])
        left = merge(twins)
        left.refresh_from_db()
        assert left.opted_out_at is not None

    @pytest.mark.parametrize(
        ("more", "error"),
        [({"chosen": ["shoe"]}, InvalidFieldError), ({"revision": 99}, ContactChangedError)],
    )
    def test_what_is_refused_changes_nothing(self, twins, more, error):
        with pytest.raises(error):
            merge(twins, **more)
        assert Contact.objects.filter(id=twins[1].id).exists()
        assert not ContactMerge.objects.exists()

    def test_neither_with_itself_nor_with_nobody(self, twins):
        with pytest.raises(SameContactError):
            merge_contacts(Merge(winner=twins[0].id, loser=twins[0].id))
        with pytest.raises(ContactNotFoundError):
            merge_contacts(Merge(winner=twins[0].id, loser=uuid.uuid4()))


class TestWhatHangsOnIt:
    def test_tags_notes_and_addresses_go_over(self, twins):
        left = merge(twins)
        view = contact_views([left.id])[left.id]
        assert view["tags"] == ["VIP", "وفية"]
        assert Note.objects.get().contact_id == left.id
        assert Identity.objects.get().contact_id == left.id
        (same,) = contacts_for([Person(channel_id=CHANNEL, provider="whatsapp", ids=("213",))])
        assert same.id == left.id

    def test_lists_kept_by_hand_go_over(self, twins, events_of):
        both = create_segment(name="الأوفياء", key="both", kind="static")
        one = create_segment(name="یکی", key="one", kind="static")
        add_contacts(both, [twins[0].id, twins[1].id], Cause())
        add_contacts(one, [twins[1].id], Cause())
        left = merge(twins)
        assert set(ContactSegment.objects.values_list("segment__key", "contact_id")) == {
            ("both", left.id),
            ("one", left.id),
        }
        assert [event.data["key"] for event in events_of(left, "SEGMENT_ENTERED")] == [
            "both",
            "both",
            "one",
            "one",
        ]

    def test_dynamic_segments_are_asked_again(self, twins, segment, work):
        loyal = segment({"field": "user.tags", "op": "contains", "value": "وفية"})
        left = merge(twins)
        work()
        assert list(ContactSegment.objects.filter(segment=loyal).values_list("contact_id", flat=True)) == [
            left.id
        ]

    def test_the_timeline_is_one(self, twins):
        left = merge(twins)
        kinds = [event.type for event in timeline(left.id)]
        assert kinds[0] == "CONTACT_MERGED"
        assert kinds.count("USER_CREATED") == 2
        assert not Event.objects.filter(contact_id=twins[1].id).exists()

    def test_entries_are_added_up(self, twins, world_workflow):
        winner, loser = twins
        now = winner.created_at
        for contact, key, count in ((winner, "", 2), (loser, "", 3), (loser, "order-7", 1)):
            Entry.objects.create(
                workflow=world_workflow, contact_id=contact.id, key=key, entered_at=now, count=count
            )
        left = merge(twins)
        rows = Entry.objects.order_by("key").values_list("contact_id", "key", "count")
        assert list(rows) == [(left.id, "", 5), (left.id, "order-7", 1)]

    def test_apps_above_are_asked(self, twins, monkeypatch):
        seen: list[tuple[uuid.UUID, uuid.UUID]] = []
        monkeypatch.setitem(BEFORE_MERGE._items, "test", lambda *pair: seen.append(pair))
        merge(twins)
        assert seen == [(twins[0].id, twins[1].id)]


class TestWhereTheIdLeads:
    def test_everything_that_is_asked_by_the_old_id(self, twins):
        left = merge(twins)
        old = twins[1].id
        assert contact_views([old])[old]["id"] == str(left.id)
        update_contacts([Change(contact_id=old, values={"timezone": "Africa/Algiers"})])
        left.refresh_from_db()
        assert left.timezone == "Africa/Algiers"
        assert contact_for_external_id(str(old)) == left.id

    @pytest.mark.parametrize(("chosen", "gone"), [((), "shop-2"), (("external_id",), "shop-1")])
    def test_the_own_id_that_was_given_up_finds_the_winner(self, twins, chosen, gone):
        left = merge(twins, chosen=chosen)
        assert contact_for_external_id(gone) == left.id
        (found,) = find_or_create([Wanted(values={"external_id": gone, "name": "کسی"})])
        assert (found.contact_id, found.created) == (left.id, False)

    def test_a_chain_of_merges_leads_to_the_last(self, twins, reza):
        first = merge(twins)
        merge_contacts(Merge(winner=reza.id, loser=first.id))
        for old in (twins[0].id, twins[1].id):
            assert contact_views([old])[old]["id"] == str(reza.id)

    def test_the_record_says_what_was_known(self, twins):
        merge(twins, chosen=["name"])
        record = ContactMerge.objects.get()
        assert (record.loser["name"], record.loser["tags"]) == ("Amina B.", ["VIP", "وفية"])
        assert (record.chosen, record.actor) == (["name"], "member:1")


URL = "/api/v1/crm/contacts/"


class TestApi:
    def test_merges_and_shows_the_winner_under_both_ids(self, writer, reader, demo, twins):
        winner, loser = twins
        response = writer.post(f"{URL}{winner.id}/merge/", {"other": str(loser.id), "take": ["custom.size"]})
        assert response.status_code == 200, response.json()
        assert response.json()["custom"] == {"size": "L"}
        assert reader.get(f"{URL}{loser.id}/").json()["id"] == str(winner.id)
        assert reader.get(f"{URL}{loser.id}/timeline/").status_code == 200
        assert writer.delete(f"{URL}{loser.id}/").status_code == 404
        with tenant_scope(demo):
            assert Contact.objects.filter(id=winner.id).exists()

    def test_refusals(self, writer, reader, twins):
        winner, loser = twins
        path = f"{URL}{winner.id}/merge/"
        assert reader.post(path, {"other": str(loser.id)}).status_code == 403
        assert writer.post(path, {"other": str(uuid.uuid4())}).status_code == 404
        assert writer.post(path, {"other": str(winner.id)}).status_code == 400
        stale = writer.post(path, {"other": str(loser.id)}, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["error"]["code"]) == (409, "contact_changed")
        wrong = writer.post(path, {"other": str(loser.id), "take": ["custom.shoe"]})
        assert list(wrong.json()["error"]["fields"]) == ["custom.shoe"]

    def test_another_tenants_contact_is_nobody(self, writer, other, amina):
        with tenant_scope(other):
            theirs = create_contact({"name": "چارلی"})
        response = writer.post(f"{URL}{amina.id}/merge/", {"other": str(theirs.id)})
        assert response.status_code == 404
        with tenant_scope(other):
            assert Contact.objects.filter(id=theirs.id).exists()


@pytest.fixture
def world_workflow(inside) -> Workflow:
    return Workflow.objects.create(name="ترحيب")


def test_executions_go_over(twins, world_workflow):
    version = Version.objects.create(workflow=world_workflow, number=1, document={}, published_by="member:1")
    WorkflowExecution.objects.create(
        workflow=world_workflow,
        version=version,
        event_id=uuid.uuid4(),
        contact_id=twins[1].id,
        state="waiting",
    )
    left = merge(twins)
    assert WorkflowExecution.objects.get().contact_id == left.id

"""``create_contact``: the contact that is meant, found or made once, whoever asks at the same time."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction
from pydantic import ValidationError

from core.ids import uuid7
from crm.actions.create_contact import CreateContact, CreateContactConfig
from crm.models import Contact
from crm.services.cause import SYSTEM
from crm.services.contacts import ContactTakenError, InvalidFieldError, create_contact, new_contact, save_new
from crm.services.fields import InvalidCustomFieldError, declare_field
from crm.services.finding import (
    AmbiguousContactError,
    ContactExistsError,
    NoKeyError,
    OnExisting,
    Wanted,
    contact_by_email,
    contact_by_phone,
    find_or_create,
)
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.actions.base import ActionCall, ActionContext


def find(on_existing: str = "use", **values):
    custom, tags = values.pop("custom", {}), values.pop("tags", ())
    (found,) = find_or_create(
        [Wanted(values=values, custom=custom, tags=tags, on_existing=OnExisting(on_existing))]
    )
    return found


@pytest.mark.usefixtures("inside")
class TestFinding:
    @pytest.mark.parametrize(
        "values",
        [
            {"phone": "٠٥٥٥ ١٢ ٣٤ ٥٦"},
            {"phone": "+213 555 12 34 56", "email": "someone@else.example"},
            {"email": " AMINA@example.com "},
            {"external_id": "new-id", "phone": "0555123456"},
        ],
    )
    def test_one_that_there_is(self, amina, values):
        assert find(**values) == find(**values)
        assert find(**values).contact_id == amina.id
        assert not find(**values).created
        assert Contact.objects.count() == 1

    def test_by_own_id(self, reza):
        assert find(external_id="customer123").contact_id == reza.id

    def test_one_that_there_is_not(self, events_of):
        declare_field(slug="size", label="المقاس")
        found = find(phone="0661 00 00 01", name="ياسمين", custom={"size": "L"}, tags=["صديقة", "VIP"])
        made = Contact.objects.get(id=found.contact_id)
        assert found.created
        assert (made.phone, made.name, made.custom) == ("+213661000001", "ياسمين", {"size": "L"})
        assert [e.type for e in events_of(made)] == ["USER_CREATED", "TAG_ADDED", "TAG_ADDED"]

    def test_used_as_it_is(self, amina, events_of):
        find("use", phone="0555123456", name="اسم آخر", tags=["x"])
        amina.refresh_from_db()
        assert amina.name == "أمينة بن علي"
        assert not amina.contact_tags.exists()
        assert len(events_of(amina)) == 1

    def test_updated(self, amina, events_of):
        find("update", phone="0555123456", external_id="shop-7", language="ar", name=" ", tags=["صديقة"])
        amina.refresh_from_db()
        assert (amina.external_id, amina.language, amina.name) == ("shop-7", "ar", "أمينة بن علي")
        assert [e.type for e in events_of(amina)] == ["USER_CREATED", "USER_UPDATED", "TAG_ADDED"]

    def test_refused(self, amina):
        with pytest.raises(ContactExistsError, match=r"phone .*213555123456 already; set on_existing to use"):
            find("fail", phone="0555123456", name="x")
        assert find("fail", phone="0661000001").created

    def test_a_number_of_another_own_id_is_another_person(self, reza):
        Contact.objects.filter(id=reza.id).update(phone="+989123456789")
        found = find(external_id="customer456", phone="+98 912 345 6789")
        assert found.created
        assert found.contact_id != reza.id

    def test_a_shared_number_needs_more(self, amina):
        create_contact({"name": "أختها", "phone": "0555123456"})
        with pytest.raises(AmbiguousContactError, match=r"2 contacts have the phone .*give external_id"):
            find(phone="0555123456")
        assert find(phone="0555123456", email="amina@example.com").contact_id == amina.id

    def test_nobody_can_be_told_by_a_name(self):
        with pytest.raises(NoKeyError, match="phone"):
            find(name="أمينة", phone=" ")

    def test_what_is_wrong_makes_nothing(self):
        for values, error in (
            ({"phone": "123"}, InvalidFieldError),
            ({"email": "x", "name": "y"}, InvalidFieldError),
            ({"phone": "0661000001", "custom": {"nope": 1}}, InvalidCustomFieldError),
        ):
            with pytest.raises(error):
                find(**values)
        assert not Contact.objects.exists()

    def test_the_same_twice_in_a_batch_is_one(self, events_of, django_assert_max_num_queries):
        wanted = [
            Wanted(values={"phone": f"06610000{n % 10:02}", "name": f"زبون {n}"}, on_existing=OnExisting.USE)
            for n in range(50)
        ]
        with django_assert_max_num_queries(12):
            found = find_or_create(wanted)
        assert [one.created for one in found] == [True] * 10 + [False] * 40
        assert Contact.objects.count() == len(events_of(None, "USER_CREATED")) == 10

    def test_a_rivals_contact_is_for_the_next_attempt(self, reza):
        with pytest.raises(ContactTakenError), transaction.atomic():
            save_new([(new_contact({"external_id": "customer123"}), SYSTEM)])


@pytest.mark.usefixtures("inside")
class TestByOneIdentifier:
    """What those say who know a customer by phone or e-mail only."""

    @pytest.mark.parametrize("text", ["0555 12 34 56", "٠٥٥٥١٢٣٤٥٦", "+213 555 12 34 56", "00213555123456"])
    def test_a_phone_that_there_is(self, amina, text):
        assert contact_by_phone(text) == amina.id
        assert Contact.objects.count() == 1

    def test_an_address_that_there_is(self, amina):
        assert contact_by_email(" AMINA@Example.com ") == amina.id

    def test_new_ones_are_made_once(self, events_of):
        by_phone, by_email = contact_by_phone("0661000001"), contact_by_email("Sara@Example.ir")
        assert (contact_by_phone("+213661000001"), contact_by_email("sara@example.ir")) == (
            by_phone,
            by_email,
        )
        assert Contact.objects.get(id=by_phone).phone == "+213661000001"
        assert Contact.objects.get(id=by_email).email == "sara@example.ir"
        assert [event.actor for event in events_of(None, "USER_CREATED")] == ["api", "api"]

    @pytest.mark.parametrize("text", ["", " ", "أمينة", "12", "+999123", "0555123456" * 10])
    def test_no_phone_number(self, text):
        with pytest.raises(InvalidFieldError, match=r"^phone: .*; write it with its country code, as \+213"):
            contact_by_phone(text)
        assert not Contact.objects.exists()

    @pytest.mark.parametrize("text", ["", "amina", "a@", "a" * 300 + "@example.com"])
    def test_no_address(self, text):
        with pytest.raises(InvalidFieldError, match=r"^email: .*; write one as amina@example\.com"):
            contact_by_email(text)
        assert not Contact.objects.exists()

    def test_a_shared_number_tells_nobody(self, amina):
        create_contact({"name": "أختها", "phone": "0555123456"})
        with pytest.raises(AmbiguousContactError):
            contact_by_phone("0555123456")


def test_two_at_once_make_one(committed_db):
    demo = tenant_by_slug("demo")
    barrier, found, errors = threading.Barrier(2), [], []

    def run(values):
        try:
            with tenant_scope(demo), transaction.atomic():
                barrier.wait(timeout=10)
                found.append(find(**values))
        except Exception as exc:
            errors.append(exc)
        finally:
            connections.close_all()

    people = ({"phone": "0661000001", "name": "أ"}, {"phone": "+213661000001", "name": "ب"})
    threads = [threading.Thread(target=run, args=(values,)) for values in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not errors
    assert sorted(one.created for one in found) == [False, True]
    with tenant_scope(demo):
        assert Contact.objects.count() == 1


@pytest.mark.usefixtures("inside")
class TestAction:
    def context(self, **values) -> ActionContext:
        return ActionContext(effect_key=uuid7().hex, actor="workflow:1", event_id=uuid7(), depth=4, **values)

    def test_a_batch(self, amina, events_of):
        configs = [
            {"phone": "0555123456", "on_existing": "update", "name": "أمينة"},
            {"email": "sara@example.ir", "name": "سارا", "tags": ["تازه"]},
            {"email": "SARA@example.ir", "language": "fa", "on_existing": "update"},
        ]
        calls = [ActionCall(CreateContactConfig.model_validate(c), self.context()) for c in configs]
        done = CreateContact().run_many(calls)
        assert [one.created for one in done] == [False, True, False]
        assert done[0].contact_id == str(amina.id)
        sara = Contact.objects.get(id=done[1].contact_id)
        assert (sara.name, sara.language, done[2].contact_id) == ("سارا", "fa", str(sara.id))
        told = events_of(sara)
        assert [e.type for e in told] == ["USER_CREATED", "USER_UPDATED", "TAG_ADDED"]
        assert {(e.actor, e.depth) for e in told} == {("workflow:1", 4)}

    def test_the_form_wants_something_to_find_by(self):
        with pytest.raises(ValidationError, match="Give external_id, phone or email"):
            CreateContactConfig(name="أمينة", phone="  ")

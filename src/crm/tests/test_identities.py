"""From a provider's users to contacts: who is the same person, and who is not known to be."""

from __future__ import annotations

import uuid

import pytest

from crm.models import Contact, Identity
from crm.services.contacts import create_contact
from crm.services.identities import Person, contacts_for

CHANNEL, SECOND = uuid.uuid4(), uuid.uuid4()
PHONE = "+213555010203"

pytestmark = pytest.mark.usefixtures("inside")


def person(*ids: str, channel: uuid.UUID = CHANNEL, **known: str) -> Person:
    return Person(channel_id=channel, provider="whatsapp", ids=ids, **known)


def test_an_unknown_person_is_a_new_contact(events_of):
    (contact,) = contacts_for([person("213555010203", phone=PHONE, name="أمينة بن صالح", language="ar")])
    stored = Contact.objects.get()
    assert (stored.id, stored.name, stored.phone, stored.language) == (
        contact.id,
        "أمينة بن صالح",
        PHONE,
        "ar",
    )
    assert "امينه" in stored.search
    assert [event.type for event in events_of(stored)] == ["USER_CREATED"]
    assert events_of(stored)[0].actor == "contact"


def test_a_known_person_is_the_same_contact(events_of):
    (first,) = contacts_for([person("a")])
    (again,) = contacts_for([person("a", name="اسم آخر")])
    assert first == again
    assert Contact.objects.count() == Identity.objects.count() == 1
    assert len(events_of()) == 1


def test_a_second_id_of_a_known_person_joins():
    """WhatsApp: first only the phone's id, later with the business-scoped one, at last that one alone."""
    first, second, third = (
        contacts_for([p])[0] for p in (person("213"), person("DZ.1a", "213"), person("DZ.1a"))
    )
    assert first == second == third
    assert {identity.provider_user_id for identity in Identity.objects.all()} == {"213", "DZ.1a"}


def test_without_a_phone_then_with_one(events_of):
    (first,) = contacts_for([person("DZ.1a", username="amina_dz")])
    (second,) = contacts_for([person("DZ.1a", "213555010203", phone=PHONE)])
    assert first == second
    assert Identity.objects.filter(contact=first).count() == 2
    stored = Contact.objects.get()
    assert stored.phone == PHONE
    assert "213555010203" in stored.search
    assert [event.type for event in events_of(stored)] == ["USER_CREATED", "USER_UPDATED"]
    assert events_of(stored)[1].data == {"changes": {"phone": {"from": "", "to": PHONE}}}


def test_a_phone_that_another_contact_has_stays_theirs():
    create_contact({"name": "صاحب الرقم", "phone": PHONE})
    contacts_for([person("DZ.1a")])
    contacts_for([person("DZ.1a", "213555010203", phone=PHONE)])
    assert Contact.objects.filter(phone=PHONE).count() == 1


def test_a_phone_that_is_there_already_is_not_replaced():
    (first,) = contacts_for([person("DZ.1a", phone=PHONE)])
    contacts_for([person("DZ.1a", phone="+213555999999")])
    assert Contact.objects.get(id=first.id).phone == PHONE


def test_a_phone_that_one_contact_has_joins_it():
    known = create_contact({"name": "أمينة", "phone": "0555 01 02 03"})
    (joined,) = contacts_for([person("213555010203", phone=PHONE)])
    assert joined == known
    assert Identity.objects.get().contact == known


def test_a_phone_that_two_contacts_share_joins_neither():
    create_contact({"name": "أمينة", "phone": PHONE})
    create_contact({"name": "زوجها", "phone": PHONE})
    people = [person("a", phone=PHONE), person("b", phone=PHONE)]
    first, second = contacts_for(people)
    assert first != second
    assert Contact.objects.count() == 4
    assert contacts_for(people) == [first, second]


def test_the_same_id_on_another_channel_is_another_person():
    first, second = contacts_for([person("7"), person("7", channel=SECOND)])
    assert first != second


def test_one_phone_on_two_channels_is_one_contact():
    first, second = contacts_for([person("7", phone=PHONE), person("x", channel=SECOND, phone=PHONE)])
    assert first == second
    assert Contact.objects.count() == 1


def test_a_batch_keeps_its_order_and_makes_each_once(events_of, django_assert_max_num_queries):
    people = [person(str(number % 10), name=f"زبون {number % 10}") for number in range(100)]
    # One of them asks, every two seconds, which events matter to segments.
    with django_assert_max_num_queries(7):
        contacts = contacts_for(people)
    assert [contact.name for contact in contacts] == [p.name for p in people]
    assert Contact.objects.count() == Identity.objects.count() == 10
    assert len(events_of()) == 10


def test_what_is_too_long_is_cut_and_nul_dropped():
    (contact,) = contacts_for([person("a", name="س\x00" * 300, language="ar-DZ-x-very-long")])
    contact.refresh_from_db()
    assert contact.name == "س" * 200
    assert len(contact.language) == 10

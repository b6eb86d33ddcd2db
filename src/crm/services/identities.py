"""Identities: from a provider's user to a contact, found or made, for a whole batch of messages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.bulk import insert_rows
from core.text import strip_nul
from crm import events as types
from crm.models import Contact, Identity
from crm.services.cause import Cause
from crm.services.contacts import created_data, fill_phones, search_text
from crm.services.finding import lock_identities
from events.services.publishing import publish_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who wrote on a channel, as the provider knows them. ``ids`` are their ids there, the main one first."""

    channel_id: uuid.UUID
    provider: str
    ids: tuple[str, ...]
    phone: str = ""
    name: str = ""
    username: str = ""
    language: str = ""


def contacts_for(people: Sequence[Person]) -> list[Contact]:
    """The contact of each person, in their order; unknown ones are made, with an identity for each of their ids.

    A person known by one id and now seen with another keeps the contact and gains the identity, and its contact the
    phone number if it has none. A person with no known id but a phone number that exactly one contact has, joins that
    contact. Publishes ``USER_CREATED`` and ``USER_UPDATED``.
    """
    known = _known(people)
    fresh: list[Contact] = []
    rows: list[Identity] = []
    result: list[Contact] = []
    phones: dict[uuid.UUID, str] = {}
    _lock_phones(people, known)
    by_phone = _by_phone(people, known)
    for person in people:
        contact = next(
            (known[person.channel_id, i] for i in person.ids if (person.channel_id, i) in known), None
        )
        if contact is None and person.phone:
            contact = by_phone.get(person.phone)
        if contact is None:
            contact = _new(person)
            fresh.append(contact)
            if person.phone:
                by_phone.setdefault(person.phone, contact)
        elif person.phone and not contact.phone:
            phones.setdefault(contact.id, person.phone[:20])
        for provider_user_id in person.ids:
            if (person.channel_id, provider_user_id) not in known:
                known[person.channel_id, provider_user_id] = contact
                rows.append(_identity(person, provider_user_id, contact))
        result.append(contact)
    if fresh:
        insert_rows(fresh)
        cause = Cause(actor="contact")
        publish_many(
            [cause.event(types.USER_CREATED.code, contact.id, created_data(contact)) for contact in fresh]
        )
    if rows:
        insert_rows(rows)
    if phones:
        fill_phones(phones, Cause(actor="contact"))
    return result


def _known(people: Sequence[Person]) -> dict[tuple[uuid.UUID, str], Contact]:
    rows = Identity.objects.filter(
        channel_id__in={person.channel_id for person in people},
        provider_user_id__in={i for person in people for i in person.ids},
    ).select_related("contact")
    return {(row.channel_id, row.provider_user_id): row.contact for row in rows}


def _lock_phones(people: Sequence[Person], known: Mapping[tuple[uuid.UUID, str], Contact]) -> None:
    """No one else makes a contact of a phone number that one of ours is about to get. Those who are known with their
    number, which are most, cost nothing."""
    phones = {
        person.phone
        for person in people
        if person.phone
        and not any(
            (there := known.get((person.channel_id, i))) is not None and there.phone for i in person.ids
        )
    }
    if phones:
        lock_identities([("phone", phone) for phone in phones])


def _by_phone(
    people: Sequence[Person], known: dict[tuple[uuid.UUID, str], Contact]
) -> dict[str, Contact | None]:
    """The contact that has each phone number; ``None`` where several share it, so that it says nothing of who wrote."""
    phones = {p.phone for p in people if p.phone and not any((p.channel_id, i) in known for i in p.ids)}
    found: dict[str, Contact | None] = {}
    for contact in Contact.objects.filter(phone__in=phones) if phones else ():
        found[contact.phone] = None if contact.phone in found else contact
    return found


def _new(person: Person) -> Contact:
    contact = Contact(
        name=strip_nul(person.name)[:200], phone=person.phone[:20], language=person.language[:10]
    )
    contact.search = search_text(contact)
    return contact


def _identity(person: Person, provider_user_id: str, contact: Contact) -> Identity:
    return Identity(
        contact=contact,
        channel_id=person.channel_id,
        provider=person.provider,
        provider_user_id=provider_user_id,
        phone=person.phone[:20],
        username=strip_nul(person.username)[:100],
    )

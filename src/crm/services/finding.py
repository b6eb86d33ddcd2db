"""Contacts found by what identifies them, or made: for those who know a customer by own id, phone or e-mail."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q

from core.errors import PermanentError
from crm.models import Contact
from crm.selectors import merged_own_ids, region
from crm.services.cause import SYSTEM, Cause
from crm.services.contacts import (
    Change,
    InvalidFieldError,
    clean,
    new_contact,
    save_new,
    update_contacts,
)
from crm.services.tagging import Tagging, add_tags
from tenants.scope import require_tenant

#: What identifies a contact, the surest first.
KEYS = ("external_id", "phone", "email")


class OnExisting(StrEnum):
    """What to do when the contact is there: take it as it is, write the values given to it, or refuse."""

    USE = "use"
    UPDATE = "update"
    FAIL = "fail"


class NoKeyError(PermanentError):
    """Give external_id, phone or email: without one of them the contact could not be found again."""


class ContactExistsError(PermanentError):
    """There is such a contact already."""


class AmbiguousContactError(PermanentError):
    """Several contacts fit, and nothing tells which one is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contact to find, or to make of ``values`` (fields of a contact), ``custom`` and ``tags``."""

    values: Mapping[str, str]
    custom: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    on_existing: OnExisting = OnExisting.USE
    cause: Cause = SYSTEM


@dataclass(frozen=True, slots=True)
class Found:
    """The contact, and whether it was made for this."""

    contact_id: uuid.UUID
    created: bool


def find_or_create(wanted: Sequence[Wanted]) -> list[Found]:
    """Find or make a contact for each, in the caller's transaction; the same identity twice is one contact.

    The own id decides alone where a contact has it. Otherwise the one contact with that phone number, or else with that
    e-mail, is meant, if it is not known by another own id. Publishes ``USER_CREATED``, ``USER_UPDATED`` and ``TAG_ADDED``.
    Raises ``NoKeyError``, ``AmbiguousContactError``, ``ContactExistsError``, ``InvalidFieldError``,
    ``InvalidCustomFieldError`` and ``InvalidTagError``.
    """
    country = region()
    cleaned = [
        clean({name: text for name, text in one.values.items() if text.strip()}, country=country)
        for one in wanted
    ]
    for values in cleaned:
        if not any(name in values for name in KEYS):
            raise NoKeyError
    identities = sorted({pair for values in cleaned for pair in _identities(values)})
    lock_identities(identities)
    known = _Known(identities)
    results: list[Found] = []
    fresh: list[tuple[Contact, Cause]] = []
    changes: list[Change] = []
    for one, values in zip(wanted, cleaned, strict=True):
        contact = known.match(values)
        if contact is None:
            contact = new_contact(values, one.custom, country=country)
            known.add(contact)
            fresh.append((contact, one.cause))
            results.append(Found(contact.id, created=True))
        else:
            _EXISTING[one.on_existing](contact, one, values, changes)
            results.append(Found(contact.id, created=False))
    save_new(fresh)
    update_contacts(changes)
    add_tags(
        [
            Tagging(found.contact_id, tag, one.cause)
            for one, found in zip(wanted, results, strict=True)
            if found.created or one.on_existing is OnExisting.UPDATE
            for tag in one.tags
        ]
    )
    return results


def contact_by_phone(text: str) -> uuid.UUID:
    """The contact with that phone number, dialled from the tenant's country where it has no prefix; made when there is
    none. Raises ``InvalidFieldError`` and ``AmbiguousContactError``."""
    return _contact_by("phone", text, "write it with its country code, as +213555123456")


def contact_by_email(text: str) -> uuid.UUID:
    """The contact with that e-mail address; made when there is none. Raises ``InvalidFieldError`` and
    ``AmbiguousContactError``."""
    return _contact_by("email", text, "write one as amina@example.com")


def _contact_by(name: str, text: str, remedy: str) -> uuid.UUID:
    if not text.strip():
        raise InvalidFieldError(name, f"is empty; {remedy}")
    try:
        (found,) = find_or_create([Wanted(values={name: text}, cause=Cause(actor="api"))])
    except InvalidFieldError as exc:
        raise InvalidFieldError(name, f"{exc.problem}; {remedy}") from exc
    return found.contact_id


def _identities(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, values[name]) for name in KEYS if name in values)


class _Known:
    """The contacts that have one of the identities, and those made since."""

    def __init__(self, identities: Collection[tuple[str, str]]) -> None:
        self._contacts: dict[tuple[str, str], list[Contact]] = {}
        having = Q()
        for name in KEYS:
            having |= Q(**{f"{name}__in": [text for key, text in identities if key == name]})
        for contact in Contact.objects.filter(having).order_by("id"):
            self.add(contact)
        self._add_merged({text for name, text in identities if name == "external_id"})

    def _add_merged(self, own_ids: set[str]) -> None:
        """Own ids that were given up when contacts were merged lead to those that are left."""
        gone = {text for text in own_ids if ("external_id", text) not in self._contacts}
        left = merged_own_ids(gone) if gone else {}
        winners = Contact.objects.in_bulk(left.values()) if left else {}
        for text, winner in left.items():
            self._contacts["external_id", text] = [winners[winner]]

    def add(self, contact: Contact) -> None:
        """Keep it under all that identifies it."""
        for name in KEYS:
            text = getattr(contact, name)
            if text:
                self._contacts.setdefault((name, text), []).append(contact)

    def match(self, values: Mapping[str, str]) -> Contact | None:
        """The contact that is meant, if there is one. Raises ``AmbiguousContactError``."""
        own_id = values.get("external_id")
        several: tuple[str, str, int] | None = None
        for name, text in _identities(values):
            found = self._contacts.get((name, text), [])
            if own_id and name != "external_id":
                found = [contact for contact in found if not contact.external_id]
            if len(found) == 1:
                return found[0]
            if found:
                several = several or (name, text, len(found))
        if several is not None:
            name, text, count = several
            raise AmbiguousContactError(
                f"{count} contacts have the {name} {text}; give external_id to tell which one is meant."
            )
        return None


def _use(contact: Contact, one: Wanted, values: Mapping[str, str], changes: list[Change]) -> None:
    """As it is."""


def _update(contact: Contact, one: Wanted, values: Mapping[str, str], changes: list[Change]) -> None:
    changes.append(Change(contact_id=contact.id, values=values, custom=one.custom, cause=one.cause))


def _fail(contact: Contact, one: Wanted, values: Mapping[str, str], changes: list[Change]) -> None:
    same = next(name for name, text in _identities(values) if getattr(contact, name) == text)
    raise ContactExistsError(
        f"The contact {contact.id} has the {same} {values[same]} already; set on_existing to use or update."
    )


_EXISTING: dict[OnExisting, Callable[[Contact, Wanted, Mapping[str, str], list[Change]], None]] = {
    OnExisting.USE: _use,
    OnExisting.UPDATE: _update,
    OnExisting.FAIL: _fail,
}


def lock_identities(identities: Collection[tuple[str, str]]) -> None:
    """Whoever looks for the same ``(key, text)`` waits until we have committed: phones and e-mails have no constraint
    that would keep two from making the same contact."""
    tenant = require_tenant().id
    keys = sorted({_lock_key(f"{tenant}:{name}:{text}") for name, text in identities})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def _lock_key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)

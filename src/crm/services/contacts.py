"""Contacts: found, made, changed."""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from core.bulk import update_rows
from core.errors import PermanentError, RetryableError
from core.ids import uuid7
from core.phones import PhoneError, to_e164
from core.registry import Registry
from core.text import fold, strip_nul
from crm import events as types
from crm.models import Contact, CustomField
from crm.selectors import merged_contact, merged_into, region
from crm.services.cause import SYSTEM, Cause
from crm.services.fields import clean_custom, declared_fields
from events.services.publishing import publish_many

#: What may be changed by name; everything else goes under ``custom``.
_LIMITS = {"name": 200, "phone": 40, "email": 254, "language": 10, "timezone": 64, "external_id": 120}
FIELDS = tuple(_LIMITS)
_SEARCHED = {"name", "phone", "email", "external_id"}

#: What apps above the CRM do before contacts are deleted, in that transaction, given their ids.
BEFORE_DELETE: Registry[Callable[[Collection[uuid.UUID]], None]] = Registry("reaction to deleted contacts")


class ContactNotFoundError(PermanentError):
    """There is no such contact."""


class ContactTakenError(RetryableError):
    """Another request made this contact at the same moment; try again to find it."""


class ContactChangedError(PermanentError):
    """Someone else has changed the contact since you read it; read it again and repeat your change."""


class InvalidFieldError(PermanentError):
    """A contact's field cannot take that value. ``field`` names it."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(f"{field_name}: {message}")
        self.field = field_name
        self.problem = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New values for one contact: ``values`` for the fields above, ``custom`` merged into its custom fields (a ``None``
    removes one). ``revision``: the one that was read, if nothing may have changed since."""

    contact_id: uuid.UUID
    values: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause = SYSTEM
    revision: int | None = None


def search_text(contact: Contact) -> str:
    """The folded text by which a contact is found."""
    parts = (contact.name, contact.phone, contact.email, contact.external_id or "")
    return " ".join(fold(part) for part in parts if part)


def clean(values: Mapping[str, str], *, country: str = "") -> dict[str, str]:
    """The values as they are stored; local phone numbers are of ``country`` (empty: the tenant's, which is looked up).

    Raises ``InvalidFieldError``.
    """
    cleaned: dict[str, str] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise InvalidFieldError(name, f"is no field of a contact; known: {', '.join(FIELDS)}, custom")
        text = strip_nul(str(value)).strip()
        limit = _LIMITS[name]
        if len(text) > limit:
            raise InvalidFieldError(name, f"is longer than {limit} characters")
        check = _CHECKS.get(name)
        cleaned[name] = check(text, country) if check is not None and text else text
    return cleaned


def _phone(text: str, country: str) -> str:
    try:
        return to_e164(text, country or region())
    except PhoneError as exc:
        raise InvalidFieldError("phone", str(exc)) from exc


def _email(text: str, country: str) -> str:
    try:
        validate_email(text)
    except ValidationError as exc:
        raise InvalidFieldError("email", f"{text[:60]!r} is not an e-mail address") from exc
    return text.lower()


def _timezone(text: str, country: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise InvalidFieldError("timezone", f"there is no time zone {text!r}; write one as Africa/Algiers")
    return text


_CHECKS: dict[str, Callable[[str, str], str]] = {"phone": _phone, "email": _email, "timezone": _timezone}


def new_contact(
    values: Mapping[str, str], custom: Mapping[str, Any] | None = None, *, country: str = ""
) -> Contact:
    """An unsaved contact of cleaned values. Raises ``InvalidFieldError`` and ``InvalidCustomFieldError``."""
    known = {slug: value for slug, value in (custom or {}).items() if value is not None}
    contact = Contact(id=uuid7(), custom=clean_custom(known), **clean(values, country=country))
    contact.external_id = contact.external_id or None
    contact.search = search_text(contact)
    return contact


def _insert(pairs: Sequence[tuple[Contact, Cause]]) -> None:
    Contact.objects.bulk_create([contact for contact, _ in pairs])
    publish_many(
        [cause.event(types.USER_CREATED.code, contact.id, created_data(contact)) for contact, cause in pairs]
    )


def created_data(contact: Contact) -> dict[str, object]:
    """The data of ``USER_CREATED``."""
    return {
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "language": contact.language,
    }


def create_contact(
    values: Mapping[str, str], *, custom: Mapping[str, Any] | None = None, cause: Cause = SYSTEM
) -> Contact:
    """Make one contact. Raises ``InvalidFieldError``, also for an ``external_id`` that another contact has."""
    contact = new_contact(values, custom)
    with _own_ids():
        _insert([(contact, cause)])
    return contact


def save_new(pairs: Sequence[tuple[Contact, Cause]]) -> None:
    """Insert contacts and publish ``USER_CREATED`` for each with its cause. Raises ``ContactTakenError`` when another
    transaction has made one of them since the caller looked."""
    try:
        with transaction.atomic():
            _insert(pairs)
    except IntegrityError as exc:
        raise ContactTakenError from exc


@contextmanager
def _own_ids() -> Iterator[None]:
    """A savepoint around writes of ``external_id``, the one column of a contact that must be unique."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as exc:
        raise InvalidFieldError("external_id", "another contact has it already") from exc


def delete_contacts(ids: Collection[uuid.UUID]) -> int:
    """Delete contacts with their notes, identities, conversations and messages; returns how many there were.

    What happened with them stays in the events. Apps that keep more than rows clean up by ``BEFORE_DELETE``.
    """
    contacts = locked_contacts(ids)
    for forget in BEFORE_DELETE.values():
        forget(list(contacts))
    Contact.objects.filter(id__in=list(contacts)).delete()
    return len(contacts)


def contact_for_external_id(external_id: str) -> uuid.UUID:
    """The contact with that id in the tenant's own system (or ours); made when there is none.

    Raises ``InvalidFieldError`` for an id that is empty or too long.
    """
    text = clean({"external_id": external_id})["external_id"]
    if not text:
        raise InvalidFieldError("external_id", "is empty")
    found = _id_of(text)
    if found is not None:
        return found
    try:
        return create_contact({"external_id": text}, cause=Cause(actor="api")).id
    except InvalidFieldError:
        # A rival transaction made it since, and has committed: its contact is the one.
        found = _id_of(text)
        if found is None:
            raise
        return found


def _id_of(text: str) -> uuid.UUID | None:
    try:
        own = uuid.UUID(text)
    except ValueError:
        own = None
    if own is not None and Contact.objects.filter(id=own).exists():
        return own
    found = Contact.objects.filter(external_id=text).values_list("id", flat=True).first()
    return found or merged_contact(text)


def update_contacts(changes: Sequence[Change]) -> list[dict[str, dict[str, Any]]]:
    """Apply changes in one statement; returns, for each, what really changed as ``{field: {"from", "to"}}``.

    Publishes ``USER_UPDATED`` where something did. Raises ``InvalidFieldError``, ``ContactNotFoundError`` and
    ``ContactChangedError``. The id of a merged contact leads to the one that is left.
    """
    contacts = located_contacts({change.contact_id for change in changes})
    declared = declared_fields({slug for change in changes for slug in change.custom})
    country = region() if any(change.values.get("phone") for change in changes) else ""
    done: list[dict[str, dict[str, Any]]] = []
    touched: dict[uuid.UUID, Contact] = {}
    columns: set[str] = set()
    for change in changes:
        contact = contacts.get(change.contact_id)
        if contact is None:
            raise ContactNotFoundError(f"There is no contact {change.contact_id}.")
        if change.revision is not None and change.revision != contact.revision:
            raise ContactChangedError
        difference = _apply(contact, change, declared, country)
        done.append(difference)
        if difference:
            touched[contact.id] = contact
            columns |= {name.split(".", 1)[0] for name in difference}
    with _own_ids() if "external_id" in columns else nullcontext():
        _save(list(touched.values()), columns)
    publish_many(
        [
            change.cause.event(
                types.USER_UPDATED.code, contacts[change.contact_id].id, {"changes": difference}
            )
            for change, difference in zip(changes, done, strict=True)
            if difference
        ]
    )
    return done


def fill_phones(phones: Mapping[uuid.UUID, str], cause: Cause) -> None:
    """Give contacts that have no phone number the one (in E.164) that a provider told. A number that another contact
    has stays theirs. Publishes ``USER_UPDATED``."""
    taken = set(Contact.objects.filter(phone__in=phones.values()).values_list("phone", flat=True))
    filled: list[Contact] = []
    for contact in locked_contacts(phones).values():
        phone = phones[contact.id]
        if not contact.phone and phone not in taken:
            contact.phone = phone
            taken.add(phone)
            filled.append(contact)
    _save(filled, {"phone"})
    publish_many(
        [
            cause.event(
                types.USER_UPDATED.code, contact.id, {"changes": {"phone": {"from": "", "to": contact.phone}}}
            )
            for contact in filled
        ]
    )


def _save(contacts: Sequence[Contact], columns: set[str]) -> None:
    """Write what changed, and the search text where it follows from that."""
    now = datetime.now(UTC)
    searched = bool(columns & _SEARCHED)
    for contact in contacts:
        contact.updated_at = now
        contact.revision += 1
        if searched:
            contact.search = search_text(contact)
    update_rows(contacts, [*sorted(columns), "updated_at", "revision", *(["search"] if searched else [])])


def locked_contacts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Contact]:
    """Rows for update by id, taken in one order so that two batches cannot deadlock."""
    return {
        contact.id: contact
        for contact in Contact.objects.select_for_update().filter(id__in=ids).order_by("id")
    }


def located_contacts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Contact]:
    """As :func:`locked_contacts`, by the ids asked for: one that was merged finds the contact that is left."""
    found = locked_contacts(ids)
    missing = set(ids) - found.keys()
    if missing:
        left = merged_into(missing)
        winners = locked_contacts(set(left.values()) - found.keys()) | found
        found |= {old: winners[new] for old, new in left.items() if new in winners}
    return found


def _apply(
    contact: Contact, change: Change, declared: Mapping[str, CustomField], country: str
) -> dict[str, dict[str, Any]]:
    difference: dict[str, dict[str, Any]] = {}
    for name, value in clean(change.values, country=country).items():
        new = value or None if name == "external_id" else value
        old = getattr(contact, name)
        if old != new:
            setattr(contact, name, new)
            difference[name] = {"from": old, "to": new}
    custom = clean_custom({k: v for k, v in change.custom.items() if v is not None}, declared)
    removed = [k for k, v in change.custom.items() if v is None and k in contact.custom]
    for slug, value in custom.items():
        if contact.custom.get(slug) != value:
            difference[f"custom.{slug}"] = {"from": contact.custom.get(slug), "to": value}
    for slug in removed:
        difference[f"custom.{slug}"] = {"from": contact.custom.pop(slug), "to": None}
    contact.custom = {**contact.custom, **custom}
    return difference

"""Contacts: found, made, changed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.bulk import update_rows
from core.errors import PermanentError
from core.ids import uuid7
from core.phones import PhoneError, to_e164
from core.text import fold, strip_nul
from crm import events as types
from crm.models import Contact
from crm.services.cause import SYSTEM, Cause
from crm.services.fields import clean_custom
from events.services.publishing import publish_many
from tenants.models import Tenant
from tenants.scope import require_tenant

#: What may be changed by name; everything else goes under ``custom``.
_LIMITS = {"name": 200, "phone": 40, "email": 254, "language": 10, "timezone": 64, "external_id": 120}
FIELDS = tuple(_LIMITS)


class ContactNotFoundError(PermanentError):
    """There is no such contact."""


class InvalidFieldError(PermanentError):
    """A contact's field cannot take that value. ``field`` names it."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(f"{field_name}: {message}")
        self.field = field_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New values for one contact: ``values`` for the fields above, ``custom`` merged into its custom fields (a ``None``
    removes one)."""

    contact_id: uuid.UUID
    values: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause = SYSTEM


def search_text(contact: Contact) -> str:
    """The folded text by which a contact is found."""
    parts = (contact.name, contact.phone, contact.email, contact.external_id or "")
    return " ".join(fold(part) for part in parts if part)


def region() -> str:
    """The country for phone numbers written without a prefix."""
    return Tenant.objects.values_list("region", flat=True).get(id=require_tenant().id)


def clean(values: Mapping[str, str]) -> dict[str, str]:
    """The values as they are stored. Raises ``InvalidFieldError``."""
    cleaned: dict[str, str] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise InvalidFieldError(name, f"is no field of a contact; known: {', '.join(FIELDS)}, custom")
        text = strip_nul(str(value)).strip()
        limit = _LIMITS[name]
        if len(text) > limit:
            raise InvalidFieldError(name, f"is longer than {limit} characters")
        cleaned[name] = _phone(text) if name == "phone" and text else text
    return cleaned


def _phone(text: str) -> str:
    try:
        return to_e164(text, region())
    except PhoneError as exc:
        raise InvalidFieldError("phone", str(exc)) from exc


def new_contact(values: Mapping[str, str], custom: Mapping[str, Any] | None = None) -> Contact:
    """An unsaved contact of cleaned values."""
    contact = Contact(id=uuid7(), custom=clean_custom(custom or {}), **clean(values))
    contact.external_id = contact.external_id or None
    contact.search = search_text(contact)
    return contact


def create_contacts(contacts: Sequence[Contact], cause: Cause) -> None:
    """Insert contacts and publish ``USER_CREATED`` for each."""
    Contact.objects.bulk_create(contacts)
    publish_many(
        [cause.event(types.USER_CREATED.code, contact.id, created_data(contact)) for contact in contacts]
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
    """Make one contact. Raises ``InvalidFieldError``."""
    contact = new_contact(values, custom)
    create_contacts([contact], cause)
    return contact


def contact_for_external_id(external_id: str) -> uuid.UUID:
    """The contact with that id in the tenant's own system (or ours); made when there is none."""
    try:
        own = uuid.UUID(external_id)
    except ValueError:
        own = None
    if own is not None and Contact.objects.filter(id=own).exists():
        return own
    found = Contact.objects.filter(external_id=external_id).values_list("id", flat=True).first()
    return found or create_contact({"external_id": external_id}, cause=Cause(actor="api")).id


def update_contacts(changes: Sequence[Change]) -> list[dict[str, dict[str, Any]]]:
    """Apply changes in one statement; returns, for each, what really changed as ``{field: {"from", "to"}}``.

    Publishes ``USER_UPDATED`` where something did. Raises ``InvalidFieldError`` and ``ContactNotFoundError``.
    """
    contacts = _locked({change.contact_id for change in changes})
    done: list[dict[str, dict[str, Any]]] = []
    touched: dict[uuid.UUID, Contact] = {}
    for change in changes:
        contact = contacts.get(change.contact_id)
        if contact is None:
            raise ContactNotFoundError(f"There is no contact {change.contact_id}.")
        difference = _apply(contact, change)
        done.append(difference)
        if difference:
            touched[contact.id] = contact
    for contact in touched.values():
        contact.search = search_text(contact)
        contact.updated_at = datetime.now(UTC)
    update_rows(list(touched.values()), [*FIELDS, "custom", "search", "updated_at"])
    publish_many(
        [
            change.cause.event(types.USER_UPDATED.code, change.contact_id, {"changes": difference})
            for change, difference in zip(changes, done, strict=True)
            if difference
        ]
    )
    return done


def _locked(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Contact]:
    """Rows for update, taken in one order so that two batches cannot deadlock."""
    return {
        contact.id: contact
        for contact in Contact.objects.select_for_update().filter(id__in=ids).order_by("id")
    }


def _apply(contact: Contact, change: Change) -> dict[str, dict[str, Any]]:
    difference: dict[str, dict[str, Any]] = {}
    for name, value in clean(change.values).items():
        new = value or None if name == "external_id" else value
        old = getattr(contact, name)
        if old != new:
            setattr(contact, name, new)
            difference[name] = {"from": old, "to": new}
    custom = clean_custom({k: v for k, v in change.custom.items() if v is not None})
    removed = [k for k, v in change.custom.items() if v is None and k in contact.custom]
    for slug, value in custom.items():
        if contact.custom.get(slug) != value:
            difference[f"custom.{slug}"] = {"from": contact.custom.get(slug), "to": value}
    for slug in removed:
        difference[f"custom.{slug}"] = {"from": contact.custom.pop(slug), "to": None}
    contact.custom = {**contact.custom, **custom}
    return difference

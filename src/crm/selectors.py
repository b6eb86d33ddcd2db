"""Reads: contacts as templates and predicates see them, and their timeline."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Q

from core.phones import PhoneError, to_e164
from core.text import fold
from crm.models import Contact, ContactTag
from events.models import Event
from tenants.models import Tenant
from tenants.scope import require_tenant


def contact_views(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """``user.…`` for many contacts, with two queries."""
    tags: dict[uuid.UUID, list[str]] = defaultdict(list)
    worn = ContactTag.objects.filter(contact_id__in=ids).order_by("id").values_list("contact_id", "tag__name")
    for contact_id, name in worn:
        tags[contact_id].append(name)
    return {
        contact.id: contact_view(contact, tags[contact.id]) for contact in Contact.objects.filter(id__in=ids)
    }


def contact_view(contact: Contact, tags: list[str]) -> dict[str, Any]:
    """One contact as plain JSON. ``first_name`` is the first word of the name."""
    return {
        "id": str(contact.id),
        "external_id": contact.external_id,
        "name": contact.name,
        "first_name": contact.name.split(" ", 1)[0],
        "phone": contact.phone,
        "email": contact.email,
        "language": contact.language,
        "timezone": contact.timezone,
        "custom": contact.custom,
        "tags": tags,
        "created_at": contact.created_at.isoformat() if contact.created_at else None,
    }


def timeline(contact_id: uuid.UUID, *, before: uuid.UUID | None = None, limit: int = 100) -> list[Event]:
    """What happened to and with a contact, newest first; ``before`` is the id of the oldest event already seen."""
    events = Event.objects.filter(contact_id=contact_id)
    if before is not None:
        events = events.filter(id__lt=before)
    return list(events.order_by("-id")[:limit])


def contacts_matching(term: str) -> Q:
    """The contacts that have every word of ``term`` in name, phone, e-mail or own id, however it is spelled."""
    words = Q()
    for word in fold(term).split():
        words &= Q(search__contains=word)
    try:
        return words | Q(phone=to_e164(term, region()))
    except PhoneError:
        return words


def region() -> str:
    """The country for phone numbers written without a prefix."""
    return Tenant.objects.values_list("region", flat=True).get(id=require_tenant().id)

"""Contacts as templates and predicates see them, how they are searched, and their timeline."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Q

from core.phones import PhoneError, to_e164
from core.text import fold
from crm.models import Contact
from crm.selectors.merges import merged_into
from crm.timeline import TimelineKind, of_kinds
from events.models import Event
from tenants.models import Tenant
from tenants.scope import require_tenant

# Both lists of a contact at once: this is read for every contact that a workflow looks at.
_WORDS = """
SELECT w.contact_id, 'tags', w.id, t.name FROM crm_contacttag w JOIN crm_tag t ON t.id = w.tag_id
WHERE w.contact_id = ANY(%(ids)s)
UNION ALL
SELECT w.contact_id, 'segments', w.id, s.key FROM crm_contactsegment w JOIN crm_segment s ON s.id = w.segment_id
WHERE w.contact_id = ANY(%(ids)s)
ORDER BY 3
"""


def contact_views(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """``user.…`` for many contacts, with two queries; an id that was merged shows the contact that is left."""
    words: dict[tuple[uuid.UUID, str], list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"ids": list(ids)})
        for contact_id, kind, _, word in cursor.fetchall():
            words[contact_id, kind].append(word)
    views = {
        contact.id: contact_view(
            contact, tags=words[contact.id, "tags"], segments=words[contact.id, "segments"]
        )
        for contact in Contact.objects.filter(id__in=ids)
    }
    left = merged_into(set(ids) - views.keys()) if len(views) < len(ids) else {}
    if left:
        winners = contact_views(set(left.values()))
        views |= {old: winners[new] for old, new in left.items() if new in winners}
    return views


def contact_view(contact: Contact, *, tags: list[str], segments: list[str]) -> dict[str, Any]:
    """One contact as plain JSON. ``first_name`` is the first word of the name; ``segments`` are keys."""
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
        "segments": segments,
        "opted_out": contact.opted_out_at is not None,
        "created_at": contact.created_at.isoformat() if contact.created_at else None,
    }


def opted_out(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the contacts that want no automated messages."""
    if not ids:
        return set()
    rows = Contact.objects.filter(id__in=ids, opted_out_at__isnull=False)
    return set(rows.order_by().values_list("id", flat=True))


def timeline(
    contact_id: uuid.UUID,
    *,
    before: uuid.UUID | None = None,
    kinds: Collection[TimelineKind] = (),
    limit: int = 100,
) -> list[Event]:
    """What happened to and with a contact, newest first; ``before`` is the id of the oldest event already seen, ``kinds``
    what to see alone."""
    events = Event.objects.filter(of_kinds(kinds), contact_id=contact_id)
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


def timezone_name() -> str:
    """The time zone that the tenant's days and dates are in."""
    return Tenant.objects.values_list("timezone", flat=True).get(id=require_tenant().id)

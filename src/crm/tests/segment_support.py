"""What the tests of segments share."""

from __future__ import annotations

import uuid

from crm.models import Contact, ContactSegment, Segment
from events.models import Event
from events.services.publishing import NewEvent, publish

PERSIAN = {"field": "user.language", "op": "equals", "value": "fa"}
LOYAL = {"field": "user.tags", "op": "contains", "value": "زبونة وفية"}
MOVES = ("SEGMENT_ENTERED", "SEGMENT_LEFT")


def performed(code: str = "ORDER_PLACED", *, within: str = "30d", **limits: int) -> dict:
    return {"field": "user", "op": "performed", "value": {"event_type": code, "within": within, **limits}}


def inside_of(segment: Segment) -> set[uuid.UUID]:
    return set(ContactSegment.objects.filter(segment=segment).values_list("contact_id", flat=True))


def happened(contact: Contact, code: str = "NOTE_ADDED", **more) -> Event:
    event = publish(NewEvent(type=code, contact_id=contact.id, **more))
    assert event is not None
    return event

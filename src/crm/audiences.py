"""The audiences that the CRM brings: a segment, and everybody."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from pydantic import Field

from core.forms import shown
from crm.models import Contact, ContactSegment
from crm.selectors import problems_of_segment
from workflow.audiences import AUDIENCES, Audience
from workflow.graph import NodeConfig

_FIRST = uuid.UUID(int=0)


class SegmentAudienceConfig(NodeConfig):
    """Which segment."""

    segment: Annotated[str, shown("Segment", relation="segment")] = Field(
        min_length=1, max_length=60, description="The segment's key.", examples=["loyal"]
    )


class SegmentAudience(Audience):
    """Whoever is inside when the page is read. A segment that is gone has nobody in it."""

    slug = "segment"
    label = "A segment"
    Config = SegmentAudienceConfig

    def problems(self, config: Any) -> list[str]:
        """The segment is there, and filled."""
        return problems_of_segment(config.segment)

    def page(self, config: Any, *, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
        """By contact."""
        inside = ContactSegment.objects.filter(
            segment__key=config.segment, contact_id__gt=after or _FIRST
        ).order_by("contact_id")
        return list(inside.values_list("contact_id", flat=True)[:limit])


class AllContacts(Audience):
    """Every contact, those who opted out included: what is sent to them is the gate's matter."""

    slug = "all_contacts"
    label = "All contacts"

    def page(self, config: Any, *, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
        """By contact."""
        contacts = Contact.objects.filter(id__gt=after or _FIRST).order_by("id")
        return list(contacts.values_list("id", flat=True)[:limit])


for _audience in (SegmentAudience(), AllContacts()):
    AUDIENCES.add(_audience.slug, _audience)

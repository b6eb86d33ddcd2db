"""Segments: who is inside, how many they are, and which event types may move somebody in or out."""

from __future__ import annotations

import uuid

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm.events import CONTACT_MERGED, OPTED, TAGGED, USER_CREATED, USER_UPDATED
from crm.models import ContactSegment, Segment, SegmentKind, SegmentState
from tenants.scope import require_tenant
from tenants.selectors import TimedCache

#: What tells of a change to a contact itself: after these every dynamic segment is asked anew.
CONTACT_CHANGED = frozenset({USER_CREATED.code, USER_UPDATED.code, CONTACT_MERGED.code, *TAGGED, *OPTED})
#: How long a process goes on believing which types matter; a first computation begins only after that.
WATCHED_TTL_S = 2.0

#: How many segments a message names.
_NAMED = 20

_watched: TimedCache[frozenset[str]] = TimedCache(ttl_s=WATCHED_TTL_S)

_SIZE = (
    ContactSegment.objects.filter(segment=OuterRef("id"))
    .order_by()
    .values("segment")
    .annotate(size=Count("id"))
    .values("size")
)


def watched_types() -> frozenset[str]:
    """The event types after which a segment of the current tenant may change; none while it has no dynamic one.

    Kept for :data:`WATCHED_TTL_S` seconds, since every event that is published asks.
    """
    return _watched.get(require_tenant().id, _load_watched)


def forget_watched() -> None:
    """Ask the database again next time: a segment changed."""
    _watched.clear()


def _load_watched() -> frozenset[str]:
    rows = list(Segment.objects.filter(kind=SegmentKind.DYNAMIC).order_by().values_list("watches", flat=True))
    return CONTACT_CHANGED.union(*rows) if rows else frozenset()


def with_size(rows: QuerySet[Segment]) -> QuerySet[Segment]:
    """The segments with ``size``: how many contacts are inside now."""
    return rows.annotate(size=Coalesce(Subquery(_SIZE), 0, output_field=IntegerField()))


def problems_of_segment(key: str) -> list[str]:
    """What keeps a workflow from going by the segment with that key, with the mend."""
    segment = Segment.objects.filter(key=key).first()
    if segment is None:
        known = ", ".join(Segment.objects.order_by("key").values_list("key", flat=True)[:_NAMED]) or "none"
        return [f"there is no segment {key!r}; known: {known}"]
    if segment.state != SegmentState.READY:
        return [f"the segment {key!r} is being computed; publish when it is ready"]
    return []


def in_segment(text: str) -> Q:
    """The contacts in the segment with that key or id; nobody when there is none."""
    try:
        named = Q(id=uuid.UUID(text))
    except ValueError:
        named = Q(key=text)
    return Q(
        id__in=ContactSegment.objects.filter(segment__in=Segment.objects.filter(named)).values("contact_id")
    )

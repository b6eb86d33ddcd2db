"""Saved views: lists of the inbox kept under a name, by a member or for all."""

from __future__ import annotations

import uuid

import structlog
from django.db.models import Q, QuerySet
from pydantic import ValidationError

from channels_app.listing import ConversationFilters
from channels_app.models import SavedView

log = structlog.get_logger(__name__)

#: How many views a member's sidebar counts.
_MOST = 50


def own_or_shared(reader_id: uuid.UUID) -> Q:
    """What everybody sees, and what is mine."""
    return Q(owner_id=None) | Q(owner_id=reader_id)


def views_of(reader_id: uuid.UUID) -> dict[uuid.UUID, ConversationFilters]:
    """The filters of the views that a member sees; one that this release cannot read is left out."""
    rows: QuerySet[SavedView] = SavedView.objects.filter(own_or_shared(reader_id))[:_MOST]
    found: dict[uuid.UUID, ConversationFilters] = {}
    for row in rows:
        try:
            found[row.id] = ConversationFilters.model_validate(row.filters)
        except ValidationError as exc:
            log.error("saved view not understood", view=str(row.id), error=str(exc))
    return found

"""Merged contacts: what became of an id that is gone."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection

from django.db.models import Q

from crm.models import ContactMerge


def merged_into(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The contacts that those of these ids which were merged live on in."""
    rows = ContactMerge.objects.filter(loser_id__in=ids)
    return dict(rows.order_by().values_list("loser_id", "winner_id"))


def merged_contact(text: str) -> uuid.UUID | None:
    """The contact that a merged one lives on in, by its id or by the own id that was given up; the latest such merge."""
    named = Q(external_id=text)
    with contextlib.suppress(ValueError):
        named |= Q(loser_id=uuid.UUID(text))
    return ContactMerge.objects.filter(named).order_by("-id").values_list("winner_id", flat=True).first()


def merged_own_ids(own_ids: Collection[str]) -> dict[str, uuid.UUID]:
    """The contacts that these own ids, given up when contacts were merged, lead to."""
    rows = ContactMerge.objects.filter(external_id__in=own_ids).exclude(external_id="")
    return dict(rows.order_by("id").values_list("external_id", "winner_id"))

"""Tags put on and taken off contacts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from crm import events as types
from crm.models import ContactTag, Tag
from crm.services.cause import SYSTEM, Cause
from crm.services.tags import ensure_tags, find_tags
from events.services.publishing import publish_many


@dataclass(frozen=True, slots=True)
class Tagging:
    """A tag for a contact."""

    contact_id: uuid.UUID
    tag: str
    cause: Cause = SYSTEM


def add_tags(taggings: Sequence[Tagging]) -> list[bool]:
    """Put tags on; returns for each whether it was new. Publishes ``TAG_ADDED`` for the new ones.

    Tags that there are not yet are made. Raises ``InvalidTagError``.
    """
    tags = ensure_tags([tagging.tag for tagging in taggings])
    worn = _worn(taggings, tags)
    added: list[bool] = []
    rows: list[ContactTag] = []
    for tagging in taggings:
        key = (tagging.contact_id, tags[tagging.tag].id)
        added.append(key not in worn)
        if key not in worn:
            worn.add(key)
            rows.append(ContactTag(contact_id=key[0], tag_id=key[1], added_by=tagging.cause.actor))
    # A rival transaction may have put the same tag on since: the row is there either way.
    ContactTag.objects.bulk_create(rows, ignore_conflicts=True)
    _publish(types.TAG_ADDED.code, taggings, tags, added)
    return added


def remove_tags(taggings: Sequence[Tagging]) -> list[bool]:
    """Take tags off; returns for each whether it was worn. Publishes ``TAG_REMOVED`` for those."""
    tags = find_tags({tagging.tag for tagging in taggings})
    known = [tagging for tagging in taggings if tagging.tag in tags]
    worn = _worn(known, tags)
    removed: list[bool] = []
    for tagging in taggings:
        tag = tags.get(tagging.tag)
        key = (tagging.contact_id, tag.id) if tag else None
        removed.append(key in worn)
        if key is not None and key in worn:
            worn.discard(key)
            ContactTag.objects.filter(contact_id=key[0], tag_id=key[1]).delete()
    _publish(types.TAG_REMOVED.code, taggings, tags, removed)
    return removed


def _worn(taggings: Sequence[Tagging], tags: dict[str, Tag]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    rows = ContactTag.objects.filter(
        contact_id__in={tagging.contact_id for tagging in taggings},
        tag_id__in={tag.id for tag in tags.values()},
    )
    return set(rows.values_list("contact_id", "tag_id"))


def _publish(code: str, taggings: Sequence[Tagging], tags: dict[str, Tag], changed: Sequence[bool]) -> None:
    publish_many(
        [
            tagging.cause.event(code, tagging.contact_id, {"tag": tags[tagging.tag].name})
            for tagging, did in zip(taggings, changed, strict=True)
            if did
        ]
    )

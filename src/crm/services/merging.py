"""Two contacts made one: whatever hangs on the one that goes is hung on the one that stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from core.bulk import update_rows
from core.errors import PermanentError
from core.registry import Registry
from crm import events as types
from crm.models import Contact, ContactMerge, ContactSegment, ContactTag, Identity, Note, SegmentKind
from crm.selectors import contact_view
from crm.services.cause import SYSTEM, Cause
from crm.services.contacts import (
    FIELDS,
    ContactChangedError,
    ContactNotFoundError,
    InvalidFieldError,
    locked_contacts,
    search_text,
)
from crm.services.segment_evaluation import moved
from events.models import Event
from events.services.publishing import publish_many
from workflow.correlation import contact_key
from workflow.models import Entry, EventWait, WorkflowExecution

#: What apps above the CRM hang on the contact that stays, in that transaction: called with its id and with that of the one
#: that goes, both rows locked.
BEFORE_MERGE: Registry[Callable[[uuid.UUID, uuid.UUID], None]] = Registry("reaction to merged contacts")

_CUSTOM = "custom."
# Whoever entered a workflow as either has entered it; re-entry goes by the later time.
_JOIN_ENTRIES = """
INSERT INTO workflow_entry (workflow_id, contact_id, key, entered_at, count)
SELECT workflow_id, %(winner)s, key, entered_at, count FROM workflow_entry WHERE contact_id = %(loser)s
ON CONFLICT (workflow_id, contact_id, key) DO UPDATE
SET entered_at = GREATEST(workflow_entry.entered_at, EXCLUDED.entered_at), count = workflow_entry.count + EXCLUDED.count
"""


class SameContactError(PermanentError):
    """A contact cannot be merged with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """``loser`` is to live on in ``winner``. ``chosen`` are the fields (``phone``, ``custom.size``) to take from the loser;
    of the others the winner's own value stays, and where it has none, the loser's is taken. ``revision``: the winner's
    that was read, if nothing may have changed since."""

    winner: uuid.UUID
    loser: uuid.UUID
    chosen: Collection[str] = field(default=())
    revision: int | None = None
    cause: Cause = SYSTEM


@transaction.atomic
def merge_contacts(wanted: Merge) -> Contact:
    """Merge two contacts for good; returns the one that stays.

    Addresses, conversations, tags, notes, lists kept by hand, events and executions go over to it, and the id of the other
    leads to it from now on. An opt-out of either holds. Publishes ``CONTACT_MERGED``, and ``SEGMENT_ENTERED`` for lists
    kept by hand that it comes into; no ``TAG_ADDED``, as nobody was given a tag. Raises ``ContactNotFoundError``,
    ``ContactChangedError``, ``SameContactError`` and ``InvalidFieldError``.
    """
    if wanted.winner == wanted.loser:
        raise SameContactError
    there = locked_contacts({wanted.winner, wanted.loser})
    for contact_id in (wanted.winner, wanted.loser):
        if contact_id not in there:
            raise ContactNotFoundError(f"There is no contact {contact_id}.")
    winner, loser = there[wanted.winner], there[wanted.loser]
    if wanted.revision is not None and wanted.revision != winner.revision:
        raise ContactChangedError
    snapshot = _snapshot(loser)
    given_up = _given_up(winner, loser, wanted.chosen)
    changes = _take_over(winner, loser, wanted.chosen)
    for react in BEFORE_MERGE.values():
        react(winner.id, loser.id)
    tags = _move_tags(winner.id, loser.id)
    _move_segments(winner.id, loser.id, wanted.cause)
    _move_rows(winner.id, loser.id)
    ContactMerge.objects.create(
        winner=winner,
        loser_id=loser.id,
        external_id=given_up,
        loser=snapshot,
        chosen=sorted(wanted.chosen),
        actor=wanted.cause.actor,
    )
    # Before the winner is written: it may take over the own id, which is unique.
    Contact.objects.filter(id=loser.id).delete()
    _save(winner)
    data: dict[str, object] = {
        "merged_id": str(wanted.loser),
        "name": snapshot["name"],
        "changes": changes,
        "tags": tags,
    }
    publish_many([wanted.cause.event(types.CONTACT_MERGED.code, winner.id, data)])
    return winner


def _snapshot(loser: Contact) -> dict[str, Any]:
    """What was known of it, for the record."""
    tags = list(ContactTag.objects.filter(contact=loser).order_by("id").values_list("tag__name", flat=True))
    rows = ContactSegment.objects.filter(contact=loser).order_by("id")
    known = contact_view(loser, tags=tags, segments=list(rows.values_list("segment__key", flat=True)))
    identities = Identity.objects.filter(contact=loser).values_list("id", flat=True)
    return {**known, "identities": [str(one) for one in identities]}


def _given_up(winner: Contact, loser: Contact, chosen: Collection[str]) -> str:
    """The own id that nobody has any more, which has to lead somewhere."""
    if not (winner.external_id and loser.external_id):
        return ""
    return winner.external_id if "external_id" in chosen else loser.external_id


def _take_over(winner: Contact, loser: Contact, chosen: Collection[str]) -> dict[str, dict[str, Any]]:
    """Put the loser's values into the winner; what changed, as ``{field: {"from", "to"}}``."""
    known = {*FIELDS, *(f"{_CUSTOM}{slug}" for slug in {**winner.custom, **loser.custom})}
    unknown = sorted(set(chosen) - known)
    if unknown:
        raise InvalidFieldError(unknown[0], "is no field that one of the two contacts has")
    changes: dict[str, dict[str, Any]] = {}
    winner.custom = dict(winner.custom)
    for name in sorted(known):
        old, new = _value(winner, name), _value(loser, name)
        if old != new and (name in chosen or (old in (None, "") and new not in (None, ""))):
            _put(winner, name, new)
            changes[name] = {"from": old, "to": new}
    if loser.opted_out_at is not None:
        winner.opted_out_at = min(loser.opted_out_at, winner.opted_out_at or loser.opted_out_at)
    return changes


def _value(contact: Contact, name: str) -> Any:
    if name.startswith(_CUSTOM):
        return contact.custom.get(name.removeprefix(_CUSTOM))
    return getattr(contact, name)


def _put(contact: Contact, name: str, value: Any) -> None:
    slug = name.removeprefix(_CUSTOM)
    if slug == name:
        setattr(contact, name, value)
    elif value is None:
        contact.custom.pop(slug, None)
    else:
        contact.custom[slug] = value


def _save(winner: Contact) -> None:
    winner.search = search_text(winner)
    winner.revision += 1
    winner.updated_at = datetime.now(UTC)
    update_rows([winner], [*FIELDS, "custom", "opted_out_at", "search", "revision", "updated_at"])


def _move_tags(winner: uuid.UUID, loser: uuid.UUID) -> list[str]:
    """The names of those that the winner did not wear."""
    worn = ContactTag.objects.filter(contact_id=winner).values("tag_id")
    fresh = ContactTag.objects.filter(contact_id=loser).exclude(tag_id__in=worn)
    names = list(fresh.order_by("id").values_list("tag__name", flat=True))
    fresh.update(contact_id=winner)
    return names


def _move_segments(winner: uuid.UUID, loser: uuid.UUID, cause: Cause) -> None:
    """Lists kept by hand; the dynamic ones are asked anew by the event."""
    inside = ContactSegment.objects.filter(contact_id=winner).values("segment_id")
    rows = ContactSegment.objects.filter(contact_id=loser, segment__kind=SegmentKind.STATIC)
    fresh = list(rows.exclude(segment_id__in=inside).select_related("segment"))
    ContactSegment.objects.filter(id__in=[row.id for row in fresh]).update(contact_id=winner)
    publish_many([moved(row.segment, winner, entered=True, cause=cause) for row in fresh])


def _move_rows(winner: uuid.UUID, loser: uuid.UUID) -> None:
    """What may simply name the winner instead."""
    for model in (Identity, Note, Event, WorkflowExecution):
        model._default_manager.filter(contact_id=loser).update(contact_id=winner)
    EventWait.objects.filter(key=contact_key(loser)).update(key=contact_key(winner))
    ContactMerge.objects.filter(winner_id=loser).update(winner_id=winner)
    with connection.cursor() as cursor:
        cursor.execute(_JOIN_ENTRIES, {"winner": winner, "loser": loser})
    Entry.objects.filter(contact_id=loser).delete()

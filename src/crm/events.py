"""The event types that the CRM publishes."""

from __future__ import annotations

from typing import Any

from events.types import EventData, declare


class ContactData(EventData):
    """The contact as it is now."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""


class ContactUpdatedData(EventData):
    """``changes`` maps each changed field to ``{"from", "to"}``."""

    changes: dict[str, Any]


class TagData(EventData):
    """The tag's name."""

    tag: str


class OptData(EventData):
    """Why, in the words of whoever entered it."""

    reason: str = ""


class SegmentData(EventData):
    """The segment; ``key`` is what predicates name it by."""

    segment_id: str
    key: str
    name: str


class DateReachedData(EventData):
    """The field, and the contact's date in it (of a birthday, the day of birth). ``moment`` is the one that came, in the
    contact's time zone; ``trigger`` is the address of the trigger that waited for it."""

    trigger: str
    field: str
    date: str
    moment: str


class MergeData(EventData):
    """The contact that is gone, and what the one that is left took over: ``changes`` as in ``USER_UPDATED``, and ``tags``."""

    merged_id: str
    name: str = ""
    changes: dict[str, Any] = {}
    tags: list[str] = []


class NoteData(EventData):
    """The note's id and text."""

    note_id: str
    text: str


USER_CREATED = declare(
    "USER_CREATED",
    label="Contact created",
    description="A contact was seen or entered for the first time.",
    data=ContactData,
)
USER_UPDATED = declare(
    "USER_UPDATED",
    label="Contact updated",
    description="Fields of a contact changed.",
    data=ContactUpdatedData,
)
TAG_ADDED = declare("TAG_ADDED", label="Tag added", description="A contact was given a tag.", data=TagData)
TAG_REMOVED = declare("TAG_REMOVED", label="Tag removed", description="A contact lost a tag.", data=TagData)
NOTE_ADDED = declare(
    "NOTE_ADDED", label="Note added", description="A note was written about a contact.", data=NoteData
)
USER_OPTED_OUT = declare(
    "USER_OPTED_OUT",
    label="Contact opted out",
    description="A contact wants no more automated messages.",
    data=OptData,
)
USER_OPTED_IN = declare(
    "USER_OPTED_IN",
    label="Contact opted in",
    description="A contact wants automated messages again.",
    data=OptData,
)
SEGMENT_ENTERED = declare(
    "SEGMENT_ENTERED",
    label="Segment entered",
    description="A contact came into a segment.",
    data=SegmentData,
)
SEGMENT_LEFT = declare(
    "SEGMENT_LEFT", label="Segment left", description="A contact went out of a segment.", data=SegmentData
)
CONTACT_DATE_REACHED = declare(
    "CONTACT_DATE_REACHED",
    label="Date of a contact reached",
    description="The date in a contact's field has come, or is as near as a workflow's trigger asked for.",
    data=DateReachedData,
)
CONTACT_MERGED = declare(
    "CONTACT_MERGED",
    label="Contacts merged",
    description="Another contact was found to be the same person, and lives on in this one.",
    data=MergeData,
)

#: The events about a contact's tags, about its consent, and about its segments.
TAGGED = (TAG_ADDED.code, TAG_REMOVED.code)
OPTED = (USER_OPTED_OUT.code, USER_OPTED_IN.code)
SEGMENTED = (SEGMENT_ENTERED.code, SEGMENT_LEFT.code)

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

"""Notes about contacts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.bulk import insert_rows
from core.errors import PermanentError
from core.text import strip_nul
from crm import events as types
from crm.models import Note
from crm.services.cause import SYSTEM, Cause
from events.services.publishing import publish_many

_MAX_TEXT = 10_000


class InvalidNoteError(PermanentError):
    """A note has 1 to 10,000 characters."""


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to write."""

    contact_id: uuid.UUID
    text: str
    cause: Cause = SYSTEM


def add_notes(new_notes: Sequence[NewNote]) -> list[Note]:
    """Write notes and publish ``NOTE_ADDED`` for each. Raises ``InvalidNoteError``."""
    notes = [
        Note(contact_id=new.contact_id, text=strip_nul(new.text).strip(), author=new.cause.actor)
        for new in new_notes
    ]
    if any(not 0 < len(note.text) <= _MAX_TEXT for note in notes):
        raise InvalidNoteError
    insert_rows(notes)
    publish_many(
        [
            new.cause.event(
                types.NOTE_ADDED.code, note.contact_id, {"note_id": str(note.id), "text": note.text}
            )
            for new, note in zip(new_notes, notes, strict=True)
        ]
    )
    return notes

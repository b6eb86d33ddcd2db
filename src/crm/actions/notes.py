"""``add_note``: write a note about the contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from core.forms import shown
from crm.actions.cause import cause_of
from crm.services.notes import NewNote, add_notes
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class NoteConfig(Config):
    """What to write; may use Liquid."""

    text: Annotated[
        str,
        Field(min_length=1, max_length=10_000),
        shown("Note", "What the team is to know; may use Liquid.", widget="liquid"),
    ]


class NoteOutput(Output):
    """The new note's id."""

    note_id: str


@register
class AddNote(InternalAction[NoteConfig, NoteOutput]):
    """Notes are for the team; the customer never sees them."""

    slug = "add_note"
    label = "Add a note"
    icon = "note"
    description = "Write a note about the contact, for the team."
    category = "contact"
    effect = Effect.REVERSIBLE
    Config = NoteConfig
    Output = NoteOutput
    example: ClassVar = {"text": "Asked for a coupon: {{ event.data.content }}"}
    example_output: ClassVar = {"note_id": "01900000-0000-7000-8000-000000000000"}

    def run(self, config: NoteConfig, context: ActionContext) -> NoteOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[NoteConfig]]) -> list[NoteOutput]:
        """One statement for the whole batch."""
        notes = add_notes([NewNote(c.context.contact(), c.config.text, cause_of(c.context)) for c in calls])
        return [NoteOutput(note_id=str(note.id)) for note in notes]

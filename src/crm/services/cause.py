"""The cause of a change: who made it and what led to it, for the events that tell of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from events.services.publishing import NewEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """``actor`` as in events; ``event_id`` and ``depth`` when a workflow did it, ``conversation_id`` where it happened.
    ``quiet``: the events are recorded, and nobody reacts to them."""

    actor: str = "system"
    event_id: uuid.UUID | None = None
    depth: int = 0
    conversation_id: uuid.UUID | None = None
    quiet: bool = False

    def event(self, code: str, contact_id: uuid.UUID, data: dict[str, object]) -> NewEvent:
        """The event that tells of a change to ``contact_id``."""
        return NewEvent(
            type=code,
            contact_id=contact_id,
            conversation_id=self.conversation_id,
            data=data,
            actor=self.actor,
            causation_id=self.event_id,
            depth=self.depth,
            quiet=self.quiet,
        )


#: A change that nobody in particular made.
SYSTEM = Cause()

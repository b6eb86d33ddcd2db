"""Subjects: the contact and conversation that a caller names by ids of its own or ours."""

from __future__ import annotations

import uuid

from workflow.roots import RESOLVERS, ROOTS


def contact_named(user_id: str) -> uuid.UUID | None:
    """The contact with that id in the tenant's own system (or ours), made when there is none; ``None`` for no id.

    In the caller's transaction. Raises what the resolver raises for an id that it cannot store.
    """
    if not user_id:
        return None
    return RESOLVERS.get("contact")(user_id)


def conversation_named(conversation_id: str) -> uuid.UUID | None:
    """Our conversation of that id, or ``None`` when the id is someone else's."""
    root = ROOTS.find("conversation")
    try:
        own = uuid.UUID(conversation_id)
    except ValueError:
        return None
    return own if root is not None and own in root.load([own]) else None

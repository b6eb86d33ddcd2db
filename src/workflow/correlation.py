"""Correlation keys: by what an awaited event is known to be meant."""

from __future__ import annotations

import uuid
from typing import Any

_CONTACT = "contact:"


def contact_key(contact_id: uuid.UUID) -> str:
    """The key of waits for an event of the same contact."""
    return f"{_CONTACT}{contact_id}"


def value_key(path: str, value: Any) -> str:
    """The key of waits for an event whose field at ``path`` (below ``event.``) has this value."""
    return f"{path}={value}"[:200]


def path_of(key: str) -> str:
    """The path that a key is about; empty for a contact's."""
    return "" if key.startswith(_CONTACT) else key.split("=", 1)[0]

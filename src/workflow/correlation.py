"""Correlation keys: by what an awaited event is known to be meant."""

from __future__ import annotations

import uuid
from typing import Any

#: Of a key; what comes after is not told apart.
MAX_CHARS = 200
_CONTACT = "contact:"


def contact_key(contact_id: uuid.UUID) -> str:
    """The key of waits for an event of the same contact."""
    return f"{_CONTACT}{contact_id}"


def value_key(path: str, value: Any) -> str:
    """The key of waits for an event whose field at ``path`` (below ``event.``) has this value, written as JSON and Liquid
    write it."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{path}={text}"[:MAX_CHARS]


def path_of(key: str) -> str:
    """The path that a key is about; empty for a contact's."""
    return "" if key.startswith(_CONTACT) else key.split("=", 1)[0]


def value_of(key: str) -> str:
    """What a key looks for: the contact's id, or the value as text."""
    return key.removeprefix(_CONTACT) if key.startswith(_CONTACT) else key.split("=", 1)[1]

"""Identifiers: time-ordered UUIDs (version 7, RFC 9562)."""

from __future__ import annotations

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A new UUIDv7 as a standard ``uuid.UUID``: sorts by the millisecond that it was made in."""
    return _uuid7()


def uuid7_bound(moment: datetime) -> uuid.UUID:
    """The smallest UUIDv7 of ``moment`` (aware): ids below it were made before, so an id's index serves as one of time."""
    milliseconds = int(moment.timestamp() * 1000)
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62))

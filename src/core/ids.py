"""Identifiers: time-ordered UUIDs (version 7, RFC 9562)."""

from __future__ import annotations

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """A new UUIDv7 as a standard ``uuid.UUID``: sorts by the millisecond that it was made in."""
    return uuid.UUID(int=uuid_utils.uuid7().int)

"""Read marks: how far each member has read each conversation."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from channels_app.models import Conversation
from channels_app.services.hints import hint_reader_after_commit

# One statement for any number. Reading never goes back by itself; a mark for unread does.
_MARK = """
INSERT INTO channels_app_readmark (id, reader_id, conversation_id, seq)
SELECT gen_random_uuid(), %(reader)s, c.id, LEAST(x.seq, c.last_seq)
FROM unnest(%(ids)s::uuid[], %(seqs)s::int[]) AS x(id, seq) JOIN channels_app_conversation c ON c.id = x.id
ORDER BY c.id
ON CONFLICT (reader_id, conversation_id) DO UPDATE SET
    seq = CASE WHEN %(back)s THEN EXCLUDED.seq ELSE GREATEST(channels_app_readmark.seq, EXCLUDED.seq) END,
    revision = (pg_current_xact_id()::text)::bigint
RETURNING conversation_id, seq
"""
# Counted no further than a badge shows.
_UNREAD = """
SELECT c.id, (SELECT count(*) FROM (
    SELECT FROM channels_app_message m
    WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.type <> 'reaction' AND m.seq > COALESCE(r.seq, 0)
    LIMIT %(most)s) AS counted)
FROM channels_app_conversation c
LEFT JOIN channels_app_readmark r ON r.conversation_id = c.id AND r.reader_id = %(reader)s
WHERE c.id = ANY(%(ids)s) AND c.last_in_seq > COALESCE(r.seq, 0)
"""
#: An unread count of this means: so many, or more.
MOST_UNREAD = 100


def mark_read(reader_id: uuid.UUID, marks: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """The reader has read these conversations up to these messages; returns how far each is read now.

    A message that comes in meanwhile has a higher number, and stays unread.
    """
    return _mark(reader_id, marks, back=False)


def mark_unread(reader_id: uuid.UUID, conversations: Sequence[Conversation]) -> dict[uuid.UUID, int]:
    """The reader wants to come back to the customer's last message in each."""
    return _mark(reader_id, {c.id: max(0, c.last_in_seq - 1) for c in conversations}, back=True)


def unread_counts(reader_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many of the customer's messages the reader has not read, where there are any; at most ``MOST_UNREAD``."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, {"reader": reader_id, "ids": list(ids), "most": MOST_UNREAD})
        return dict(cursor.fetchall())


def _mark(reader_id: uuid.UUID, marks: Mapping[uuid.UUID, int], *, back: bool) -> dict[uuid.UUID, int]:
    if not marks:
        return {}
    values: dict[str, Any] = {
        "reader": reader_id,
        "ids": list(marks),
        "seqs": list(marks.values()),
        "back": back,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        read: dict[uuid.UUID, int] = dict(cursor.fetchall())
    hint_reader_after_commit(reader_id, list(read.items()))
    return read

"""Revisions: rows marked as changed by this transaction, and from where a reader goes on."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Model, QuerySet

from channels_app.models import Conversation, CurrentTransaction

#: What a locking read brings along: the number of its transaction, which saves asking for it.
CURRENT = CurrentTransaction()


def current_revision() -> int:
    """The number of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def settled_revision() -> int:
    """Every change by a transaction with a lower number can be read by now. Ask before reading rows, and give it to who
    reads them, to go on from."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def locked() -> QuerySet[Conversation]:
    """Conversations to be changed, locked in the order of their ids."""
    return (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("channel")
        .annotate(transaction_number=CURRENT)
        .order_by("id")
    )


def locked_one(conversation_id: uuid.UUID) -> Conversation | None:
    """One of them, if it is there."""
    return locked().filter(id=conversation_id).first()


def number_of(row: Model) -> int:
    """The current transaction's number, as a locking read brought it with ``row``."""
    number: int = getattr(row, "transaction_number", 0) or current_revision()
    return number


def mark_changed(rows: Sequence[Conversation]) -> None:
    """Set ``revision`` of conversations that are about to be written; those made in this transaction have it."""
    for row in rows:
        row.revision = getattr(row, "transaction_number", row.revision)


def touch(conversation_ids: Collection[uuid.UUID]) -> list[Conversation]:
    """Lock conversations to which something beside them has changed (labels, scheduled messages), and mark them."""
    rows = list(locked().filter(id__in=conversation_ids))
    Conversation.objects.filter(id__in=[row.id for row in rows]).update(revision=CURRENT)
    mark_changed(rows)
    return rows

"""Many conversations at once: each for itself, so that one that cannot be changed does not stop the others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.notifications.members import NoSuchMemberError, member_named
from channels_app.models import Conversation, ConversationStatus
from channels_app.services.assigning import Assignment, NotAMemberError, assign
from channels_app.services.conversations import ClosedError, set_status
from channels_app.services.labelling import change_labels
from channels_app.services.reading import mark_read, mark_unread
from channels_app.services.revisions import locked
from crm.services.cause import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """What to do. ``assign`` tells whether ``assignee_id`` was given (``None``: to nobody); ``read`` marks as read or
    unread for ``reader_id``."""

    reader_id: uuid.UUID
    cause: Cause
    status: ConversationStatus | None = None
    assign: bool = False
    assignee_id: uuid.UUID | None = None
    add_labels: Sequence[uuid.UUID] = ()
    remove_labels: Sequence[uuid.UUID] = ()
    read: bool | None = None


def change_many(ids: Sequence[uuid.UUID], change: BulkChange) -> dict[uuid.UUID, str]:
    """Do it, in one transaction; returns what went wrong with each, empty where nothing did.

    Raises ``NotAMemberError`` and ``NoSuchLabelError``, which are wrong for all.
    """
    if change.assignee_id is not None:
        try:
            member_named(str(change.assignee_id))
        except NoSuchMemberError as exc:
            raise NotAMemberError from exc
    with transaction.atomic():
        # All locks first, in one order.
        rows = {row.id: row for row in locked().filter(id__in=ids)}
        if change.assign:
            assign(
                [
                    Assignment(conversation_id=key, assignee_id=change.assignee_id, cause=change.cause)
                    for key in rows
                ]
            )
        if change.add_labels or change.remove_labels:
            change_labels(list(rows), add=change.add_labels, remove=change.remove_labels)
        _mark(list(rows.values()), change)
        problems = {key: "" if key in rows else "There is no such conversation." for key in ids}
        if change.status is not None:
            for key in rows:
                try:
                    set_status(key, change.status, actor=change.cause.actor)
                except ClosedError as exc:
                    problems[key] = str(exc)
    return problems


def _mark(rows: Sequence[Conversation], change: BulkChange) -> None:
    if change.read is True:
        mark_read(change.reader_id, {row.id: row.last_seq for row in rows})
    elif change.read is False:
        mark_unread(change.reader_id, rows)

"""Labels put on conversations and taken off."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import IntegrityError, transaction

from channels_app.models import Conversation, ConversationLabel, Label
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import touch
from core.errors import PermanentError
from core.ids import uuid7
from core.text import strip_nul


class NoSuchLabelError(PermanentError):
    """There is no such label."""


class LabelTakenError(PermanentError):
    """There is a label with that name already."""


def save_label(label: Label) -> Label:
    """Make or change a label. Raises ``LabelTakenError``."""
    label.name = strip_nul(label.name).strip()
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError as exc:
        raise LabelTakenError from exc
    return label


def delete_label(label: Label) -> None:
    """Take it off all conversations and delete it."""
    with transaction.atomic():
        touched = touch(
            set(ConversationLabel.objects.filter(label=label).values_list("conversation_id", flat=True))
        )
        label.delete()
        hint_after_commit(touched)  # fmt: skip


def change_labels(
    conversation_ids: Collection[uuid.UUID],
    *,
    add: Collection[uuid.UUID] = (),
    remove: Collection[uuid.UUID] = (),
) -> list[Conversation]:
    """Put labels on conversations and take others off, in the caller's transaction. Raises ``NoSuchLabelError``."""
    known = set(Label.objects.filter(id__in=[*add, *remove]).order_by().values_list("id", flat=True))
    if missing := {*add, *remove} - known:
        raise NoSuchLabelError(f"There is no label {sorted(map(str, missing))[0]}.")
    rows = touch(conversation_ids)
    if remove:
        ConversationLabel.objects.filter(conversation__in=rows, label_id__in=remove).delete()
    ConversationLabel.objects.bulk_create(
        [
            ConversationLabel(id=uuid7(), conversation=row, label_id=label_id)
            for row in rows
            for label_id in sorted(set(add))
        ],
        ignore_conflicts=True,
    )
    hint_after_commit(rows)
    return rows

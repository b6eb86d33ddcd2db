"""Uploads: files of members, checked against what a channel's provider takes, kept until they are sent."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from channels_app.models import Media, MediaState, Message, ScheduledMessage, ScheduledState
from channels_app.providers.base import MessageType, OutboundFile, Provider
from channels_app.services.media import delete_after_commit
from core.errors import PermanentError
from core.ids import uuid7
from core.media import MediaRefusedError, MediaType, check
from core.text import strip_nul
from events.queue.enqueue import NewItem, enqueue

UNUSED = "channels.unused_upload"
#: An upload that no message took along in this time is deleted.
_KEPT = timedelta(days=1)
_FILES = frozenset({MessageType.IMAGE, MessageType.VIDEO, MessageType.AUDIO, MessageType.DOCUMENT})


class UploadNotFoundError(PermanentError):
    """There is no such upload of yours, or it was sent already."""


def store_upload(content: bytes, *, filename: str, uploader: str, provider: Provider | None = None) -> Media:
    """Keep a file until a message takes it along. Raises ``MediaRefusedError`` for what the bytes show to be of a kind
    that we do not keep or ``provider`` does not take, or too large."""
    kind = check(content, "document", settings.MEDIA_MAX_BYTES)
    if provider is not None:
        check_limits(provider, kind, len(content))
    row = Media(
        id=uuid7(),
        kind=kind.kind,
        mime_type=kind.mime,
        filename=_plain_name(filename) or f"{kind.kind}.{kind.extension}",
        size=len(content),
        state=MediaState.STORED,
        uploader=uploader[:80],
    )
    row.file = default_storage.save(f"{row.id.hex[:2]}/{row.id}.{kind.extension}", ContentFile(content))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _look_again([row])
    except BaseException:
        default_storage.delete(row.file)
        raise
    return row


def check_limits(provider: Provider, kind: MediaType, size: int) -> None:
    """Raises ``MediaRefusedError`` for a file that the provider does not take."""
    limits = provider.file_limits
    limit = limits.get(kind.mime, limits.get(kind.kind)) if kind.kind in limits else None
    if limit is None:
        raise MediaRefusedError(f"{provider.label} takes no files of the type {kind.mime}")
    if size > limit:
        raise MediaRefusedError(
            f"the file has {size:,} bytes; {provider.label} takes {limit:,} for {kind.mime}"
        )


def uploads_to_send(ids: Sequence[uuid.UUID], *, uploader: str, provider: Provider) -> list[Media]:
    """These uploads, locked, in the order given. Raises ``UploadNotFoundError``, and ``MediaRefusedError`` for one that
    the provider of the conversation does not take."""
    rows = {
        row.id: row
        for row in Media.objects.select_for_update()
        .filter(id__in=ids, message=None, uploader=uploader, state=MediaState.STORED)
        .order_by("id")
    }
    if any(key not in rows for key in ids):
        raise UploadNotFoundError
    for row in rows.values():
        check_limits(provider, MediaType(row.mime_type, "", row.kind), row.size or 0)
    return [rows[key] for key in ids]


def message_type(row: Media) -> MessageType:
    """The type of the message that carries this file."""
    return MessageType(row.kind)


def attach(pairs: Sequence[tuple[Media, Message]]) -> None:
    """The messages take these files with them; a file that another message has already is shown by both."""
    for row, message in pairs:
        if row.message_id is not None:
            row = Media(
                id=uuid7(), kind=row.kind, mime_type=row.mime_type, filename=row.filename, size=row.size,
                file=row.file, state=row.state, uploader=row.uploader,
            )  # fmt: skip
        row.message = message
        row.save()


def file_of(message: Message) -> OutboundFile | None:
    """The uploaded file that goes with an outgoing message, with its bytes; texts are not asked."""
    if message.type not in _FILES or "media_url" in message.data:
        return None
    row = message.media.filter(state=MediaState.STORED).exclude(uploader="").first()
    if row is None:
        return None
    with default_storage.open(row.file) as stored:
        return OutboundFile(content=stored.read(), mime_type=row.mime_type, filename=row.filename)


def delete_unused(ids: Collection[uuid.UUID]) -> None:
    """Delete those of these uploads that nobody sent, and their files once that is committed. What a scheduled message
    will take along is looked at again a day later."""
    rows = list(Media.objects.select_for_update().filter(id__in=ids, message=None).order_by("id"))
    waiting = {
        media_id
        for body in ScheduledMessage.objects.filter(state=ScheduledState.SCHEDULED).values_list("body", flat=True)
        for media_id in body.get("media_ids", ())
    } if rows else set()  # fmt: skip
    kept = [row for row in rows if str(row.id) in waiting]
    rows = [row for row in rows if str(row.id) not in waiting]
    _look_again(kept)
    Media.objects.filter(id__in=[row.id for row in rows]).delete()
    delete_after_commit([row.file for row in rows])


def _look_again(rows: Sequence[Media]) -> None:
    at = datetime.now(UTC) + _KEPT
    if rows:
        enqueue(
            *(
                NewItem(lane=f"upload:{row.id}", kind=UNUSED, ref=f"{row.id}@{at.isoformat()}", run_at=at)
                for row in rows
            )
        )


def _plain_name(filename: str) -> str:
    """The name without a path."""
    return strip_nul(filename).replace("\\", "/").rpartition("/")[2].strip()[:255]

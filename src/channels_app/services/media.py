"""Media: fetched by an item of its own, checked, stored under the tenant."""

from __future__ import annotations

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from channels_app.models import Media, MediaState
from channels_app.providers.base import FetchedMedia, MediaRef
from core.errors import PermanentError
from core.media import MediaRefusedError, check


def media_ref(row: Media) -> MediaRef:
    """The provider's reference, as it was stored."""
    return MediaRef(**row.source)


def store(row: Media, fetched: FetchedMedia) -> None:
    """Check the bytes (size, and what they are by their own first bytes) and store them; refused ones are not."""
    try:
        kind = check(fetched.content, row.kind, settings.MEDIA_MAX_BYTES)
    except MediaRefusedError as exc:
        refuse(row, exc)
        return
    row.file = default_storage.save(
        f"{row.id.hex[:2]}/{row.id}.{kind.extension}", ContentFile(fetched.content)
    )
    row.mime_type, row.size = kind.mime, len(fetched.content)
    row.filename = row.filename or fetched.filename[:255]
    row.state, row.error = MediaState.STORED, ""
    row.save()


def refuse(row: Media, error: PermanentError) -> None:
    """The file is not one that we keep, or cannot be had; the message stays, with the reason."""
    row.state = MediaState.REFUSED if isinstance(error, MediaRefusedError) else MediaState.FAILED
    row.error = str(error)[:2_000]
    row.save(update_fields=["state", "error"])

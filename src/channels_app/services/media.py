"""Media: fetched by an item of its own, checked, stored under the tenant."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from channels_app.models import Media, MediaState, Message
from channels_app.providers.base import FetchedMedia, MediaRef
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import CURRENT, number_of
from core.errors import PermanentError
from core.media import MediaRefusedError, check
from crm.services.contacts import BEFORE_DELETE
from tenants.scope import require_tenant, tenant_scope


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


def tell_browsers(rows: Sequence[Media]) -> None:
    """What became of these files is shown on their messages: mark those as changed, and tell the open inboxes."""
    messages = list(
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation")
        .annotate(transaction_number=CURRENT)
        .filter(id__in={row.message_id for row in rows})
        .order_by("id")
    )
    if messages:
        Message.objects.filter(id__in=[message.id for message in messages]).update(revision=CURRENT)
        hint_after_commit([message.conversation for message in messages], revision=number_of(messages[0]))


def forget_files(contact_ids: Collection[uuid.UUID]) -> None:
    """Once these contacts are deleted and that is committed, delete the files that came with their messages."""
    names = list(
        Media.objects.filter(message__conversation__contact_id__in=contact_ids)
        .exclude(file="")
        .values_list("file", flat=True)
    )
    delete_after_commit(names)


def delete_after_commit(names: Collection[str]) -> None:
    """Delete these of the tenant's files once the transaction is committed."""
    tenant = require_tenant()

    def delete() -> None:
        with tenant_scope(tenant):
            for name in names:
                default_storage.delete(name)

    transaction.on_commit(delete)


BEFORE_DELETE.add("media files", forget_files)

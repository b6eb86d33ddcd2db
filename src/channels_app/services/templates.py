"""Message templates: fetched from providers, kept for the picker, filled for sending."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from channels_app.models import Channel, MessageTemplate
from channels_app.providers.base import FilledTemplate, ProviderTemplate
from channels_app.providers.registry import PROVIDERS
from core.errors import PermanentError
from core.ids import uuid7
from events.queue.enqueue import NewItem, enqueue

SYNC = "channels.templates"


class TemplateNotUsableError(PermanentError):
    """There is no such template on this conversation's channel, or it is not approved."""


def request_sync(channel_id: uuid.UUID) -> None:
    """Queue the fetching of a channel's templates, in the caller's transaction; once, however often it is asked for."""
    enqueue(NewItem(lane=f"templates:{channel_id}", kind=SYNC, ref=str(channel_id)))


def store_templates(channel: Channel, found: Sequence[ProviderTemplate]) -> None:
    """Keep these and forget the others of the channel."""
    now = datetime.now(UTC)
    newest = {(one.name, one.language): one for one in found}
    MessageTemplate.objects.bulk_create(
        [
            MessageTemplate(
                id=uuid7(),
                channel=channel,
                provider_id=one.provider_id,
                name=one.name,
                language=one.language,
                category=one.category,
                status=one.status,
                components=one.components,
                synced_at=now,
            )
            for _, one in sorted(newest.items())
        ],
        update_conflicts=True,
        unique_fields=["channel", "name", "language"],
        update_fields=["provider_id", "category", "status", "components", "synced_at"],
    )
    MessageTemplate.objects.filter(channel=channel, synced_at__lt=now).delete()


def of_provider(row: MessageTemplate) -> ProviderTemplate:
    """The template as its provider's code takes it."""
    return ProviderTemplate(
        provider_id=row.provider_id,
        name=row.name,
        language=row.language,
        status=row.status,
        category=row.category,
        components=row.components,
    )


def fill_template(row: MessageTemplate, values: Mapping[str, str]) -> FilledTemplate:
    """The template with its gaps filled. Raises ``TemplateValuesError``."""
    return PROVIDERS.get(row.channel.provider).fill_template(of_provider(row), values)


def usable_template(template_id: uuid.UUID, channel_id: uuid.UUID) -> MessageTemplate:
    """An approved template of that channel. Raises ``TemplateNotUsableError``."""
    row = MessageTemplate.objects.select_related("channel").filter(id=template_id, channel=channel_id).first()
    if row is None or row.status != "APPROVED":
        raise TemplateNotUsableError
    return row

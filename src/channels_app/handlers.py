"""The inbox's handlers in the queue: inbound deliveries, sends, resends, media, and time in the inbox."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings

from channels_app.models import Channel, InboundDelivery, Media, MediaState, Send
from channels_app.providers.base import FetchedMedia, ProviderTemplate, SendResult
from channels_app.services.channels import open_channel
from channels_app.services.delivery import save
from channels_app.services.inbound import MEDIA, process
from channels_app.services.inbox_time.timers import SCAN, TIMER, ring, scan
from channels_app.services.media import media_ref, refuse, store, tell_browsers
from channels_app.services.outgoing import SEND
from channels_app.services.scheduling import DUE, send_due
from channels_app.services.sending import (
    RESEND,
    intend,
    outbound,
    record_error,
    record_failed,
    record_sent,
    resend_unknown,
    sends,
)
from channels_app.services.snoozing import WAKE, wake
from channels_app.services.templates import SYNC, store_templates
from channels_app.services.updates import INBOUND
from channels_app.services.uploads import UNUSED, delete_unused
from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.http import HttpClient
from core.retry import RetryPolicy
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, InternalHandler, Outcome, TryAgain


class InboundHandler(InternalHandler):
    """Deliveries become messages. A ref is the delivery's id, with ``#n`` when it was put off n times."""

    kind = INBOUND

    def handle(self, items: Sequence[Claimed]) -> None:
        """One transaction for the batch."""
        tries = {uuid.UUID(ref): int(n or 0) for ref, _, n in (item.ref.partition("#") for item in items)}
        found = InboundDelivery.objects.in_bulk(list(tries))
        process([found[delivery_id] for delivery_id in tries if delivery_id in found], tries=tries)


class SendHandler(ExternalHandler):
    """Messages go to their providers, through the ledger."""

    kind = SEND
    retry = RetryPolicy(attempts=8, backoff_s=2.0, multiplier=3.0, max_backoff_s=900.0, jitter=0.2)

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """Intents first; a row that is no longer to be sent makes no call."""
        rows = sends([item.ref for item in items])
        ready = {str(row.id) for row in intend(list(rows.values()))}
        return [Call(item, _send_call(rows[item.ref])) for item in items if item.ref in ready]

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Results into the ledger."""
        rows = sends([outcome.item.ref for outcome in outcomes])
        again: dict[int, RetryableError] = {}
        for outcome in outcomes:
            row = rows.get(outcome.item.ref)
            if row is None:
                continue
            if outcome.error is None:
                record_sent(row, outcome.value)
                continue
            retry = record_error(row, outcome.error)
            if retry is not None:
                again[outcome.item.id] = retry
        save(list(rows.values()))
        return again

    def on_dead(self, item: Claimed, error: str) -> None:
        """Tried for long enough: the message has failed, and its author sees why."""
        for row in sends([item.ref]).values():
            record_failed(row, PermanentError(error))
            save([row])


def _send_call(row: Send) -> partial[Any]:
    return partial(_send, open_channel(row.message.channel_id), outbound(row))


async def _send(channel: Any, message: Any, http: HttpClient) -> SendResult:
    return await channel.provider.send(
        message, credentials=channel.credentials, settings=channel.settings, http=http
    )


class ResendHandler(InternalHandler):
    """Messages of unknown outcome whose channel's owner wants them sent again after a time."""

    kind = RESEND

    def handle(self, items: Sequence[Claimed]) -> None:
        """Queue what is still unknown."""
        resend_unknown([item.ref for item in items])


class MediaHandler(ExternalHandler):
    """Files that customers sent. Fetching changes nothing at the provider, so it may be repeated freely."""

    kind = MEDIA
    retry = RetryPolicy(attempts=6, backoff_s=2.0, multiplier=4.0, max_backoff_s=900.0, jitter=0.2)

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """One call for each file that still waits."""
        rows = {
            str(row.id): row
            for row in Media.objects.filter(
                id__in=[i.ref for i in items], state=MediaState.WAITING, message__isnull=False
            ).select_related("message")
        }
        return [Call(item, _fetch_call(rows[item.ref])) for item in items if item.ref in rows]

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Store, refuse, or try again."""
        rows = {str(row.id): row for row in Media.objects.filter(id__in=[o.item.ref for o in outcomes])}
        again: dict[int, RetryableError] = {}
        for outcome in outcomes:
            row = rows.get(outcome.item.ref)
            if row is None:
                continue
            if outcome.error is None:
                store(row, outcome.value)
            elif isinstance(outcome.error, RetryableError):
                again[outcome.item.id] = outcome.error
            elif isinstance(outcome.error, OutcomeUnknownError):
                again[outcome.item.id] = TryAgain(str(outcome.error))
            else:
                refuse(row, PermanentError(f"{type(outcome.error).__name__}: {outcome.error}"))
        tell_browsers([row for row in rows.values() if row.state != MediaState.WAITING])
        return again

    def on_dead(self, item: Claimed, error: str) -> None:
        """The file could not be had."""
        rows = list(Media.objects.filter(id=item.ref))
        for row in rows:
            refuse(row, PermanentError(error))
        tell_browsers(rows)


def _fetch_call(row: Media) -> partial[Any]:
    assert row.message is not None
    return partial(_fetch, open_channel(row.message.channel_id), media_ref(row))


async def _fetch(channel: Any, ref: Any, http: HttpClient) -> FetchedMedia:
    return await channel.provider.fetch_media(
        ref,
        credentials=channel.credentials,
        settings=channel.settings,
        http=http,
        max_bytes=settings.MEDIA_MAX_BYTES,
    )


class InboxTimeHandler(InternalHandler):
    """A conversation may have waited for long enough."""

    kind = TIMER

    def handle(self, items: Sequence[Claimed]) -> None:
        """Look at all of them at once."""
        refs = [item.ref.split(":") for item in items]
        ring([(uuid.UUID(armed_id), uuid.UUID(conversation_id)) for armed_id, conversation_id, _ in refs])


class InboxScanHandler(InternalHandler):
    """A trigger looks at the conversations that wait already, page by page."""

    kind = SCAN

    def handle(self, items: Sequence[Claimed]) -> None:
        """A page for each."""
        for item in items:
            armed_id, after, stamp = item.ref.split(":", 2)
            scan(uuid.UUID(armed_id), uuid.UUID(after), stamp)


class WakeHandler(InternalHandler):
    """Snoozed conversations whose time has come. A ref is the conversation's id and the time."""

    kind = WAKE

    def handle(self, items: Sequence[Claimed]) -> None:
        """Wake all of them at once."""
        wake(_ids_of(items))


class ScheduledHandler(InternalHandler):
    """Messages that were to be sent later. A ref is the scheduled message's id and the time."""

    kind = DUE

    def handle(self, items: Sequence[Claimed]) -> None:
        """Into the ledger."""
        send_due(_ids_of(items))


class UnusedUploadHandler(InternalHandler):
    """Uploads that nobody sent in a day."""

    kind = UNUSED

    def handle(self, items: Sequence[Claimed]) -> None:
        """Delete them."""
        delete_unused(_ids_of(items))


def _ids_of(items: Sequence[Claimed]) -> list[uuid.UUID]:
    return [uuid.UUID(item.ref.partition("@")[0]) for item in items]


class TemplatesHandler(ExternalHandler):
    """Channels whose message templates are asked for. Asking changes nothing, so it may be repeated freely."""

    kind = SYNC

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """One call for each channel."""
        known = Channel.objects.in_bulk([uuid.UUID(item.ref) for item in items])
        return [
            Call(item, partial(_list_templates, open_channel(channel.id)), memo=channel)
            for item in items
            if (channel := known.get(uuid.UUID(item.ref))) is not None
        ]

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Keep what came; what cannot be had stands on the channel."""
        again: dict[int, RetryableError] = {}
        for outcome in outcomes:
            if outcome.error is None:
                store_templates(outcome.memo, outcome.value)
            elif isinstance(outcome.error, RetryableError):
                again[outcome.item.id] = outcome.error
            else:
                text = f"The message templates could not be fetched: {outcome.error}"
                Channel.objects.filter(id=outcome.memo.id).update(problem=text[:2_000])
        return again


async def _list_templates(channel: Any, http: HttpClient) -> list[ProviderTemplate]:
    return await channel.provider.list_templates(
        credentials=channel.credentials, settings=channel.settings, http=http
    )


for _handler in (
    WakeHandler(),
    ScheduledHandler(),
    UnusedUploadHandler(),
    TemplatesHandler(),
    InboundHandler(),
    SendHandler(),
    ResendHandler(),
    MediaHandler(),
    InboxTimeHandler(),
    InboxScanHandler(),
):
    HANDLERS.add(_handler.kind, _handler)

"""Web chat: visitors let in, and what they fetched marked as delivered."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

from channels_app.models import Direction, Media, MediaState, Message
from channels_app.providers.base import DeliveryState, SignatureError, StatusUpdate
from channels_app.providers.webchat.visitors import issue_visitor_token, read_visitor_token
from channels_app.services.channels import open_channel
from channels_app.services.delivery import RANK
from channels_app.services.updates import settle

#: Seconds that a browser stays the same visitor without coming back.
TOKEN_TTL_S = 30 * 24 * 3600
#: Seconds that a file's address is good for.
FILE_TTL_S = 24 * 3600
_FILES = "webchat files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visitor let in. ``token`` proves who they are, here and at the webhook's address."""

    visitor_id: str
    token: str
    expires_in_s: int
    greeting: str


def let_in(channel_id: uuid.UUID, *, token: str = "") -> Visit:
    """A fresh token: for the visitor of ``token`` while that is good, else for a new one."""
    channel = open_channel(channel_id)
    visitor_id = (visitor_of(channel_id, token) if token else None) or f"v_{secrets.token_hex(16)}"
    newest, *_ = channel.provider.signing_secrets(channel.credentials)
    return Visit(
        visitor_id=visitor_id,
        token=issue_visitor_token(newest, visitor_id, TOKEN_TTL_S),
        expires_in_s=TOKEN_TTL_S,
        greeting=getattr(channel.settings, "greeting", ""),
    )


def visitor_of(channel_id: uuid.UUID, token: str) -> str | None:
    """The visitor whose token this is; ``None`` when it is forged, malformed or past its time."""
    channel = open_channel(channel_id)
    try:
        return read_visitor_token(token, channel.provider.signing_secrets(channel.credentials))
    except SignatureError:
        return None


def visitor_file_token(media: Media) -> str:
    """What proves, for a day, the right to see this file: it goes into an address, where pictures carry no header."""
    assert media.message is not None
    return signing.dumps([str(media.message.channel_id), str(media.id)], salt=_FILES)


def visitor_file(channel_id: uuid.UUID, token: str) -> Media | None:
    """The stored file of a token made here for that channel, while that is good."""
    try:
        channel, media_id = signing.loads(token, salt=_FILES, max_age=FILE_TTL_S)
    except (signing.BadSignature, ValueError):
        return None
    if channel != str(channel_id):
        return None
    rows = Media.objects.filter(id=media_id, message__channel_id=channel_id, state=MediaState.STORED)
    return rows.exclude(message__direction=Direction.NOTE).first()


def mark_fetched(channel_id: uuid.UUID, messages: Sequence[Message]) -> None:
    """The visitor's browser has these: those of ours that were not delivered yet are now."""
    now = datetime.now(UTC)
    news = [
        StatusUpdate(
            provider_message_id=message.provider_message_id or "",
            state=DeliveryState.DELIVERED,
            occurred_at=now,
            effect_key=message.send.effect_key,
        )
        for message in messages
        if message.direction == Direction.OUT
        and hasattr(message, "send")
        and RANK[DeliveryState(message.state)] < RANK[DeliveryState.DELIVERED]
    ]
    if news:
        settle(channel_id, news)

"""The Telegram provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from channels_app.providers.base import (
    FetchedMedia,
    Fragment,
    Inbound,
    MediaRef,
    OutboundMessage,
    Provider,
    SendResult,
    WebhookRequest,
)
from channels_app.providers.calls import narrow
from channels_app.providers.setup import Checked, Webhook
from channels_app.providers.telegram import media as media_calls
from channels_app.providers.telegram import payloads, send, setup, signature
from channels_app.providers.telegram.credentials import TelegramCredentials, TelegramSettings
from core.http import HttpClient


class TelegramProvider(Provider):
    """A Telegram bot over the Bot API."""

    slug: ClassVar[str] = "telegram"
    label: ClassVar[str] = "Telegram"
    Credentials: ClassVar[type[BaseModel]] = TelegramCredentials
    Settings: ClassVar[type[BaseModel]] = TelegramSettings
    takes_reactions: ClassVar[bool] = True
    # Bot API, "Sending files": by multipart/form-data, in bytes.
    file_limits: ClassVar[Mapping[str, int | None]] = {
        "image": 10_000_000,
        "video": 50_000_000,
        "audio": 50_000_000,
        "document": 50_000_000,
    }
    connects_itself: ClassVar[bool] = True

    async def check(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook | None, http: HttpClient
    ) -> Checked:
        return await setup.check(
            narrow(credentials, TelegramCredentials), narrow(settings, TelegramSettings), webhook, http
        )

    async def connect(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook, http: HttpClient
    ) -> Checked:
        return await setup.connect(
            narrow(credentials, TelegramCredentials), narrow(settings, TelegramSettings), webhook, http
        )

    def account_id(self, credentials: BaseModel) -> str:
        return narrow(credentials, TelegramCredentials).bot_id

    def signing_secrets(self, credentials: BaseModel) -> tuple[str, ...]:
        own = narrow(credentials, TelegramCredentials)
        tokens = (own.secret_token.get_secret_value(), own.previous_secret_token.get_secret_value())
        return tuple(token for token in tokens if token)

    def handshake(self, request: WebhookRequest, verify_tokens: Iterable[str]) -> str | None:
        """Telegram asks nothing: whoever connects the bot calls ``setWebhook``."""
        return None

    def verify(self, request: WebhookRequest, secrets: Iterable[str]) -> None:
        signature.check_secret_token(request, secrets)

    def split(self, body: bytes) -> list[Fragment]:
        return payloads.split(body)

    def parse(self, payload: Mapping[str, Any]) -> list[Inbound]:
        return payloads.parse(payload)

    async def send(
        self, message: OutboundMessage, *, credentials: BaseModel, settings: BaseModel, http: HttpClient
    ) -> SendResult:
        return await send.send_message(
            message,
            credentials=narrow(credentials, TelegramCredentials),
            settings=narrow(settings, TelegramSettings),
            http=http,
        )

    async def fetch_media(
        self,
        media: MediaRef,
        *,
        credentials: BaseModel,
        settings: BaseModel,
        http: HttpClient,
        max_bytes: int,
    ) -> FetchedMedia:
        return await media_calls.fetch_file(
            media,
            credentials=narrow(credentials, TelegramCredentials),
            settings=narrow(settings, TelegramSettings),
            http=http,
            max_bytes=max_bytes,
        )

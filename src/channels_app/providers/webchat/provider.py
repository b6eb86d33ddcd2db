"""The web chat provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from channels_app.providers.base import (
    Fragment,
    Inbound,
    OutboundMessage,
    Provider,
    SendResult,
    WebhookRequest,
)
from channels_app.providers.calls import narrow
from channels_app.providers.setup import Checked, Code, Finding, Level, Webhook
from channels_app.providers.webchat import payloads, send, signature
from channels_app.providers.webchat.credentials import WebChatCredentials, WebChatSettings
from core.http import HttpClient


class WebChatProvider(Provider):
    """Our own chat widget on a business's web site."""

    slug: ClassVar[str] = "webchat"
    label: ClassVar[str] = "Web chat"
    Credentials: ClassVar[type[BaseModel]] = WebChatCredentials
    Settings: ClassVar[type[BaseModel]] = WebChatSettings
    # What a visitor's browser fetches from us; the installation's own limit is lower.
    file_limits: ClassVar[Mapping[str, int | None]] = dict.fromkeys(
        ("image", "video", "audio", "document"), 100_000_000
    )

    async def check(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook | None, http: HttpClient
    ) -> Checked:
        """Nobody is asked: what matters is that some site may show it."""
        if narrow(settings, WebChatSettings).allowed_origins:
            return Checked(findings=(Finding(code=Code.NOTHING_TO_CHECK, level=Level.OK),))
        return Checked(findings=(Finding(code=Code.NO_SITES, level=Level.WARNING),))

    async def connect(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook, http: HttpClient
    ) -> Checked:
        """The widget knows its address."""
        return await self.check(credentials=credentials, settings=settings, webhook=webhook, http=http)

    def account_id(self, credentials: BaseModel) -> str:
        return narrow(credentials, WebChatCredentials).site_key

    def signing_secrets(self, credentials: BaseModel) -> tuple[str, ...]:
        own = narrow(credentials, WebChatCredentials)
        secrets = (own.signing_secret.get_secret_value(), own.previous_signing_secret.get_secret_value())
        return tuple(secret for secret in secrets if secret)

    def handshake(self, request: WebhookRequest, verify_tokens: Iterable[str]) -> str | None:
        """The widget asks nothing."""
        return None

    def verify(self, request: WebhookRequest, secrets: Iterable[str]) -> None:
        signature.check_signature(request, secrets)

    def split(self, body: bytes) -> list[Fragment]:
        return payloads.split(body)

    def parse(self, payload: Mapping[str, Any]) -> list[Inbound]:
        return payloads.parse(payload)

    async def send(
        self, message: OutboundMessage, *, credentials: BaseModel, settings: BaseModel, http: HttpClient
    ) -> SendResult:
        return send.send_message(message)

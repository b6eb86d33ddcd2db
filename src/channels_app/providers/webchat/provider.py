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

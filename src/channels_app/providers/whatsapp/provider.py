"""The WhatsApp Cloud provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from channels_app.providers.base import (
    FetchedMedia,
    FilledTemplate,
    Fragment,
    Inbound,
    MediaRef,
    OutboundMessage,
    Provider,
    ProviderTemplate,
    SendResult,
    TemplateParameter,
    WebhookRequest,
)
from channels_app.providers.calls import narrow
from channels_app.providers.setup import Checked, Webhook
from channels_app.providers.whatsapp import media as media_calls
from channels_app.providers.whatsapp import payloads, send, setup, signature, template_gaps, templates
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from core.http import HttpClient


class WhatsAppProvider(Provider):
    """WhatsApp Business over Meta's Cloud API."""

    slug: ClassVar[str] = "whatsapp"
    label: ClassVar[str] = "WhatsApp"
    Credentials: ClassVar[type[BaseModel]] = WhatsAppCredentials
    Settings: ClassVar[type[BaseModel]] = WhatsAppSettings
    reports_statuses: ClassVar[bool] = True
    window_hours: ClassVar[int | None] = 24
    takes_reactions: ClassVar[bool] = True
    # Meta, "Cloud API › Media": by type, in bytes.
    file_limits: ClassVar[Mapping[str, int | None]] = {
        "image": 5_000_000,
        "image/gif": None,
        "image/webp": None,
        "video": 16_000_000,
        "video/webm": None,
        "audio": 16_000_000,
        "audio/webm": None,
        "audio/wav": None,
        "document": 100_000_000,
    }
    connects_itself: ClassVar[bool] = True

    async def check(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook | None, http: HttpClient
    ) -> Checked:
        return await setup.check(
            narrow(credentials, WhatsAppCredentials), narrow(settings, WhatsAppSettings), webhook, http
        )

    async def connect(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook, http: HttpClient
    ) -> Checked:
        return await setup.connect(
            narrow(credentials, WhatsAppCredentials), narrow(settings, WhatsAppSettings), webhook, http
        )

    def account_id(self, credentials: BaseModel) -> str:
        return narrow(credentials, WhatsAppCredentials).phone_number_id

    def signing_secrets(self, credentials: BaseModel) -> tuple[str, ...]:
        own = narrow(credentials, WhatsAppCredentials)
        secrets = (own.app_secret.get_secret_value(), own.previous_app_secret.get_secret_value())
        return tuple(secret for secret in secrets if secret)

    def handshake(self, request: WebhookRequest, verify_tokens: Iterable[str]) -> str | None:
        return signature.answer_handshake(request, verify_tokens)

    def verify(self, request: WebhookRequest, secrets: Iterable[str]) -> None:
        signature.check_signature(request, secrets)

    def split(self, body: bytes) -> list[Fragment]:
        return payloads.split(body)

    def parse(self, payload: Mapping[str, Any]) -> list[Inbound]:
        return payloads.parse(payload)

    async def send(
        self, message: OutboundMessage, *, credentials: BaseModel, settings: BaseModel, http: HttpClient
    ) -> SendResult:
        return await send.send_message(
            message,
            credentials=narrow(credentials, WhatsAppCredentials),
            settings=narrow(settings, WhatsAppSettings),
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
            credentials=narrow(credentials, WhatsAppCredentials),
            settings=narrow(settings, WhatsAppSettings),
            http=http,
            max_bytes=max_bytes,
        )

    async def list_templates(
        self, *, credentials: BaseModel, settings: BaseModel, http: HttpClient
    ) -> list[ProviderTemplate]:
        return await templates.list_templates(
            credentials=narrow(credentials, WhatsAppCredentials),
            settings=narrow(settings, WhatsAppSettings),
            http=http,
        )

    def template_parameters(self, template: ProviderTemplate) -> list[TemplateParameter]:
        return template_gaps.parameters(template)

    def fill_template(self, template: ProviderTemplate, values: Mapping[str, str]) -> FilledTemplate:
        return template_gaps.fill(template, values)

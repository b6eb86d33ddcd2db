"""``hmac``: a signature over the body, made with a shared secret."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.forms import shown
from core.http import HttpClient
from workflow.connections.types.base import (
    Form,
    HttpConnectionType,
    OpenConnection,
    Outcome,
    OutgoingRequest,
    SecretText,
    Tested,
    register,
)
from workflow.connections.types.hosts import HostsSettings

_WRITTEN: dict[str, Callable[[bytes], str]] = {
    "hex": lambda digest: digest.hex(),
    "base64": lambda digest: b64encode(digest).decode(),
}


class HmacSettings(HostsSettings):
    """How the signature is written."""

    header: str = Field(
        default="X-Signature-256", pattern=r"^[A-Za-z0-9_.\-]{1,100}$", title="Header", description="Its name"
    )
    algorithm: Annotated[Literal["sha256"], shown("Algorithm", "The hash that the other side expects.")] = (
        Field(default="sha256", title="Algorithm")
    )
    encoding: Annotated[Literal["hex", "base64"], shown("Encoding", "How the signature is written.")] = Field(
        default="hex", title="Encoding"
    )
    prefix: str = Field(
        default="sha256=",
        pattern=r"^[\x20-\x7e]{0,40}$",
        title="Prefix",
        description="Stands before the signature",
    )


class HmacSecret(Form):
    """What both sides know."""

    secret: Annotated[SecretText, shown("Shared secret", "Known to you and the other side alone.")] = Field(
        title="Shared secret"
    )


@register
class Hmac(HttpConnectionType[HmacSettings, HmacSecret]):
    """The signature is over the bytes of the body as they are sent; a call without a body signs nothing at all."""

    slug = "hmac"
    label = "Signature (HMAC)"
    description = "Signs the body of each call with a shared secret, as GitHub and Meta sign their webhooks."
    Settings = HmacSettings
    Secret = HmacSecret
    example: ClassVar = {
        "settings": {"hosts": ["api.example.com"], "header": "X-Signature-256"},
        "secret": {"secret": "shared-secret-123"},
    }
    destinations = ("hosts",)

    async def authorize(
        self,
        request: OutgoingRequest,
        connection: OpenConnection[HmacSettings, HmacSecret],
        http: HttpClient,
    ) -> OutgoingRequest:
        """With the signature."""
        settings, key = connection.settings, connection.secret.secret.get_secret_value()
        digest = hmac.digest(key.encode(), request.body or b"", settings.algorithm)
        return request.with_header(settings.header, settings.prefix + _WRITTEN[settings.encoding](digest))

    async def test(self, connection: OpenConnection[HmacSettings, HmacSecret], http: HttpClient) -> Tested:
        """Nothing to try it on."""
        return Tested(
            Outcome.NOT_TESTABLE,
            "A shared secret says nothing by itself: whether both sides have the same shows with the first call.",
        )

"""``bearer``: a token in the ``Authorization`` header."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

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


class BearerSecret(Form):
    """The token."""

    token: SecretText = Field(title="Token", description="Sent as Authorization: Bearer …")


@register
class Bearer(HttpConnectionType[HostsSettings, BearerSecret]):
    """RFC 6750, 2.1."""

    slug = "bearer"
    label = "Bearer token"
    description = "A fixed token that goes with each call."
    Settings = HostsSettings
    Secret = BearerSecret
    example: ClassVar = {"settings": {"hosts": ["api.example.com"]}, "secret": {"token": "tok_live_123456"}}
    destinations = ("hosts",)

    async def authorize(
        self,
        request: OutgoingRequest,
        connection: OpenConnection[HostsSettings, BearerSecret],
        http: HttpClient,
    ) -> OutgoingRequest:
        """With the token."""
        return request.with_header("Authorization", f"Bearer {connection.secret.token.get_secret_value()}")

    async def test(self, connection: OpenConnection[HostsSettings, BearerSecret], http: HttpClient) -> Tested:
        """Nothing to try it on."""
        return Tested(
            Outcome.NOT_TESTABLE,
            "A token says nothing by itself: whether it is accepted shows with the first call.",
        )

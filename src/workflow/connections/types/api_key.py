"""``api_key``: a key in a header or in the query."""

from __future__ import annotations

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


class ApiKeySettings(HostsSettings):
    """Where the key goes."""

    place: Literal["header", "query"] = Field(
        default="header", title="Place", description="A header keeps the key out of the other side's logs."
    )
    name: str = Field(
        default="X-API-Key",
        pattern=r"^[A-Za-z0-9_.\-]{1,100}$",
        title="Name",
        description="Name of the header or of the query's parameter",
    )


class ApiKeySecret(Form):
    """The key."""

    key: Annotated[SecretText, shown("Key", "As the other side gave it to you.")] = Field(title="Key")


@register
class ApiKey(HttpConnectionType[ApiKeySettings, ApiKeySecret]):
    """What most services call an API key."""

    slug = "api_key"
    label = "API key"
    description = "A key that goes with each call, in a header or in the query."
    Settings = ApiKeySettings
    Secret = ApiKeySecret
    example: ClassVar = {
        "settings": {"hosts": ["api.example.com"], "place": "header", "name": "X-API-Key"},
        "secret": {"key": "key_live_123456"},
    }
    destinations = ("hosts",)

    async def authorize(
        self,
        request: OutgoingRequest,
        connection: OpenConnection[ApiKeySettings, ApiKeySecret],
        http: HttpClient,
    ) -> OutgoingRequest:
        """With the key at its place."""
        put = {"header": request.with_header, "query": request.with_param}[connection.settings.place]
        return put(connection.settings.name, connection.secret.key.get_secret_value())

    async def test(
        self, connection: OpenConnection[ApiKeySettings, ApiKeySecret], http: HttpClient
    ) -> Tested:
        """Nothing to try it on."""
        return Tested(
            Outcome.NOT_TESTABLE,
            "A key says nothing by itself: whether it is accepted shows with the first call.",
        )

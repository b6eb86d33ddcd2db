"""``oauth2_client_credentials``: a token fetched with a client's id and secret."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote_plus

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
from workflow.connections.types.tokens import Token, fetch_token, key_of, tokens


class OAuth2Settings(HostsSettings):
    """Where and for whom the token is fetched."""

    token_url: Annotated[str, shown("Token address", "Where tokens are given out.")] = Field(
        pattern=r"^https?://\S+$", max_length=2_000, title="Token address"
    )
    client_id: Annotated[str, shown("Client id", "As the other side knows you.")] = Field(
        min_length=1, max_length=400, title="Client id"
    )
    scope: str = Field(default="", max_length=2_000, title="Scope", description="Scopes with spaces between")
    client_auth: Literal["basic", "body"] = Field(
        default="basic",
        title="Client authentication",
        description="How id and secret are sent to the token address: as HTTP Basic, or in the body",
    )


class OAuth2Secret(Form):
    """The client's secret."""

    client_secret: Annotated[SecretText, shown("Client secret", "Goes with the client id.")] = Field(
        title="Client secret"
    )


@register
class OAuth2ClientCredentials(HttpConnectionType[OAuth2Settings, OAuth2Secret]):
    """RFC 6749, 4.4."""

    slug = "oauth2_client_credentials"
    label = "OAuth 2 (client credentials)"
    description = "Fetches a token with the client's id and secret, and a new one when it runs out."
    Settings = OAuth2Settings
    Secret = OAuth2Secret
    example: ClassVar = {
        "settings": {
            "hosts": ["api.example.com"],
            "token_url": "https://login.example.com/oauth/token",
            "client_id": "wasl",
            "scope": "orders:read",
        },
        "secret": {"client_secret": "client-secret-123"},
    }
    destinations = ("hosts", "token_url")

    async def authorize(
        self,
        request: OutgoingRequest,
        connection: OpenConnection[OAuth2Settings, OAuth2Secret],
        http: HttpClient,
    ) -> OutgoingRequest:
        """With a token that holds."""
        token = await tokens().get(key_of(connection), lambda: _fetch(connection, http))
        return request.with_header("Authorization", f"Bearer {token}").with_secret(token)

    def forget(self, connection: OpenConnection[OAuth2Settings, OAuth2Secret]) -> bool:
        """The token may have been revoked."""
        return tokens().forget(key_of(connection))

    async def test(
        self, connection: OpenConnection[OAuth2Settings, OAuth2Secret], http: HttpClient
    ) -> Tested:
        """Fetch a token, whether or not there is one."""
        await _fetch(connection, http)
        return Tested(Outcome.OK, "The token address gave a token.")


async def _fetch(connection: OpenConnection[OAuth2Settings, OAuth2Secret], http: HttpClient) -> Token:
    settings, secret = connection.settings, connection.secret.client_secret.get_secret_value()
    form, headers = {"grant_type": "client_credentials"}, {}
    if settings.scope:
        form["scope"] = settings.scope
    if settings.client_auth == "basic":
        # Encoded twice, as RFC 6749, 2.3.1 has it.
        pair = f"{quote_plus(settings.client_id)}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": settings.client_id, "client_secret": secret}
    return await fetch_token(http, settings.token_url, form=form, headers=headers)

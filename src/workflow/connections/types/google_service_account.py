"""``google_service_account``: a robot's account at Google, by its JSON key."""

from __future__ import annotations

import time
from typing import Annotated, Any, ClassVar

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, ValidationError

from core.http import HttpClient
from workflow.connections.types.base import (
    Form,
    HttpConnectionType,
    OpenConnection,
    Outcome,
    OutgoingRequest,
    Tested,
    register,
)
from workflow.connections.types.hosts import Host, HostsSettings
from workflow.connections.types.tokens import Token, fetch_token, key_of, tokens

SHEETS_SCOPE = "https://www.googleapis.com/auth/spreadsheets"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_LASTS_S = 3_600


class KeyFile(BaseModel):
    """What is read of the JSON key that Google's console hands out."""

    type: str
    client_email: str
    private_key: str
    private_key_id: str = ""


def _as_text(value: Any) -> Any:
    """The key may be given as the object that it is."""
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


def _checked(value: SecretStr) -> SecretStr:
    """Nothing of the key may stand in an error."""
    try:
        key = KeyFile.model_validate_json(value.get_secret_value())
    except ValidationError:
        raise ValueError("paste the whole JSON file with the key of a service account") from None
    if key.type != "service_account":
        raise ValueError("this is not the key of a service account")
    try:
        private = load_pem_private_key(key.private_key.encode(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, RSAPrivateKey):
        raise ValueError("the private key in the file cannot be read")
    return value


class GoogleSettings(HostsSettings):
    """What the account may be used for. The addresses are Google's own; the simulator has others."""

    hosts: list[Host] = Field(
        default=["*.googleapis.com"],
        min_length=1,
        max_length=20,
        title="Hosts",
        description="Tokens of the account are sent to these hosts only.",
    )
    scopes: list[Annotated[str, Field(pattern=r"^\S{1,300}$")]] = Field(
        default=[SHEETS_SCOPE],
        min_length=1,
        max_length=20,
        title="Scopes",
        description="What tokens are asked for",
    )
    token_url: str = Field(
        default="https://oauth2.googleapis.com/token",
        pattern=r"^https?://\S+$",
        max_length=500,
        title="Token address",
        description="Change it for the simulator",
    )
    sheets_url: str = Field(
        default="https://sheets.googleapis.com",
        pattern=r"^https?://\S+[^/]$",
        max_length=500,
        title="Address of Google Sheets",
        description="Change it for the simulator",
    )


class GoogleSecret(Form):
    """The key."""

    key: Annotated[
        SecretStr, BeforeValidator(_as_text), Field(max_length=20_000), AfterValidator(_checked)
    ] = Field(title="JSON key", description="The whole file, from IAM › Service accounts › Keys")


@register
class GoogleServiceAccount(HttpConnectionType[GoogleSettings, GoogleSecret]):
    """A signed assertion is exchanged for a token (RFC 7523)."""

    slug = "google_service_account"
    label = "Google service account"
    description = "A robot's account at Google. Share the sheets that it is to write with its e-mail address."
    Settings = GoogleSettings
    Secret = GoogleSecret
    example: ClassVar = {
        "settings": {"scopes": [SHEETS_SCOPE]},
        "secret": {"key": '{"type": "service_account", "client_email": "…", "private_key": "…"}'},
    }
    destinations = ("hosts", "token_url", "sheets_url")

    async def authorize(
        self,
        request: OutgoingRequest,
        connection: OpenConnection[GoogleSettings, GoogleSecret],
        http: HttpClient,
    ) -> OutgoingRequest:
        """With a token that holds."""
        token = await tokens().get(key_of(connection), lambda: _fetch(connection, http))
        return request.with_header("Authorization", f"Bearer {token}").with_secret(token)

    def forget(self, connection: OpenConnection[GoogleSettings, GoogleSecret]) -> bool:
        """The key may have been withdrawn."""
        return tokens().forget(key_of(connection))

    def secrets(self, connection: OpenConnection[GoogleSettings, GoogleSecret]) -> set[str]:
        """The file and, apart, the private key in it."""
        return super().secrets(connection) | {key_file(connection).private_key}

    async def test(
        self, connection: OpenConnection[GoogleSettings, GoogleSecret], http: HttpClient
    ) -> Tested:
        """Fetch a token, whether or not there is one."""
        await _fetch(connection, http)
        return Tested(
            Outcome.OK, f"Google gave a token. Share your sheets with {key_file(connection).client_email}."
        )


def key_file(connection: OpenConnection[GoogleSettings, GoogleSecret]) -> KeyFile:
    """The key as an object."""
    return KeyFile.model_validate_json(connection.secret.key.get_secret_value())


async def _fetch(connection: OpenConnection[GoogleSettings, GoogleSecret], http: HttpClient) -> Token:
    key, settings, now = key_file(connection), connection.settings, int(time.time())
    claims = {
        "iss": key.client_email,
        "scope": " ".join(settings.scopes),
        "aud": settings.token_url,
        "iat": now,
        "exp": now + _ASSERTION_LASTS_S,
    }
    headers = {"kid": key.private_key_id} if key.private_key_id else None
    assertion = jwt.encode(claims, key.private_key, algorithm="RS256", headers=headers)
    return await fetch_token(http, settings.token_url, form={"grant_type": _GRANT, "assertion": assertion})

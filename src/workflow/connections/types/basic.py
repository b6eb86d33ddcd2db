"""``basic``: a user name and a password with each call."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, ClassVar

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


class BasicSettings(HostsSettings):
    """Who."""

    # A colon would end the user name: RFC 7617, 2.
    username: Annotated[str, shown("User name", "As the other side knows you.")] = Field(
        pattern=r"^[^:\x00-\x1f\x7f]{1,200}$", title="User name"
    )


class BasicSecret(Form):
    """The password."""

    password: Annotated[SecretText, shown("Password", "Goes with the user name.")] = Field(title="Password")


@register
class Basic(HttpConnectionType[BasicSettings, BasicSecret]):
    """RFC 7617."""

    slug = "basic"
    label = "User name and password"
    description = "HTTP Basic: a user name and a password with each call."
    Settings = BasicSettings
    Secret = BasicSecret
    example: ClassVar = {
        "settings": {"hosts": ["api.example.com"], "username": "shop"},
        "secret": {"password": "a-long-password"},
    }
    destinations = ("hosts",)

    async def authorize(
        self,
        request: OutgoingRequest,
        connection: OpenConnection[BasicSettings, BasicSecret],
        http: HttpClient,
    ) -> OutgoingRequest:
        """With both, in base64."""
        return request.with_header("Authorization", f"Basic {_encoded(connection)}")

    def secrets(self, connection: OpenConnection[BasicSettings, BasicSecret]) -> set[str]:
        """The password, and what it looks like on the way."""
        return super().secrets(connection) | {_encoded(connection)}

    async def test(self, connection: OpenConnection[BasicSettings, BasicSecret], http: HttpClient) -> Tested:
        """Nothing to try it on."""
        return Tested(
            Outcome.NOT_TESTABLE,
            "A password says nothing by itself: whether it is accepted shows with the first call.",
        )


def _encoded(connection: OpenConnection[BasicSettings, BasicSecret]) -> str:
    pair = f"{connection.settings.username}:{connection.secret.password.get_secret_value()}"
    return b64encode(pair.encode()).decode()

"""``smtp``: a mail server that sends for us."""

from __future__ import annotations

import ssl
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr

from core.forms import shown
from core.http import HttpClient
from workflow.connections.mail.addresses import plain_address
from workflow.connections.mail.session import smtp_session
from workflow.connections.types.base import (
    ConnectionType,
    Form,
    OpenConnection,
    Outcome,
    Tested,
    register,
)


def _one_address(text: str) -> str:
    return plain_address(text).addr_spec


def _certificate(text: str) -> str:
    if text:
        try:
            ssl.create_default_context(cadata=text)
        except (ssl.SSLError, ValueError):
            raise ValueError("this is not a certificate in PEM form") from None
    return text


class SmtpSettings(Form):
    """Where mail is handed in, and from whom it comes."""

    host: str = Field(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.\-]{0,251}[A-Za-z0-9])?$",
        title="Server",
        description="smtp.example.com",
    )
    port: int = Field(
        default=587, ge=1, le=65_535, title="Port", description="587 with STARTTLS, 465 with TLS"
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        title="Security",
        description="STARTTLS: begins in clear and must change; TLS: from the first byte; none: only without a password",
    )
    username: Annotated[str, shown("User name", "As the mail server knows you.")] = Field(
        default="", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", title="User name"
    )
    from_address: Annotated[str, Field(max_length=320), AfterValidator(_one_address)] = Field(
        title="From", description="The address that mail comes from"
    )
    from_name: Annotated[str, shown("Name beside the address", "Whom mail seems to come from.")] = Field(
        default="", max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$", title="Name beside the address"
    )
    ca_certificate: Annotated[str, Field(max_length=20_000), AfterValidator(_certificate)] = Field(
        default="",
        title="Certificate authority",
        description="PEM of the authority that vouches for a server of your own; empty: the public ones",
    )


class SmtpSecret(Form):
    """The password."""

    password: Annotated[SecretStr, Field(max_length=1_000)] = Field(
        default=SecretStr(""), title="Password", description="Empty for a server that asks for none"
    )


SmtpConnection = OpenConnection[SmtpSettings, SmtpSecret]


@register
class Smtp(ConnectionType[SmtpSettings, SmtpSecret]):
    """RFC 6409, 8314. Without a certificate that holds, nothing is said to the server."""

    slug = "smtp"
    label = "Mail server (SMTP)"
    description = "Sends e-mail through your provider's server."
    Settings = SmtpSettings
    Secret = SmtpSecret
    example: ClassVar = {
        "settings": {
            "host": "smtp.example.com",
            "port": 587,
            "security": "starttls",
            "username": "shop@example.com",
            "from_address": "shop@example.com",
            "from_name": "متجر الجزائر",
        },
        "secret": {"password": "a-long-password"},
    }
    destinations = ("host", "port", "security", "ca_certificate")

    def problems(self, settings: SmtpSettings, secret: SmtpSecret) -> dict[str, list[str]]:
        """A password needs a name, and must not be sent in clear."""
        found: dict[str, list[str]] = {}
        if bool(settings.username) != bool(secret.password.get_secret_value()):
            found["settings.username"] = ["Give both a user name and a password, or neither."]
        if settings.username and settings.security == "none":
            found["settings.security"] = ["Choose STARTTLS or TLS: a password must not be sent in clear."]
        return found

    async def test(self, connection: SmtpConnection, http: HttpClient) -> Tested:
        """Connect and sign in; nothing is sent."""
        async with smtp_session(connection):
            signed_in = "and let us in" if connection.settings.username else "and asks for no password"
            return Tested(Outcome.OK, f"The server answered {signed_in}. No mail was sent.")

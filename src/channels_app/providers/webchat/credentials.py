"""What a web chat needs to be set up: titles and descriptions are shown in the form."""

from __future__ import annotations

import secrets
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

from channels_app.providers.setup import ADVANCED

MIN_SECRET_LENGTH = 16

SiteKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Origin = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$", to_lower=True)
]


def _long_enough(value: SecretStr) -> SecretStr:
    if 0 < len(value.get_secret_value()) < MIN_SECRET_LENGTH:
        raise ValueError(f"a signing secret has at least {MIN_SECRET_LENGTH} characters")
    return value


def _new_site_key() -> str:
    return "wc_" + secrets.token_hex(12)


def _new_secret() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


SigningSecret = Annotated[SecretStr, AfterValidator(_long_enough)]
# Forms send what was left blank as empty text.
OwnSiteKey = Annotated[SiteKey, BeforeValidator(lambda given: given or _new_site_key())]
OwnSecret = Annotated[SigningSecret, BeforeValidator(lambda given: given or _new_secret())]


class WebChatCredentials(BaseModel):
    """Keys of one web chat. Both are made when left out."""

    model_config = ConfigDict(
        str_strip_whitespace=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        title="Web chat credentials",
    )

    site_key: OwnSiteKey = Field(
        default_factory=_new_site_key,
        title="Site key",
        description="Names this chat in the widget; public.",
        json_schema_extra=ADVANCED,
    )
    signing_secret: OwnSecret = Field(
        default_factory=_new_secret,
        min_length=1,
        title="Signing secret",
        description="Signs visitor tokens and your server's calls; made for you when left out.",
        json_schema_extra=ADVANCED,
    )
    previous_signing_secret: SigningSecret = Field(
        default=SecretStr(""),
        title="Previous signing secret",
        description="Still accepted while you replace the signing secret; empty it afterwards.",
        json_schema_extra=ADVANCED,
    )


class WebChatSettings(BaseModel):
    """How the widget behaves."""

    model_config = ConfigDict(
        str_strip_whitespace=True, frozen=True, extra="forbid", title="Web chat settings"
    )

    allowed_origins: tuple[Origin, ...] = Field(
        default=(),
        title="Allowed sites",
        description="Sites that may show the widget, such as https://boutique.example.dz. Empty: none.",
    )
    greeting: str = Field(
        default="", max_length=1000, title="Greeting", description="First words that a new visitor sees."
    )

    def allows(self, origin: str) -> bool:
        """Whether a browser page of this origin may use the widget."""
        return origin.strip().lower() in self.allowed_origins

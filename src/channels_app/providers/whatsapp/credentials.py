"""What a WhatsApp Cloud channel needs to be set up: titles and descriptions are shown in the form."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from channels_app.providers.setup import ADVANCED


def _fit_for_a_header(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("a token has only letters, digits and signs, no spaces")
    return value


NumericId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,32}$")]
HeaderToken = Annotated[SecretStr, AfterValidator(_fit_for_a_header)]


class WhatsAppCredentials(BaseModel):
    """Keys of one WhatsApp business number."""

    model_config = ConfigDict(
        str_strip_whitespace=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        title="WhatsApp credentials",
    )

    phone_number_id: NumericId = Field(
        title="Phone number ID",
        description="Meta's id of the number (WhatsApp Manager › API setup), not the number itself.",
    )
    waba_id: NumericId = Field(
        title="WhatsApp Business Account ID",
        description="The account that owns the number and its templates.",
    )
    access_token: HeaderToken = Field(
        min_length=1,
        title="Access token",
        description="Permanent token of a system user with whatsapp_business_messaging.",
    )
    app_secret: SecretStr = Field(
        default=SecretStr(""),
        title="App secret",
        description="Of your own Meta app. Leave empty to use this installation's app.",
    )
    previous_app_secret: SecretStr = Field(
        default=SecretStr(""),
        title="Previous app secret",
        description="Still accepted while you replace the app secret; empty it afterwards.",
        json_schema_extra=ADVANCED,
    )
    verify_token: SecretStr = Field(
        default=SecretStr(""),
        title="Verify token",
        description="Any phrase; type the same one into Meta's webhook form. Made for you when left out.",
    )

    @model_validator(mode="before")
    @classmethod
    def _own_verify_token(cls, given: Any) -> Any:
        """One's own app verifies one's own address, which refuses to be verified without a token."""
        if isinstance(given, dict) and given.get("app_secret") and not given.get("verify_token"):
            return {**given, "verify_token": secrets.token_urlsafe(18)}
        return given


class WhatsAppSettings(BaseModel):
    """How the Graph API is called."""

    model_config = ConfigDict(
        str_strip_whitespace=True, frozen=True, extra="forbid", title="WhatsApp settings"
    )

    base_url: str = Field(
        default="https://graph.facebook.com",
        pattern=r"^https?://[^\s?#]+$",
        title="Graph API address",
        description="Change it only for a proxy or the simulator.",
        json_schema_extra=ADVANCED,
    )
    api_version: str = Field(
        default="v25.0",
        pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$",
        title="Graph API version",
        description="Meta retires a version after about two years.",
        json_schema_extra=ADVANCED,
    )
    timeout_s: float = Field(
        default=15.0,
        gt=0,
        le=120,
        title="Time-out",
        description="Seconds to wait for an answer to one call.",
        json_schema_extra=ADVANCED,
    )
    link_preview: bool = Field(
        default=False,
        title="Link previews",
        description="Show a preview of the first link in a text.",
        json_schema_extra=ADVANCED,
    )

    def url(self, *parts: str) -> str:
        """The address of a Graph object, such as ``url(phone_number_id, "messages")``."""
        return "/".join((self.base_url.rstrip("/"), self.api_version, *parts))

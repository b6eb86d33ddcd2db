"""What a Telegram bot needs to be set up: titles and descriptions are shown in the form."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from channels_app.providers.setup import ADVANCED

_BOT_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")
_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{0,256}")


def _bot_token(value: SecretStr) -> SecretStr:
    # The token becomes part of a path: nothing that changes the path may be in it.
    if not _BOT_TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("a bot token looks like 123456789:AAE…; copy it from @BotFather")
    return value


def _secret_token(value: SecretStr) -> SecretStr:
    if not _SECRET_TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("a secret token has up to 256 letters, digits, _ or -")
    return value


def _new_secret_token() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


SecretToken = Annotated[SecretStr, AfterValidator(_secret_token)]
# Forms send what was left blank as empty text.
OwnSecretToken = Annotated[SecretToken, BeforeValidator(lambda given: given or _new_secret_token())]


class TelegramCredentials(BaseModel):
    """Keys of one Telegram bot."""

    model_config = ConfigDict(
        str_strip_whitespace=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        title="Telegram credentials",
    )

    bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] = Field(
        title="Bot token", description="From @BotFather, as 123456789:AAE…"
    )
    secret_token: OwnSecretToken = Field(
        default_factory=_new_secret_token,
        min_length=1,
        title="Secret token",
        description="Telegram sends it with every update; made for you when left out.",
        json_schema_extra=ADVANCED,
    )
    previous_secret_token: SecretToken = Field(
        default=SecretStr(""),
        title="Previous secret token",
        description="Still accepted while you replace the secret token; empty it afterwards.",
        json_schema_extra=ADVANCED,
    )

    @property
    def bot_id(self) -> str:
        """The bot's user id: the public part of its token."""
        return self.bot_token.get_secret_value().partition(":")[0]


class TelegramSettings(BaseModel):
    """How the Bot API is called."""

    model_config = ConfigDict(
        str_strip_whitespace=True, frozen=True, extra="forbid", title="Telegram settings"
    )

    base_url: str = Field(
        default="https://api.telegram.org",
        pattern=r"^https?://[^\s?#]+$",
        title="Bot API address",
        description="Change it only for your own Bot API server or the simulator.",
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
    silent: bool = Field(
        default=False,
        title="Silent messages",
        description="Deliver without a sound on the customer's phone.",
        json_schema_extra=ADVANCED,
    )

    def method_url(self, credentials: TelegramCredentials, method: str) -> str:
        """The address of a Bot API method. It holds the token: never log it."""
        return f"{self.base_url.rstrip('/')}/bot{credentials.bot_token.get_secret_value()}/{method}"

    def file_url(self, credentials: TelegramCredentials, path: str) -> str:
        """The address of a file that ``getFile`` named. It holds the token: never log it."""
        return f"{self.base_url.rstrip('/')}/file/bot{credentials.bot_token.get_secret_value()}/{path}"

"""``slack_message``: post to a Slack channel through its incoming webhook."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from core.errors import PermanentError, RetryableError
from core.forms import shown
from core.http import HttpClient, HttpResponse
from core.http.retry_after import is_busy, retry_after
from core.retry import RetryPolicy
from workflow.actions.base import ActionContext, Config, Effect, ExternalAction, Material, Output, register
from workflow.connections.services.opening import open_connection
from workflow.connections.types.hosts import check_https
from workflow.connections.using import connection_field

_CODE = re.compile(r"[a-z_]{1,60}\Z")
#: What Slack's words mean for whoever set the webhook up: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
_MEANINGS = {
    "no_service": "the webhook was removed in Slack; make a new one",
    "invalid_token": "the webhook's address is wrong; copy it anew",
    "channel_not_found": "the channel is gone",
    "channel_is_archived": "the channel is archived",
    "action_prohibited": "an administrator forbids posting there",
    "invalid_payload": "Slack cannot read the blocks",
    "invalid_blocks": "Slack cannot read the blocks",
    "no_text": "the text is empty",
}


class SlackRefusedError(PermanentError):
    """Slack did not take the message."""


class SlackBusyError(RetryableError):
    """Slack cannot take the message now."""


class SlackMessageConfig(Config):
    """The message. ``blocks`` are Slack's Block Kit; with them ``text`` is what notifications show."""

    text: Annotated[
        str, Field(max_length=40_000), shown("Text", "What is posted; may use Liquid.", widget="liquid")
    ] = ""
    blocks: Annotated[
        list[dict[str, Any]],
        shown("Blocks", "Slack's Block Kit, for more than text.", widget="json", advanced=True),
    ] = Field(default_factory=list, max_length=50)
    format: Annotated[Literal["plain", "mrkdwn"], shown("Format")] = Field(
        default="plain",
        description="plain: shown letter by letter, so that a customer's <!channel> calls nobody. "
        "mrkdwn: Slack's formatting, links and mentions work; write {{ value | escape }} for what customers entered",
    )
    connection: str = connection_field(
        "slack_webhook",
        description="Name or id of a Slack webhook's connection; empty: the only one there is",
    )

    @model_validator(mode="after")
    def _something(self) -> SlackMessageConfig:
        if not self.text.strip() and not self.blocks:
            raise ValueError("write a text, blocks, or both")
        return self


class SlackMessageOutput(Output):
    """Slack took it."""

    status: int


@register
class SlackMessage(ExternalAction[SlackMessageConfig, SlackMessageOutput]):
    """An incoming webhook knows no idempotency: with no answer the outcome is unknown, and by default nothing is posted again."""

    slug = "slack_message"
    label = "Post to Slack"
    icon = "slack"
    description = "Post a message to a Slack channel through its webhook."
    category = "integrations"
    effect = Effect.IRREVERSIBLE
    Config = SlackMessageConfig
    Output = SlackMessageOutput
    default_connection = "slack_webhook"
    retry = RetryPolicy(
        attempts=5, backoff_s=2.0, multiplier=4.0, max_backoff_s=600.0, non_retryable=("NoAnswerError",)
    )
    example: ClassVar = {"text": "طلب جديد من {{ user.name }}"}
    example_output: ClassVar = {"status": 200}

    def prepare(self, config: SlackMessageConfig, context: ActionContext) -> Material:
        """The webhook's connection. Raises ``ConnectionMissingError``."""
        opened = open_connection(config.connection, types=["slack_webhook"])
        return Material(opened, opened.secrets)

    async def run(
        self, config: SlackMessageConfig, context: ActionContext, http: HttpClient
    ) -> SlackMessageOutput:
        """Post once. 429 and 5xx may be retried; any other answer but ``ok`` is final."""
        url = context.material.secret.url.get_secret_value()
        check_https(url)
        response = await http.request("POST", url, json=_payload(config), timeout_s=10, max_bytes=20_000)
        if is_busy(response.status):
            raise SlackBusyError(
                f"Slack answered {response.status}.", retry_after=retry_after(response.headers)
            )
        if response.status != 200 or response.text.strip() != "ok":
            raise SlackRefusedError(_why(response))
        return SlackMessageOutput(status=response.status)


def _payload(config: SlackMessageConfig) -> dict[str, Any]:
    if config.format == "mrkdwn":
        payload: dict[str, Any] = {"text": config.text, "blocks": config.blocks}
    else:
        payload = {"text": _escaped(config.text), "blocks": _plain(config.blocks), "mrkdwn": False}
    return {name: value for name, value in payload.items() if value not in ("", [])}


def _escaped(text: str) -> str:
    """Slack's three control characters, and no others: https://docs.slack.dev/messaging/formatting-message-text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(value: Any) -> Any:
    """Blocks whose formatted texts are escaped; ``plain_text`` objects are shown as they are anyway."""
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "mrkdwn" and isinstance(value.get("text"), str):
        return {**value, "text": _escaped(value["text"])}
    return {name: _plain(member) for name, member in value.items()}


def _why(response: HttpResponse) -> str:
    # Only Slack's codes are quoted: another server's words may hold the address, which is the secret.
    code = response.text.strip()
    code = code if _CODE.match(code) else "no word that Slack uses"
    meaning = _MEANINGS.get(code)
    return f"Slack answered {response.status}: {code}{f' ({meaning})' if meaning else ''}."

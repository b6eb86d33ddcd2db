"""``slack_webhook``: an incoming webhook of Slack, or of what understands the same (Mattermost, Discord's ``/slack``)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from core.http import HttpClient
from workflow.connections.types.base import (
    ConnectionType,
    Form,
    OpenConnection,
    Outcome,
    SecretText,
    Tested,
    register,
)
from workflow.connections.types.hosts import check_https


def _web_address(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("https://", "http://")):
        raise ValueError("write the webhook's whole address, from https:// on")
    return value


class SlackWebhookSettings(Form):
    """Nothing: the address says it all."""


class SlackWebhookSecret(Form):
    """Whoever knows the address can post."""

    url: Annotated[SecretText, AfterValidator(_web_address)] = Field(
        title="Webhook address", description="https://hooks.slack.com/services/…"
    )


@register
class SlackWebhook(ConnectionType[SlackWebhookSettings, SlackWebhookSecret]):
    """Posts to the one channel that it was made for."""

    slug = "slack_webhook"
    label = "Slack webhook"
    description = "Posts to one Slack channel. Made in Slack under Apps › Incoming Webhooks."
    Settings = SlackWebhookSettings
    Secret = SlackWebhookSecret
    example: ClassVar = {
        "settings": {},
        "secret": {"url": "https://hooks.slack.com/services/T00000000/B00000000/example"},
    }

    async def test(
        self, connection: OpenConnection[SlackWebhookSettings, SlackWebhookSecret], http: HttpClient
    ) -> Tested:
        """Post nothing: Slack refuses an empty message of a webhook that exists with words of its own."""
        url = connection.secret.url.get_secret_value()
        check_https(url)
        response = await http.request("POST", url, json={}, max_bytes=10_000)
        answer = response.text.strip()
        if response.status == 400 and answer in ("no_text", "invalid_payload"):
            return Tested(Outcome.OK, "The webhook is there. Nothing was posted.")
        return Tested(Outcome.FAILED, f"The address answered {response.status}: {answer[:100]}")

"""``webhook``: call a web address with data of the execution."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import Field

from core.errors import PermanentError, RetryableError
from core.forms import shown
from core.http import HttpClient, HttpResponse
from core.http.retry_after import is_busy, retry_after
from workflow.actions.base import ActionContext, Config, Effect, ExternalAction, Output, register

_MAX_ANSWER = 256_000
_SHOWN = 4_000


class WebhookConfig(Config):
    """The request. Text may use Liquid: ``{{ user.name }}``."""

    url: Annotated[
        str, Field(max_length=2_000, description="https address to call"), shown("Address", widget="text")
    ]
    method: Annotated[
        Literal["POST", "PUT", "PATCH", "GET", "DELETE"], shown("Method", "POST sends something new.")
    ] = "POST"
    headers: Annotated[dict[str, str], shown("Headers", "Sent with the request, by name.")] = Field(
        default_factory=dict, max_length=30
    )
    body: Annotated[Any, shown("Content")] = Field(
        default=None, description="JSON to send; not sent with GET"
    )
    timeout_s: Annotated[
        float,
        Field(gt=0, le=30),
        shown("Time-out", "Seconds to wait for an answer.", advanced=True, unit="s"),
    ] = 10


class WebhookOutput(Output):
    """The answer: ``json_body`` when it was JSON, else the first 4,000 characters in ``text``."""

    status: int
    json_body: Any = None
    text: str = ""


class WebhookRefusedError(PermanentError):
    """The address answered that it will not take this request."""


class WebhookBusyError(RetryableError):
    """The address cannot take the request now."""


@register
class Webhook(ExternalAction[WebhookConfig, WebhookOutput]):
    """Sent through the guarded client, with the step's id as idempotency key."""

    slug = "webhook"
    label = "Call a web address"
    icon = "api"
    description = "Send data to a web address and keep its answer. Carries an Idempotency-Key, which repeats when it is retried."
    category = "integrations"
    effect = Effect.IRREVERSIBLE
    Config = WebhookConfig
    Output = WebhookOutput
    example: ClassVar = {"url": "https://example.com/hook", "body": {"phone": "{{ user.phone }}"}}
    example_output: ClassVar = {"status": 200, "json_body": {"ok": True}, "text": ""}

    async def run(self, config: WebhookConfig, context: ActionContext, http: HttpClient) -> WebhookOutput:
        """Call once. 408, 425, 429 and 5xx may be retried (after ``Retry-After`` seconds); other errors are final."""
        response = await http.request(
            config.method,
            config.url,
            headers={
                **config.headers,
                "Idempotency-Key": context.effect_key,
                "X-Request-Id": context.effect_key,
            },
            json=None if config.method == "GET" else config.body,
            timeout_s=config.timeout_s,
            max_bytes=_MAX_ANSWER,
        )
        if is_busy(response.status):
            raise WebhookBusyError(
                f"The address answered {response.status}.", retry_after=retry_after(response.headers)
            )
        if response.status >= 400:
            raise WebhookRefusedError(f"The address answered {response.status}: {response.text[:500]}")
        return _output(response)


def _output(response: HttpResponse) -> WebhookOutput:
    try:
        return WebhookOutput(status=response.status, json_body=orjson.loads(response.body))
    except orjson.JSONDecodeError:
        return WebhookOutput(status=response.status, text=response.text[:_SHOWN])

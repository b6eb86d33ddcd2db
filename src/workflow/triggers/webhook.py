"""``webhook``: a request comes to the workflow's own address."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from core.forms import shown
from core.predicates.errors import InvalidValueError
from core.predicates.paths import check_path
from workflow.events import WEBHOOK_RECEIVED
from workflow.graph import NodeConfig, TriggerSpec, TriggerType, register_trigger
from workflow.models import ArmedTrigger
from workflow.roots import RESOLVERS
from workflow.services.hook_secrets import HookSecret, new_token, write_secret
from workflow.triggers.signatures import Signature

#: The slug of the trigger type.
WEBHOOK = "webhook"
_PARTS = ("body", "headers", "query")
#: The key in ``RESOLVERS`` of what finds a contact by each identifier.
CONTACT_RESOLVERS = {
    "external_id": "contact",
    "phone": "contact_by_phone",
    "email": "contact_by_email",
}


def _part_of_the_request(path: str) -> str:
    try:
        check_path(path)
    except InvalidValueError as exc:
        raise ValueError(str(exc)) from None
    if path.split(".", 1)[0] not in _PARTS:
        raise ValueError("begin with body, headers or query, as in 'body.order.id' or 'headers.x-request-id'")
    return path


RequestPath = Annotated[str, Field(max_length=300), AfterValidator(_part_of_the_request)]


class ContactField(NodeConfig):
    """Which part of the request names the contact, who is made when new."""

    path: Annotated[RequestPath, shown("Path", "Where the request names the contact.", plain=True)] = Field(
        examples=["body.customer.phone"]
    )
    identify_by: Annotated[
        Literal["external_id", "phone", "email"], shown("It is their", "What stands there.")
    ] = "external_id"


class WebhookConfig(NodeConfig):
    """What the address takes, and what it reads of it."""

    methods: Annotated[list[Literal["GET", "POST"]], Field(min_length=1, max_length=2), shown("Methods")] = (
        Field(default=["POST"], description="The methods that it takes.")
    )
    signature: Annotated[Signature | None, shown("Signature")] = Field(
        default=None, description="How requests are signed; left out, whoever knows the address may send."
    )
    contact: Annotated[ContactField | None, shown("Contact", "Who the request is about.")] = None
    idempotency: Annotated[RequestPath | None, shown("Repeated requests", plain=True, advanced=True)] = Field(
        default=None,
        description="Requests with the same value there are one; those without any are each one of their own.",
        examples=["headers.x-request-id", "body.id"],
    )


@register_trigger
class WebhookTrigger(TriggerType):
    """Its address lasts as long as the trigger stays in the workflow, through pauses and new versions."""

    slug = WEBHOOK
    label = "Webhook"
    description = "Another system sends a request to this workflow's own secret address."
    Config = WebhookConfig
    example: ClassVar[dict[str, Any]] = {
        "methods": ["POST"],
        "signature": {"header": "X-Hub-Signature-256", "prefix": "sha256="},
        "contact": {"path": "body.customer.id", "identify_by": "external_id"},
        "idempotency": "body.id",
    }

    def event_type(self, spec: TriggerSpec) -> str:
        """That of requests."""
        return WEBHOOK_RECEIVED.code

    def problems(self, spec: TriggerSpec) -> list[str]:
        """Someone knows contacts by that identifier."""
        contact = WebhookConfig.model_validate(spec.config).contact
        if contact is None or CONTACT_RESOLVERS[contact.identify_by] in RESOLVERS:
            return []
        return [f"contact: contacts cannot be found by {contact.identify_by} here; choose another identifier"]

    def arm(self, armed: ArmedTrigger) -> None:
        """Give it an address, if it has none yet."""
        if armed.secret is None:
            write_secret(armed, HookSecret(new_token(armed.id)))

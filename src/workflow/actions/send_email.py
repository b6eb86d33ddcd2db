"""``send_email``: write an e-mail through the tenant's own mail server."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, Field, model_validator

from core.errors import PermanentError
from core.forms import shown
from core.http import HttpClient
from core.retry import RetryPolicy
from workflow.actions.base import ActionContext, Config, Effect, ExternalAction, Material, Output, register
from workflow.connections.mail.addresses import plain_address
from workflow.connections.mail.message import Letter
from workflow.connections.mail.session import deliver, smtp_session
from workflow.connections.services.opening import open_connection
from workflow.connections.types.smtp import SmtpConnection
from workflow.connections.using import connection_field
from workflow.roots import ROOTS

_MOST = 50


class NoRecipientError(PermanentError):
    """The e-mail has nobody to go to."""


def _address(text: str) -> str:
    if text.strip():
        plain_address(text)
    return text.strip()


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1 or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError("must be one line, without control characters")
    return text.strip()


def _web_address(text: str) -> str:
    text = text.strip()
    if text and not (
        text.startswith("https://") and text.isascii() and text.isprintable() and not set(text) & set(" <>")
    ):
        raise ValueError("write an address that begins with https://, in ASCII")
    return text


EmailText = Annotated[str, Field(max_length=320), AfterValidator(_address)]


class SendEmailConfig(Config):
    """The e-mail. Text may use Liquid. Values in ``html`` are not escaped by themselves: write ``{{ user.name | escape }}``."""

    to: Annotated[list[EmailText], shown("To")] = Field(
        default_factory=list, max_length=_MOST, description="One address each; none: the contact's own"
    )
    cc: Annotated[list[EmailText], shown("Copy", "Addresses that are sent a copy.", advanced=True)] = Field(
        default_factory=list, max_length=_MOST
    )
    bcc: Annotated[list[EmailText], shown("Blind copy", advanced=True)] = Field(
        default_factory=list, max_length=_MOST, description="Get it unseen by the others"
    )
    reply_to: Annotated[EmailText, shown("Reply to", advanced=True)] = Field(
        default="", description="Where answers go; empty: to the connection's own address"
    )
    subject: Annotated[
        str,
        Field(min_length=1, max_length=500),
        AfterValidator(_one_line),
        shown("Subject", "One line; may use Liquid.", widget="liquid", lines=1),
    ]
    text: Annotated[str, Field(max_length=200_000), shown("Text", widget="liquid")] = Field(
        default="", description="The message as plain text"
    )
    html: Annotated[str, Field(max_length=500_000), shown("HTML", widget="liquid", advanced=True)] = Field(
        default="",
        description="The message as HTML; write {{ value | escape }} for values that customers entered",
    )
    unsubscribe_url: Annotated[
        str,
        Field(max_length=1_000),
        AfterValidator(_web_address),
        shown("Unsubscribe address", widget="text", advanced=True),
    ] = Field(
        default="",
        description="For mail to many: where one click (a POST) ends it; shown by mail programs as a button",
    )
    connection: str = connection_field(
        "smtp", description="Name or id of a mail server's connection; empty: the only one there is"
    )

    @model_validator(mode="after")
    def _whole(self) -> SendEmailConfig:
        if not self.text.strip() and not self.html.strip():
            raise ValueError("write a text, an html, or both")
        # An address that was asked for and came out empty must not turn into a letter to the customer.
        if self.to and not any(self.to):
            raise ValueError("to: the address is empty")
        return self


class Refused(BaseModel):
    """A recipient whom the server refused."""

    address: str
    code: int
    reason: str


class SendEmailOutput(Output):
    """The mail server took it. ``refused`` are the recipients it did not take; all refused is an error."""

    message_id: str
    to: list[str]
    refused: list[Refused] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What the call needs: the mail server, and the contact's address (``""``: none)."""

    server: SmtpConnection
    contact_email: str


@register
class SendEmail(ExternalAction[SendEmailConfig, SendEmailOutput]):
    """The Message-ID is made of the step's id: a repetition is recognised as the same message.

    SMTP cannot be asked whether a message was taken. Where the line broke after it was handed over, the outcome is unknown,
    and by default it is not sent again.
    """

    slug = "send_email"
    label = "Send an e-mail"
    icon = "mail"
    description = "Send an e-mail to the contact, or to anybody, through a stored mail server."
    category = "integrations"
    effect = Effect.IRREVERSIBLE
    Config = SendEmailConfig
    Output = SendEmailOutput
    default_connection = "smtp"
    retry = RetryPolicy(
        attempts=5,
        backoff_s=60.0,
        multiplier=4.0,
        max_backoff_s=14_400.0,
        non_retryable=("MailOutcomeUnknownError",),
    )
    reads = frozenset({"user"})
    example: ClassVar = {
        "subject": "طلبك رقم {{ event.data.order }}",
        "text": "مرحبا {{ user.first_name }}، طلبك في الطريق.",
    }
    example_output: ClassVar = {
        "message_id": "<0199a7c26b5e7cc08f4b6f0f0c8a1d11@example.com>",
        "to": ["amina@example.com"],
        "refused": [],
    }

    def prepare(self, config: SendEmailConfig, context: ActionContext) -> Material:
        """The mail server's connection and the contact's address. Raises ``ConnectionMissingError`` and
        ``NoRecipientError``."""
        server = open_connection(config.connection, types=["smtp"])
        email = _email_of(context)
        if not config.to and not email:
            raise NoRecipientError(
                "to: the contact has no e-mail address; name one, or write to those who have one."
            )
        return Material(_Ready(server, email), server.secrets)

    async def run(self, config: SendEmailConfig, context: ActionContext, http: HttpClient) -> SendEmailOutput:
        """Hand it to the server. Raises what ``mail.session`` raises."""
        ready: _Ready = context.material
        letter = _letter(config, ready, key=context.effect_key)
        async with smtp_session(ready.server) as client:
            refusals = await deliver(client, letter)
        return SendEmailOutput(
            message_id=letter.message_id,
            to=[address.addr_spec for address in letter.to],
            refused=[Refused(address=r.address, code=r.code, reason=r.reason) for r in refusals],
        )


def _email_of(context: ActionContext) -> str:
    """The contact's address. A step without templates may have been given no roots: then it is looked up."""
    if context.contact_id is None:
        return ""
    user: Any = context.data.get("user")
    if user is None:
        user = ROOTS.get("user").load([context.contact_id]).get(context.contact_id)
    return str((user or {}).get("email") or "").strip()


def _letter(config: SendEmailConfig, ready: _Ready, *, key: str) -> Letter:
    sender = ready.server.settings
    try:
        return Letter(
            key=key,
            sender=Address(display_name=sender.from_name, addr_spec=sender.from_address),
            to=_read(config.to) or [plain_address(ready.contact_email)],
            cc=_read(config.cc),
            bcc=_read(config.bcc),
            reply_to=plain_address(config.reply_to) if config.reply_to else None,
            subject=config.subject,
            text=config.text,
            html=config.html,
            unsubscribe_url=config.unsubscribe_url,
        )
    except ValueError as error:
        # The config was checked before; the contact's own address was not.
        raise NoRecipientError(f"to: the contact's e-mail address is not valid: {error}.") from None


def _read(texts: list[str]) -> list[Address]:
    return [plain_address(text) for text in texts if text]

"""What a messaging provider is: verify, split, parse, send and fetch, and the shapes that cross that line.

A provider touches no database and no Django: bytes and plain values in, plain values out.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from channels_app.providers.setup import Checked, Code, Finding, Level, Webhook, guide_in
from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.http import HttpClient


class SignatureError(PermanentError):
    """The webhook is not signed by the secret that we share with the provider."""


class MessageType(StrEnum):
    """What a message carries. ``unsupported`` keeps what we cannot show, so that nothing is lost."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"
    REACTION = "reaction"
    ORDER = "order"
    TEMPLATE = "template"
    SYSTEM = "system"
    UNSUPPORTED = "unsupported"


class DeliveryState(StrEnum):
    """Where an outgoing message is. Ranks only ever rise; see ``channels_app.services.delivery``."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """One HTTP request to a webhook address. Header names are lower case; ``body`` is the raw bytes."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """One message, status or notice cut out of a webhook body, able to be parsed alone.

    ``account_id`` is the provider's id of the receiving account (it finds the tenant and the channel; empty when
    the body names none and the address decides). ``key`` is unique per account: the second copy of a delivery has
    the same key. ``lane`` names what must stay in order, normally the provider's user id. ``payload`` is JSON.
    """

    account_id: str
    key: str
    lane: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote, as the provider knows them. ``phone`` is E.164 or ``None``; ``alternate_ids`` are further ids of
    the same person on the same account (WhatsApp: the phone id beside the business-scoped user id)."""

    user_id: str
    alternate_ids: tuple[str, ...] = ()
    phone: str | None = None
    name: str = ""
    username: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """A file at the provider, not yet fetched. ``kind`` is image, video, audio, document or sticker."""

    kind: str
    provider_id: str = ""
    url: str = ""
    mime_type: str = ""
    sha256: str = ""
    filename: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A message that a customer sent, or (``echo``) that the business sent from the provider's own app.

    ``data`` holds the type's own JSON (location, contacts, reply, order, referral under ``referral`` …).
    ``reply_to`` is the provider's id of the message answered, or empty.
    """

    provider_message_id: str
    sender: Sender
    sent_at: datetime
    type: MessageType
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    reply_to: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    echo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate:
    """What became of a message that we sent. ``effect_key`` is the opaque value sent along, if it came back."""

    provider_message_id: str
    state: DeliveryState
    occurred_at: datetime
    effect_key: str = ""
    recipient_id: str = ""
    error_code: str = ""
    error_title: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """The customer changed a message that they had sent."""

    provider_message_id: str
    text: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRevoked:
    """The customer deleted a message that they had sent."""

    provider_message_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Anything else that the provider told us (template status, quality, a blocked bot …): kept, and harmless.

    ``kind`` is the provider's own word for it; ``user_id`` is set when it is about one customer.
    """

    kind: str
    data: dict[str, Any]
    user_id: str = ""


Inbound = InboundMessage | StatusUpdate | MessageEdited | MessageRevoked | Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """A file that goes along, with its bytes, checked before."""

    content: bytes = field(repr=False)
    mime_type: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTemplate:
    """A message template as the provider has it. ``components`` and ``status`` are the provider's own."""

    provider_id: str
    name: str
    language: str
    status: str
    category: str = ""
    components: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParameter:
    """A gap in a template that whoever sends it fills. ``key`` is unique in the template; ``component`` is header, body or
    button; ``kind`` is text, or image, video or document for the address of a file."""

    key: str
    component: str
    kind: str = "text"
    title: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTemplate:
    """``template`` is the provider's object for :class:`OutboundMessage`; ``text`` is what the customer will read."""

    template: dict[str, Any]
    text: str


class TemplateValuesError(PermanentError):
    """The template's gaps are not filled. ``fields`` maps each to what is wrong with it."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """A message to send. ``effect_key`` is ours, unique per intended message, ≤ 64 characters; providers that can
    carry it send it along. ``recipient`` is the provider's user id; ``phone`` E.164 when known. ``media_url`` is
    fetchable by the provider. ``template`` is the provider's own template object, ``buttons`` are
    ``{"id", "title"}`` quick replies."""

    effect_key: str
    recipient: str
    type: MessageType
    phone: str | None = None
    text: str = ""
    media_url: str = ""
    filename: str = ""
    reply_to: str = ""
    buttons: tuple[dict[str, str], ...] = ()
    template: dict[str, Any] | None = None
    file: OutboundFile | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """The provider took the message. ``state`` is what is known at once (normally ``sent``)."""

    provider_message_id: str
    state: DeliveryState = DeliveryState.SENT


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMedia:
    """A downloaded file. ``mime_type`` is what the provider claims; the caller checks the bytes."""

    content: bytes
    mime_type: str
    filename: str = ""


class SendRetryableError(RetryableError):
    """The provider did not take the message now; it may later."""

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.code = code


class SendRefusedError(PermanentError):
    """The provider refused the message for good.

    ``reason`` is one of ``window_closed, opted_out, unreachable, blocked, invalid, account, policy, template``.
    """

    def __init__(self, message: str, *, code: str = "", reason: str = "invalid") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


class SendUnknownError(OutcomeUnknownError):
    """The request was sent and no answer came: the message may have gone out."""


class Provider(ABC):
    """One kind of channel. Instances hold no state: everything comes in as arguments.

    ``Credentials`` and ``Settings`` are Pydantic models: they validate, become the JSON Schema of the set-up form,
    and their ``SecretStr`` fields are what is encrypted and never shown.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    Credentials: ClassVar[type[BaseModel]]
    Settings: ClassVar[type[BaseModel]]
    #: True when delivery statuses come back, so that an unknown outcome can be settled by waiting.
    reports_statuses: ClassVar[bool] = False
    #: Hours after the customer's last message in which free-form text may be sent; ``None`` = always.
    window_hours: ClassVar[int | None] = None
    #: Whether we can put an emoji on a customer's message.
    takes_reactions: ClassVar[bool] = False
    #: The largest file that may be sent, in bytes, by MIME type or by kind (image, video, audio, document); a kind that is
    #: missing cannot be sent. ``None`` as a MIME type's limit: that type is refused.
    file_limits: ClassVar[Mapping[str, int | None]] = {}

    #: Whether ``connect`` tells the provider where to send what happens, so that nobody has to.
    connects_itself: ClassVar[bool] = False

    @classmethod
    def guide(cls, language: str) -> str:
        """How to set an account up, as Markdown: ``guide/<language>.md`` beside the provider's code."""
        return guide_in(Path(inspect.getfile(cls)).parent, language)

    async def check(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook | None, http: HttpClient
    ) -> Checked:
        """Ask the provider about the account; ``webhook`` is where it should be sending, once that is known. Never raises
        for what the provider says or when it cannot be reached: that is a finding."""
        return Checked(findings=(Finding(code=Code.NOTHING_TO_CHECK, level=Level.OK),))

    async def connect(
        self, *, credentials: BaseModel, settings: BaseModel, webhook: Webhook, http: HttpClient
    ) -> Checked:
        """Have the provider send what happens to ``webhook``. May be done again. As ``check``, it never raises."""
        return Checked(findings=(Finding(code=Code.NOTHING_TO_CHECK, level=Level.OK),))

    @abstractmethod
    def account_id(self, credentials: BaseModel) -> str:
        """The id that this account's webhooks name (or, where they name none, any stable id of the account)."""

    @abstractmethod
    def signing_secrets(self, credentials: BaseModel) -> tuple[str, ...]:
        """The secrets that a webhook for this channel may be signed with (two while rotating; empty: none of its own)."""

    @abstractmethod
    def handshake(self, request: WebhookRequest, verify_tokens: Iterable[str]) -> str | None:
        """Answer to the provider's GET verification, or ``None`` to refuse it."""

    @abstractmethod
    def verify(self, request: WebhookRequest, secrets: Iterable[str]) -> None:
        """Check the signature over the raw bytes in constant time. Raises ``SignatureError``."""

    @abstractmethod
    def split(self, body: bytes) -> list[Fragment]:
        """Cut a verified body into fragments. Never raises on odd items: they become fragments of their own.

        Raises ``ValueError`` only when the body is not JSON of the provider's outer shape at all.
        """

    @abstractmethod
    def parse(self, payload: Mapping[str, Any]) -> list[Inbound]:
        """Understand one fragment. Pure. Unknown types become ``unsupported`` messages or ``Notice``."""

    @abstractmethod
    async def send(
        self, message: OutboundMessage, *, credentials: BaseModel, settings: BaseModel, http: HttpClient
    ) -> SendResult:
        """Send once. Raises ``SendRetryableError``, ``SendRefusedError`` or ``SendUnknownError``."""

    async def fetch_media(
        self,
        media: MediaRef,
        *,
        credentials: BaseModel,
        settings: BaseModel,
        http: HttpClient,
        max_bytes: int,
    ) -> FetchedMedia:
        """Download a file that a customer sent. Raises ``RetryableError`` or ``PermanentError``."""
        raise PermanentError(f"{self.label} has no media to fetch")

    async def list_templates(
        self, *, credentials: BaseModel, settings: BaseModel, http: HttpClient
    ) -> list[ProviderTemplate]:
        """All message templates of the account. Raises ``RetryableError`` or ``PermanentError``."""
        raise PermanentError(f"{self.label} has no message templates")

    def template_parameters(self, template: ProviderTemplate) -> list[TemplateParameter]:
        """The gaps of a template, in the order in which they are read. Pure."""
        return []

    def fill_template(self, template: ProviderTemplate, values: Mapping[str, str]) -> FilledTemplate:
        """The template with its gaps filled, by :attr:`TemplateParameter.key`. Pure. Raises ``TemplateValuesError``."""
        raise PermanentError(f"{self.label} has no message templates")

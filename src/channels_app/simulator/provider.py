"""What each simulated provider offers to the control API: building, encoding and signing its webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from channels_app.simulator.world import Account, Customer, Message


class MediaSpec(BaseModel):
    """A file that a customer sends. Without ``content_base64`` a small real sample of the type is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content_base64: str = ""
    mime_type: str = ""
    filename: str = ""
    caption: str = ""


class LocationSpec(BaseModel):
    """A place that a customer sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class ReactionSpec(BaseModel):
    """A reaction to a message; an empty ``emoji`` takes it back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message_id: str
    emoji: str = ""


class ButtonSpec(BaseModel):
    """A press on a quick reply, list row or inline button of the message ``reply_to``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str = ""


class InboundSpec(BaseModel):
    """What a customer does, the body of ``POST /control/accounts/{id}/inbound``.

    ``type`` is text, image, video, audio, voice, document, sticker, location, contacts, reaction, button, edit, or any
    word of the provider's with its object in ``data``. ``raw`` posts a whole payload as it is. ``signature`` other
    than ``valid`` makes a webhook that must be refused (and is not retried). ``wait`` says how long the answer waits:
    not at all, for the first attempt, or until the provider's retries end. ``timestamp`` is Unix seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    sender: str = Field(alias="from", min_length=1, max_length=140)
    name: str = ""
    username: str = ""
    language: str = ""
    user_id: str = ""
    hide_phone: bool = False
    type: str = "text"
    text: str = ""
    media: MediaSpec = MediaSpec()
    location: LocationSpec | None = None
    reaction: ReactionSpec | None = None
    button: ButtonSpec | None = None
    contacts: list[dict[str, Any]] = Field(default_factory=list)
    data: dict[str, Any] = Field(default_factory=dict)
    referral: dict[str, Any] | None = None
    reply_to: str = ""
    message_id: str = ""
    timestamp: int | None = None
    raw: dict[str, Any] | None = None
    signature: Literal["valid", "forged", "missing", "reserialised"] = "valid"
    wait: Literal["none", "first", "final"] = "first"


class InboundError(ValueError):
    """The customer cannot do this; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A webhook ready to be encoded, and the message as the customer's phone shows it (``None``: nothing to show)."""

    payload: dict[str, Any]
    message: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """The result of the provider's check of a webhook address."""

    ok: bool
    status: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A body and the headers that prove it."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class ProviderSide(Protocol):
    """One provider as the control API sees it."""

    def customer_id(self, sender: str) -> str:
        """The id under which this provider knows the person written as ``sender``. Raises ``InboundError``."""

    def build(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        """The provider's webhook for what the customer did. Raises ``InboundError``."""

    def sign(self, account: Account, payload: dict[str, Any], *, signature: str = "valid") -> Signed:
        """Encode as the provider does and add its proof of origin, or a broken one."""

    async def verify(self, account: Account) -> Handshake:
        """Check the account's webhook address as the provider does when it is set."""

    def blocked(self, account: Account, customer: Customer) -> dict[str, Any] | None:
        """The webhook that tells that the customer (un)blocked the account, if the provider has one."""

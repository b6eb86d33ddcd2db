"""Composing: what somebody wrote in a composer, turned into messages for the ledger."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator, model_validator

from channels_app.models import Conversation, Message
from channels_app.providers.base import MessageType
from channels_app.providers.registry import PROVIDERS
from channels_app.services.outgoing import NewMessage
from channels_app.services.templates import fill_template, usable_template
from channels_app.services.uploads import message_type, uploads_to_send
from core.errors import PermanentError
from core.forms import shown

#: A provider's own object.
ProviderObject = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": True})]


class QuoteError(PermanentError):
    """The message to answer is not in this conversation, or has not reached the provider yet."""


class Button(BaseModel):
    """A quick reply: ``id`` comes back when it is pressed."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        str, Field(min_length=1, max_length=200), shown("Id", "What comes back when it is pressed.")
    ]
    title: Annotated[str, Field(min_length=1, max_length=20), shown("Title", "What is written on it.")]


class NewMessageBody(BaseModel):
    """A message to send: a text, uploaded files (``media_ids``), ``media_url``, or a template; ``buttons`` with a text.
    Each file goes as a message of its own, the text with the first."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=4_096)] = ""
    media_ids: list[uuid.UUID] = Field(
        default_factory=list, max_length=10, description="Uploads of yours, by their ids"
    )
    media_url: str = Field(
        default="", max_length=2_000, description="Address of a file that the provider fetches"
    )
    media_type: MessageType = Field(default=MessageType.IMAGE, description="What media_url is")
    buttons: Annotated[list[Button], Field(max_length=3)] = Field(default_factory=list)
    template: ProviderObject | None = Field(
        default=None, description="The provider's template object, for closed windows"
    )
    template_id: uuid.UUID | None = Field(
        default=None, description="A template from the list, in place of template"
    )
    template_values: dict[str, str] = Field(
        default_factory=dict, description="What fills its gaps, by their keys"
    )
    reply_to: str = Field(default="", max_length=200, description="The provider's id of the message answered")
    reply_to_message_id: uuid.UUID | None = Field(
        default=None, description="Our id of the message answered, in place of reply_to"
    )

    @field_validator("media_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("write an address that begins with https://")
        return value

    @model_validator(mode="after")
    def _fits(self) -> NewMessageBody:
        carried = [self.media_ids, self.media_url, self.template, self.template_id]
        if not (self.text.strip() or any(carried)):
            raise ValueError("write a text, or give media_ids, media_url or a template")
        if sum(map(bool, carried)) > 1:
            raise ValueError("give one of media_ids, media_url, template and template_id")
        if len(set(self.media_ids)) < len(self.media_ids):
            raise ValueError("each file goes once")
        if self.template_values and self.template_id is None:
            raise ValueError("template_values need a template_id")
        return self

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is not set."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def message_type(self) -> MessageType:
        """The type that these parts make; files are of their own."""
        if self.template or self.template_id:
            return MessageType.TEMPLATE
        if self.media_url:
            return self.media_type
        return MessageType.INTERACTIVE if self.buttons else MessageType.TEXT


def compose(
    body: NewMessageBody, conversation: Conversation, *, author: str, effect_key: str
) -> list[NewMessage]:
    """The messages that this is, one for each file; in the caller's transaction, which sends them.

    Raises ``QuoteError``, ``UploadNotFoundError``, ``MediaRefusedError``, ``TemplateNotUsableError`` and
    ``TemplateValuesError``.
    """
    provider = PROVIDERS.get(conversation.channel.provider)
    reply_to = _quoted(body, conversation)
    if body.media_ids:
        uploads = uploads_to_send(body.media_ids, uploader=author, provider=provider)
        return [
            NewMessage(
                effect_key=f"{effect_key}:{number}" if number else effect_key,
                author=author,
                type=message_type(upload),
                text="" if number else body.text,
                reply_to="" if number else reply_to,
                conversation_id=conversation.id,
                contact_id=conversation.contact_id,
                upload=upload,
            )
            for number, upload in enumerate(uploads)
        ]
    text, template = body.text, body.template
    if body.template_id is not None:
        filled = fill_template(
            usable_template(body.template_id, conversation.channel_id), body.template_values
        )
        text, template = filled.text, filled.template
    return [
        NewMessage(
            effect_key=effect_key,
            author=author,
            type=body.message_type,
            text=text,
            media_url=body.media_url,
            buttons=tuple(button.model_dump() for button in body.buttons),
            template=template,
            reply_to=reply_to,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
        )
    ]


def _quoted(body: NewMessageBody, conversation: Conversation) -> str:
    """The provider's id of the message answered."""
    if body.reply_to_message_id is None:
        return body.reply_to
    found = Message.objects.filter(id=body.reply_to_message_id, conversation=conversation).first()
    if found is None or not found.provider_message_id:
        raise QuoteError
    return found.provider_message_id

"""``send_message``: write to the contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from channels_app.providers.base import MessageType
from channels_app.services.composing import Button
from channels_app.services.outgoing import NewMessage, write_messages
from core.forms import shown
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class SendMessageConfig(Config):
    """What to write. Text may use Liquid: ``سلام {{ user.first_name }}``."""

    text: Annotated[
        str,
        Field(max_length=4_096),
        shown("Text", "What the contact reads; may use Liquid.", widget="liquid"),
    ] = ""
    media_url: Annotated[
        str,
        Field(max_length=2_000, description="Address of a file that the provider fetches"),
        shown("File", widget="text", advanced=True),
    ] = ""
    media_type: Annotated[MessageType, shown("Kind of file", "What the file is shown as.", advanced=True)] = (
        MessageType.IMAGE
    )
    buttons: Annotated[
        list[Button], Field(max_length=3), shown("Buttons", "Answers to choose from, below the text.")
    ] = Field(default_factory=list)
    template: Annotated[dict[str, Any] | None, shown("Template", widget="json", advanced=True)] = Field(
        default=None, description="The provider's template object, for closed windows"
    )
    even_if_human: Annotated[bool, shown("Even if a person answers", advanced=True)] = Field(
        default=False, description="Write also into a conversation that people have taken over"
    )

    @property
    def message_type(self) -> MessageType:
        """The type that these parts make."""
        if self.template:
            return MessageType.TEMPLATE
        if self.media_url:
            return self.media_type
        return MessageType.INTERACTIVE if self.buttons else MessageType.TEXT

    @model_validator(mode="after")
    def _something(self) -> SendMessageConfig:
        if not (self.text.strip() or self.media_url or self.template):
            raise ValueError("write a text, or give media_url or template")
        return self


class SendMessageOutput(Output):
    """The message in the ledger; what becomes of it is told by ``MESSAGE_SENT`` and ``MESSAGE_FAILED``. ``error`` says
    why it does not go out at all."""

    message_id: str
    state: str
    error: str = ""


@register
class SendMessage(InternalAction[SendMessageConfig, SendMessageOutput]):
    """Enters a message into the ledger with the step's key, so that it is sent once."""

    slug = "send_message"
    label = "Send a message"
    icon = "message"
    description = "Write to the contact in the conversation, or on the channel where they wrote last."
    category = "inbox"
    effect = Effect.IRREVERSIBLE
    channels = frozenset({"any"})
    Config = SendMessageConfig
    Output = SendMessageOutput
    example: ClassVar = {"text": "سلام {{ user.first_name }}"}
    example_output: ClassVar = {
        "message_id": "01900000-0000-7000-8000-000000000000",
        "state": "queued",
        "error": "",
    }

    def run(self, config: SendMessageConfig, context: ActionContext) -> SendMessageOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[SendMessageConfig]]) -> list[SendMessageOutput]:
        """One pass through gate and ledger for the whole batch."""
        messages = write_messages([_new_message(call) for call in calls])
        return [
            SendMessageOutput(message_id=str(message.id), state=message.state, error=message.error)
            for message in messages
        ]


def _new_message(call: ActionCall[SendMessageConfig]) -> NewMessage:
    config, context = call.config, call.context
    if context.conversation_id is None:
        context.contact()
    return NewMessage(
        effect_key=context.effect_key,
        author=context.actor,
        type=config.message_type,
        text=config.text,
        media_url=config.media_url,
        buttons=tuple(button.model_dump() for button in config.buttons),
        template=config.template,
        conversation_id=context.conversation_id,
        contact_id=context.contact_id,
        despite_human=config.even_if_human,
    )

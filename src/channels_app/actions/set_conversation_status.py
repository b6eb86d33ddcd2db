"""``set_conversation_status``: close a conversation, or change its status or who answers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import model_validator

from channels_app.models import Control, ConversationStatus
from channels_app.services.conversations import set_control, set_status
from core.forms import shown
from crm.actions.cause import cause_of
from workflow.actions.base import ActionContext, Config, Effect, InternalAction, Output, register


class StatusConfig(Config):
    """Give one or both."""

    status: Annotated[ConversationStatus | None, shown("Status", "What becomes of the conversation.")] = None
    control: Annotated[Control | None, shown("Who answers", "Who writes to the customer from now on.")] = None

    @model_validator(mode="after")
    def _something(self) -> StatusConfig:
        if self.status is None and self.control is None:
            raise ValueError("set a status, or who answers, or both")
        return self


class StatusOutput(Output):
    """Whether anything changed."""

    changed: bool


@register
class SetConversationStatus(InternalAction[StatusConfig, StatusOutput]):
    """Works on the conversation in which the workflow was started."""

    slug = "set_conversation_status"
    label = "Set the conversation's status"
    icon = "status"
    description = "Open, snooze or close the conversation, or set who answers in it."
    category = "inbox"
    effect = Effect.REVERSIBLE
    Config = StatusConfig
    Output = StatusOutput
    example: ClassVar = {"status": "closed"}
    example_output: ClassVar = {"changed": True}
    touches = frozenset({"conversation"})

    def run(self, config: StatusConfig, context: ActionContext) -> StatusOutput:
        """Change what is given."""
        changed = False
        if config.control is not None:
            changed |= set_control(context.conversation(), config.control, cause=cause_of(context))
        if config.status is not None:
            changed |= set_status(
                context.conversation(),
                config.status,
                actor=context.actor,
                cause=context.event_id,
                depth=context.depth,
            )
        return StatusOutput(changed=changed)

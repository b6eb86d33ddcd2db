"""``emit_event``: an event of one of the tenant's own types happens."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.errors import PermanentError
from core.forms import shown
from events.services.publishing import NewEvent, publish
from workflow.actions.base import ActionContext, Config, Effect, InternalAction, Output, register
from workflow.engine.storing import storable
from workflow.models import EventType


class NotOwnTypeError(PermanentError):
    """Workflows publish events of the tenant's own types only."""


class EmitEventConfig(Config):
    """What happened, with its data."""

    event_type: Annotated[
        str,
        Field(min_length=1, max_length=60, examples=["ORDER_SHIPPED"]),
        shown("Event type", "The type of the event that happens.", relation="event-type"),
    ]
    data: Annotated[
        dict[str, Any], Field(max_length=100), shown("Data", "What the event tells: a value for each name.")
    ] = Field(default_factory=dict)


class EmitEventOutput(Output):
    """The event."""

    event_id: uuid.UUID


@register
class EmitEvent(InternalAction[EmitEventConfig, EmitEventOutput]):
    """Built-in types are refused: such an event would tell of something that did not happen."""

    slug = "emit_event"
    label = "Publish an event"
    icon = "event"
    description = "Let an event of a type of your own happen to this contact; workflows may start on it."
    category = "flow"
    effect = Effect.REVERSIBLE
    Config = EmitEventConfig
    Output = EmitEventOutput
    example: ClassVar = {"event_type": "ORDER_SHIPPED", "data": {"order": "{{ event.data.order_id }}"}}
    example_output: ClassVar = {"event_id": "01900000-0000-7000-8000-000000000001"}

    def problems(self, config: dict[str, Any]) -> list[tuple[str, str]]:
        """The event type is there, and the tenant's own."""
        problem = _type_problem(config["event_type"]) if "event_type" in config else ""
        return [("event_type", problem)] if problem else []

    def run(self, config: EmitEventConfig, context: ActionContext) -> EmitEventOutput:
        """Raises ``NotOwnTypeError``."""
        problem = _type_problem(config.event_type)
        if problem:
            raise NotOwnTypeError(f"event_type: {problem}.")
        event = publish(
            NewEvent(
                type=config.event_type,
                data=storable(config.data),
                contact_id=context.contact_id,
                conversation_id=context.conversation_id,
                actor=context.actor,
                causation_id=context.event_id,
                depth=context.depth,
            )
        )
        assert event is not None, "an event without a key is always recorded"
        return EmitEventOutput(event_id=event.id)


def _type_problem(code: str) -> str:
    known = EventType.objects.filter(code=code).first()
    if known is None:
        return f"there is no event type {code!r}; make it among the event types first"
    if known.is_builtin:
        return f"{code} is built in, and only published when it is so; choose one of your own"
    return ""

"""From an action's context to the cause of its change."""

from __future__ import annotations

from crm.services.cause import Cause
from workflow.actions.base import ActionContext


def cause_of(context: ActionContext) -> Cause:
    """The cause that events of this action's change carry."""
    return Cause(
        actor=context.actor,
        event_id=context.event_id,
        depth=context.depth,
        conversation_id=context.conversation_id,
    )

"""``called``: another workflow starts it."""

from __future__ import annotations

from workflow.events import WORKFLOW_CALLED
from workflow.graph import TriggerSpec, TriggerType, register_trigger


@register_trigger
class CalledTrigger(TriggerType):
    """What the caller hands over stands in ``event.data.inputs``."""

    slug = "called"
    label = "Called"
    description = "Another workflow starts it, by the action start_workflow or as a sub-workflow."

    def event_type(self, spec: TriggerSpec) -> str:
        """That of calls."""
        return WORKFLOW_CALLED.code

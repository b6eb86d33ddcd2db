"""``manual``: someone starts it, for a contact, a list or a segment."""

from __future__ import annotations

from workflow.events import WORKFLOW_STARTED_MANUALLY
from workflow.graph import TriggerSpec, TriggerType, register_trigger


@register_trigger
class ManualTrigger(TriggerType):
    """For workflows that nothing else starts. Those with other triggers may be started by hand too."""

    slug = "manual"
    label = "By hand"
    icon = "hand"
    description = "Someone starts it, for one contact, a list or a segment."

    def event_type(self, spec: TriggerSpec) -> str:
        """That of runs by hand."""
        return WORKFLOW_STARTED_MANUALLY.code

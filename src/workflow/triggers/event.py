"""``event``: every event of a type for which the predicate holds."""

from __future__ import annotations

from workflow.graph import TriggerSpec, TriggerType, register_trigger


@register_trigger
class EventTrigger(TriggerType):
    """The event type stands in the trigger itself."""

    slug = "event"
    label = "Event"
    description = "Something happens: a message comes in, a tag is added, an order is paid."
    addressed = False
    keys = frozenset({"event_type", "trigger_id"})

    def event_type(self, spec: TriggerSpec) -> str:
        """The one that was chosen."""
        return spec.event_type

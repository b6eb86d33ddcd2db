"""``segment``: a contact comes into a segment, or goes out of it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from core.forms import shown
from crm.events import SEGMENT_ENTERED, SEGMENT_LEFT
from crm.selectors import problems_of_segment
from workflow.graph import NodeConfig, TriggerSpec, TriggerType, register_trigger

_EVENTS = {"entered": SEGMENT_ENTERED.code, "left": SEGMENT_LEFT.code}


class SegmentTriggerConfig(NodeConfig):
    """Which segment, and which way."""

    segment: Annotated[str, shown("Segment", relation="segment")] = Field(
        min_length=1, max_length=60, description="The segment's key.", examples=["loyal"]
    )
    on: Annotated[Literal["entered", "left"], shown("When")] = Field(
        default="entered", description="Coming in or going out."
    )


@register_trigger
class SegmentTrigger(TriggerType):
    """Of those who are inside already nothing is told, unless the segment is announced when it is filled."""

    slug = "segment"
    label = "Segment"
    icon = "people"
    description = "A contact comes into a segment, or goes out of it."
    Config = SegmentTriggerConfig
    example: ClassVar[dict[str, Any]] = {"segment": "loyal", "on": "entered"}
    addressed = False

    def event_type(self, spec: TriggerSpec) -> str:
        """Entered or left; entered while the config is not whole."""
        return _EVENTS.get(spec.config.get("on", "entered"), SEGMENT_ENTERED.code)

    def predicate(self, spec: TriggerSpec) -> dict[str, Any]:
        """It is this segment."""
        return {"field": "event.data.key", "op": "equals", "value": spec.config.get("segment", "")}

    def problems(self, spec: TriggerSpec) -> list[str]:
        """The segment is there, and filled."""
        return problems_of_segment(SegmentTriggerConfig.model_validate(spec.config).segment)

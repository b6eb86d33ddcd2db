"""``called``: another workflow starts it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.forms import shown
from core.sandbox.schemas import InvalidSchemaError, check_schema
from workflow.events import WORKFLOW_CALLED
from workflow.graph import NodeConfig, TriggerSpec, TriggerType, register_trigger
from workflow.services.calling import CALLED


class CalledConfig(NodeConfig):
    """What the workflow must be given."""

    inputs_schema: Annotated[dict[str, Any] | None, shown("Shape of the inputs", widget="json")] = Field(
        default=None,
        description="JSON Schema of the inputs; a call with others fails. Left out, anything goes.",
    )


@register_trigger
class CalledTrigger(TriggerType):
    """What the caller hands over stands in ``event.data.inputs``. Of several triggers of this type the first counts."""

    slug = CALLED
    label = "Called"
    description = "Another workflow starts it, by the action start_workflow or as a sub-workflow."
    Config = CalledConfig
    example: ClassVar[dict[str, Any]] = {
        "inputs_schema": {
            "type": "object",
            "properties": {"order": {"type": "string"}},
            "required": ["order"],
        }
    }

    def event_type(self, spec: TriggerSpec) -> str:
        """That of calls."""
        return WORKFLOW_CALLED.code

    def problems(self, spec: TriggerSpec) -> list[str]:
        """The schema is one."""
        schema = CalledConfig.model_validate(spec.config).inputs_schema
        try:
            check_schema(schema or {})
        except InvalidSchemaError as exc:
            return [f"inputs_schema: {exc}"]
        return []

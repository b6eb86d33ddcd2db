"""``start_workflow``: another workflow starts, and this one goes on."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.forms import shown
from workflow.actions.base import ActionContext, Config, Effect, InternalAction, Output, register
from workflow.engine.storing import storable
from workflow.services.calling import Caller, call_workflow, start_problem


class StartWorkflowConfig(Config):
    """Which workflow, and what it is given as ``event.data.inputs``."""

    workflow: Annotated[uuid.UUID, shown("Workflow", relation="workflow")] = Field(
        description="An active workflow with a trigger of the type called."
    )
    inputs: Annotated[
        dict[str, Any], Field(max_length=50), shown("Inputs", "What it is given, as event.data.inputs.")
    ] = Field(default_factory=dict)


class StartWorkflowOutput(Output):
    """The event that starts it. Whether it does is for its own rules to say: see that event's explanation."""

    event_id: uuid.UUID


@register
class StartWorkflow(InternalAction[StartWorkflowConfig, StartWorkflowOutput]):
    """The other workflow starts after this step's transaction, for the same contact and conversation."""

    slug = "start_workflow"
    label = "Start a workflow"
    icon = "workflow"
    description = "Start another workflow for this contact, and go on without waiting for it."
    category = "flow"
    effect = Effect.REVERSIBLE
    Config = StartWorkflowConfig
    Output = StartWorkflowOutput
    example: ClassVar = {
        "workflow": "01900000-0000-7000-8000-000000000000",
        "inputs": {"order": "{{ event.data.order_id }}"},
    }
    example_output: ClassVar = {"event_id": "01900000-0000-7000-8000-000000000001"}

    def problems(self, config: dict[str, Any]) -> list[tuple[str, str]]:
        """The workflow is there, and takes calls."""
        problem = start_problem(uuid.UUID(str(config["workflow"]))) if "workflow" in config else ""
        return [("workflow", problem)] if problem else []

    def run(self, config: StartWorkflowConfig, context: ActionContext) -> StartWorkflowOutput:
        """Raises ``NotStartableError`` and ``SchemaMismatchError``."""
        caller = Caller(
            actor=context.actor,
            event_id=context.event_id,
            depth=context.depth,
            contact_id=context.contact_id,
            conversation_id=context.conversation_id,
            inputs=storable(config.inputs),
        )
        return StartWorkflowOutput(event_id=call_workflow(config.workflow, caller).id)

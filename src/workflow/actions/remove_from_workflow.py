"""``remove_from_workflow``: the contact leaves a workflow, or all of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from core.forms import shown
from events.models import Event
from workflow.actions.base import ActionContext, Config, Effect, InternalAction, Leave, Output, register
from workflow.events import WORKFLOW_CALLED
from workflow.models import ExecutionState, Workflow, WorkflowExecution

_ACTOR = "workflow:"
_REASON = "removed"


class RemoveFromWorkflowConfig(Config):
    """Out of which workflow."""

    workflow: Annotated[uuid.UUID | None, shown("Workflow", relation="workflow")] = Field(
        default=None, description="This one."
    )
    all: Annotated[bool, shown("All workflows")] = Field(
        default=False, description="Every workflow that the contact is in."
    )
    include_self: Annotated[bool, shown("This one too")] = Field(
        default=False, description="The execution that this step belongs to ends too, when it is one of them."
    )

    @model_validator(mode="after")
    def _one_target(self) -> RemoveFromWorkflowConfig:
        if (self.workflow is None) == (not self.all):
            raise ValueError("give either 'workflow' or 'all': true")
        return self


class RemoveFromWorkflowOutput(Output):
    """How many executions ended, children not counted."""

    count: int


@register
class RemoveFromWorkflow(InternalAction[RemoveFromWorkflowConfig, RemoveFromWorkflowOutput]):
    """Ends the contact's executions with the reason ``removed``. Those that called this one and wait for it go on."""

    slug = "remove_from_workflow"
    label = "Remove from a workflow"
    icon = "exit"
    description = "End what the contact is in the middle of, in one workflow or in all."
    category = "flow"
    effect = Effect.IRREVERSIBLE
    Config = RemoveFromWorkflowConfig
    Output = RemoveFromWorkflowOutput
    example: ClassVar = {"workflow": "01900000-0000-7000-8000-000000000000"}
    example_output: ClassVar = {"count": 1}

    def problems(self, config: dict[str, Any]) -> list[tuple[str, str]]:
        """The workflow is there."""
        target = config.get("workflow")
        if target is None or Workflow.objects.filter(id=target).exists():
            return []
        return [("workflow", "there is no such workflow; choose another")]

    def run(
        self, config: RemoveFromWorkflowConfig, context: ActionContext
    ) -> RemoveFromWorkflowOutput | Leave:
        """Raises ``MissingSubjectError``."""
        from workflow.engine.leaving import UNDER_WAY, end_trees  # which need the actions to be there

        rows = WorkflowExecution.objects.filter(
            contact_id=context.contact(), parent__isnull=True, state__in=UNDER_WAY
        )
        if config.workflow is not None:
            rows = rows.filter(workflow_id=config.workflow)
        own = dict(_own_chain(context))
        others = {
            execution_id
            for execution_id, event_id, workflow_id in rows.values_list("id", "event_id", "workflow_id")
            if own.get(event_id) != workflow_id
        }
        ended = end_trees(others, reason=_REASON, state=ExecutionState.EXITED)
        output = RemoveFromWorkflowOutput(count=len(others.intersection(ended)))
        mine = own.get(context.event_id)
        if config.include_self and mine is not None and config.workflow in (None, mine):
            return Leave(RemoveFromWorkflowOutput(count=output.count + 1), _REASON)
        return output


def _own_chain(context: ActionContext) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """``(event, workflow)`` of the execution that the step belongs to, and of those that called it as a sub-workflow."""
    actor, event_id = context.actor, context.event_id
    while actor.startswith(_ACTOR):
        yield event_id, uuid.UUID(actor.removeprefix(_ACTOR))
        event = Event.objects.filter(id=event_id, type=WORKFLOW_CALLED.code).first()
        if event is None or event.causation_id is None or not event.data.get("caller"):
            return
        actor, event_id = event.actor, event.causation_id

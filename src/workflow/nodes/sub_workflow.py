"""``sub_workflow``: another workflow runs as a part of this one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.errors import PermanentError
from core.forms import shown
from events.services.publishing import NewEvent, publish_many
from workflow.engine import steps
from workflow.engine.matching import MAX_DEPTH
from workflow.engine.plan import Plan, plan_of
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run
from workflow.engine.storing import storable
from workflow.events import WORKFLOW_CALLED
from workflow.graph import Document, Node, NodeConfig, NodeType, PortRule, Problem, register
from workflow.graph.node_types import config_or_none
from workflow.models import ExecutionState, Version, Workflow, WorkflowExecution
from workflow.services.calling import check_inputs


class SubWorkflowConfig(NodeConfig):
    """Which workflow, and what it is given as ``event.data.inputs``."""

    workflow: Annotated[uuid.UUID, shown("Workflow", "Which workflow is called.", relation="workflow")]
    inputs: Annotated[
        dict[str, Any], Field(max_length=50), shown("Inputs", "What it is given, as event.data.inputs.")
    ] = Field(default_factory=dict)


class NotCallableError(PermanentError):
    """That workflow does not exist or was never published."""


class TooDeepError(PermanentError):
    """Workflows call one another too deeply; there is a circle in it."""


class SubWorkflowFailedError(PermanentError):
    """The called workflow did not end well."""


@register
class SubWorkflow(NodeType):
    """The called workflow runs in its active version as a child execution, for an event of its own. Its output is what its
    exit node was given."""

    slug = "sub_workflow"
    label = "Sub-workflow"
    icon = "workflow"
    description = "Run another workflow, and go on when it has ended."
    Config = SubWorkflowConfig
    example: ClassVar = {
        "workflow": "01900000-0000-7000-8000-000000000000",
        "inputs": {"order": "{{ event.data.order_id }}"},
    }
    port_rule = PortRule(fixed=("next", "error"))

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """The workflow is there and published."""
        config = config_or_none(self, node.config)
        if (
            config is None
            or Workflow.objects.filter(id=config.workflow, active_version__isnull=False).exists()
        ):
            return []
        return [Problem(place=f"{node.id}/workflow", message=f"{NotCallableError.__doc__} Choose another.")]

    def run(self, runs: Sequence[Run]) -> None:
        """Spawn the called workflows and wait for them."""
        for run in runs:
            steps.begin(run, self.slug)
        called = CalledWorkflows()
        calls: list[tuple[Run, Plan, dict[str, Any]]] = []
        for run, config in zip(runs, configs_of(runs), strict=True):
            if isinstance(config, Exception):
                steps.fail(run, config)
                continue
            assert isinstance(config, SubWorkflowConfig)
            assert run.step is not None
            steps.keep_input(run.step, config)
            inputs = storable(config.inputs)
            try:
                if run.event.depth >= MAX_DEPTH:
                    raise TooDeepError
                calls.append((run, called.plan(config.workflow, inputs), inputs))
            except PermanentError as exc:
                steps.fail(run, exc)
        events = publish_many([_event(run, inputs) for run, _, inputs in calls])
        for (run, plan, _), event in zip(calls, events, strict=True):
            steps.spawn(run, f"{run.node.id}:", plan.start, plan=plan, event=event)
            steps.rest(run)

    def child_ended(self, run: Run, child: WorkflowExecution) -> None:
        """Its output is this step's; its failure too."""
        if child.state in (ExecutionState.COMPLETED, ExecutionState.EXITED):
            output = (child.scope or {}).get("result", {})
            steps.complete(run, {"execution": str(child.id), "state": child.state, "output": output})
        else:
            steps.fail(run, SubWorkflowFailedError(child.error or f"It was {child.state}."))


def _event(run: Run, inputs: dict[str, Any]) -> NewEvent:
    execution = run.execution
    return NewEvent(
        type=WORKFLOW_CALLED.code,
        data={"caller": str(execution.id), "inputs": inputs},
        contact_id=execution.contact_id,
        conversation_id=execution.conversation_id,
        actor=f"workflow:{execution.workflow_id}",
        causation_id=run.event.id,
        depth=run.event.depth + 1,
    )


class CalledWorkflows:
    """The active versions of the workflows that a batch calls, each read once."""

    def __init__(self) -> None:
        self._called: dict[uuid.UUID, tuple[Version, Plan] | None] = {}

    def plan(self, workflow_id: uuid.UUID, inputs: Mapping[str, Any]) -> Plan:
        """The active version, which may be called with these inputs. Raises ``NotCallableError``, and
        ``SchemaMismatchError``, which names the input, where its ``called`` trigger asks for others."""
        if workflow_id not in self._called:
            workflow = Workflow.objects.select_related("active_version").filter(id=workflow_id).first()
            version = workflow.active_version if workflow is not None else None
            known = (version, plan_of(version, workflow.name)) if workflow and version else None
            self._called[workflow_id] = known
        called = self._called[workflow_id]
        if called is None:
            raise NotCallableError
        check_inputs(called[0], inputs)
        return called[1]

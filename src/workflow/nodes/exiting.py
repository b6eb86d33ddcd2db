"""``exit``: the execution ends here, from within branches and loops too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from core.forms import shown
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run
from workflow.engine.storing import stored
from workflow.graph import NodeConfig, NodeType, register
from workflow.models import ExecutionState

_STATES = {
    "completed": ExecutionState.COMPLETED,
    "exited": ExecutionState.EXITED,
    "failed": ExecutionState.FAILED,
}


class ExitConfig(NodeConfig):
    """How it ended, in the workflow's own words; ``converted`` counts it as having reached its goal; ``output`` is what a
    workflow that called this one is given."""

    outcome: Annotated[
        Literal["completed", "exited", "failed"], shown("Outcome", "How the execution ends.")
    ] = "completed"
    note: Annotated[
        str,
        Field(max_length=500),
        shown("Note", "Why, in the workflow's own words; may use Liquid.", widget="liquid", lines=1),
    ] = ""
    converted: Annotated[bool, shown("Counts as a conversion", "As if the goal had been reached.")] = False
    output: Annotated[dict[str, Any], shown("Output", "What a workflow that called this one is given.")] = (
        Field(default_factory=dict)
    )


@register
class Exit(NodeType):
    """Ends the execution with an outcome."""

    slug = "exit"
    label = "Exit"
    icon = "flag"
    description = "End here, with an outcome."
    leaves_step = False
    Config = ExitConfig
    example: ClassVar = {"outcome": "exited", "note": "No stock for {{ event.data.product }}"}

    def run(self, runs: Sequence[Run]) -> None:
        """The node stays on the execution's outputs."""
        for run, config in zip(runs, configs_of(runs), strict=True):
            if isinstance(config, Exception):
                steps.stumble(run, str(config))
                continue
            assert isinstance(config, ExitConfig)
            output = stored(config.output)
            run.execution.outputs[run.node.id] = {"result": config.outcome, "note": config.note, **output}
            if output:
                run.scope["result"] = output
            if config.converted:
                run.execution.converted_at = datetime.now(UTC)
            steps.end(run, _STATES[config.outcome], config.note, reason="exit")

"""``loop``: the body runs once for each item of a bounded list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from core.errors import PermanentError
from core.forms import shown
from core.predicates.paths import path_reader
from workflow.engine import steps
from workflow.engine.run import Run, fill, is_part, line_of
from workflow.graph import Node, NodeConfig, NodeType, PortRule, register
from workflow.graph.node_types import ERROR
from workflow.models import ExecutionState, WorkflowExecution
from workflow.nodes.children import children_of, left_by_exit, take_over, under_way

MOST_ITEMS = 1_000


class LoopConfig(NodeConfig):
    """``items`` is the field that holds the list, such as ``event.data.items`` or ``steps.search.json.results``."""

    items: Annotated[
        str,
        Field(min_length=1, max_length=300),
        shown("List", "The field that holds the list.", widget="field"),
    ]
    max_items: Annotated[
        int, Field(ge=1, le=MOST_ITEMS, description="A longer list is an error."), shown("Most turns")
    ] = 100
    at_once: Annotated[
        int, Field(ge=1, le=20, description="How many turns run side by side."), shown("Side by side")
    ] = 1
    on_error: Annotated[
        Literal["stop", "continue"],
        Field(description="What a failed turn means for those after it."),
        shown("When a turn fails"),
    ] = "stop"


class NotAListError(PermanentError):
    """There is no list at that field."""


class TooManyItemsError(PermanentError):
    """The list is longer than max_items."""


class TurnFailedError(PermanentError):
    """A turn of the loop failed."""


@register
class Loop(NodeType):
    """Each turn is a child execution with ``loop.item``, ``loop.index`` (from 0), ``loop.number`` (from 1), ``loop.count``.
    A turn ends where its body leads back to the loop, or nowhere."""

    slug = "loop"
    label = "Loop"
    icon = "loop"
    description = "Do something for each item of a list."
    Config = LoopConfig
    example: ClassVar = {"items": "event.data.items", "max_items": 50}
    verbatim = frozenset({"items"})
    branches = True
    port_rule = PortRule(fixed=("each", "next", "error"))

    def roots(self, node: Node) -> frozenset[str]:
        """That of the list."""
        return frozenset({str(node.config.get("items", "")).split(".", 1)[0]})

    def compile(self, node: Node) -> LoopConfig:
        """The config."""
        return LoopConfig.model_validate(node.config)

    def run(self, runs: Sequence[Run]) -> None:
        """A turn that comes back is over, and so is a branch, or a turn of another loop, within a turn; whoever comes new
        begins to loop."""
        for run in runs:
            turn = f"{run.node.id}:"
            if any(is_part(each) and each.branch.startswith(turn) for each in line_of(run.execution)):
                steps.end(run, ExecutionState.COMPLETED)
            else:
                self._begin(run)

    def _begin(self, run: Run) -> None:
        config: LoopConfig = run.node.spec
        step = steps.begin(run, self.slug)
        fill([run], run.node.roots)
        items = path_reader(config.items)(run.context)
        if not isinstance(items, list):
            steps.fail(
                run, NotAListError(f"There is no list at {config.items!r}; it is {type(items).__name__}.")
            )
            return
        if len(items) > config.max_items:
            steps.fail(run, TooManyItemsError(f"{len(items)} items, and max_items is {config.max_items}."))
            return
        step.input = {"items": len(items)}
        run.scope.setdefault("loops", {})[run.node.id] = {"items": items, "begun": 0, "failed": 0}
        steps.rest(run)
        for _ in range(min(config.at_once, len(items))):
            self._turn(run)
        if not items:
            self._complete(run)

    def _turn(self, run: Run) -> None:
        """Spawn the next turn."""
        state = run.scope["loops"][run.node.id]
        index = state["begun"]
        state["begun"] += 1
        loop = {
            "item": state["items"][index],
            "index": index,
            "number": index + 1,
            "count": len(state["items"]),
        }
        steps.spawn(run, f"{run.node.id}:{index}", run.node.next["each"], scope={"loop": loop})

    def child_ended(self, run: Run, child: WorkflowExecution) -> None:
        """The next turn, or the end."""
        if left_by_exit(run, child):
            return
        config: LoopConfig = run.node.spec
        state = run.scope["loops"][run.node.id]
        if child.state == ExecutionState.COMPLETED:
            take_over(run, child)
        else:
            state["failed"] += 1
            state.setdefault("error", f"turn {child.branch.split(':', 1)[1]}: {child.error or child.state}")
        stopped = bool(state["failed"]) and config.on_error == "stop"
        if state["begun"] < len(state["items"]) and not stopped:
            self._turn(run)
        elif not under_way(children_of(run)):
            if stopped:
                if ERROR in run.node.next:
                    run.scope["loops"].pop(run.node.id)
                # Without a way on the execution fails here, and a retry takes its turns on from where they stand.
                steps.fail(run, TurnFailedError(state["error"]))
            else:
                self._complete(run)

    def taken_on(self, run: Run, children: Sequence[WorkflowExecution]) -> None:
        """All turns that had failed are taken on, so that none has."""
        state = run.scope["loops"][run.node.id]
        state["failed"] = 0
        state.pop("error", None)

    def _complete(self, run: Run) -> None:
        state: dict[str, Any] = run.scope["loops"].pop(run.node.id)
        steps.complete(run, {"count": len(state["items"]), "failed": state["failed"]})

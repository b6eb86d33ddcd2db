"""``parallel`` and ``join``: branches that run side by side, and where they come together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from core.errors import PermanentError
from core.forms import shown
from workflow.engine import steps
from workflow.engine.run import Run, is_part
from workflow.graph import Document, Node, NodeConfig, NodeType, PortRule, Problem, register
from workflow.graph.document import NODE_ID
from workflow.graph.node_types import config_or_none
from workflow.graph.structure import joins_of, nexts_of
from workflow.models import ExecutionState, WorkflowExecution
from workflow.nodes.children import cancel, children_of, left_by_exit, take_over, under_way

#: Of a parallel node and one of its branches, which a child execution is known by (``WorkflowExecution.branch``).
_NAMES = 79


class BranchesFailedError(PermanentError):
    """Too few branches came to the join."""


class ParallelConfig(NodeConfig):
    """The branches, each a port."""

    branches: Annotated[
        list[Annotated[str, Field(pattern=NODE_ID)]],
        Field(min_length=2, max_length=20),
        shown("Branches", "A name for each; they run side by side.", widget="list"),
    ]

    @model_validator(mode="after")
    def _different(self) -> ParallelConfig:
        if len(set(self.branches)) < len(self.branches) or {"error"} & set(self.branches):
            raise ValueError("each branch needs a name of its own, and 'error' is taken")
        return self


class JoinConfig(NodeConfig):
    """How many branches must have come: all, any one, or ``n``. The others are cancelled."""

    mode: Annotated[Literal["all", "any", "n"], shown("Wait for", "How many branches must have come.")] = (
        "all"
    )
    n: Annotated[
        Annotated[int, Field(ge=1, le=20)] | None,
        shown("How many", "Of the branches, when it is a number of them.", when={"mode": ["n"]}),
    ] = None

    @model_validator(mode="after")
    def _complete(self) -> JoinConfig:
        if (self.mode == "n") != (self.n is not None):
            raise ValueError("'n' goes with the mode 'n', and only with it")
        return self


@register
class Parallel(NodeType):
    """Each branch is a child execution; the parent waits, and goes on at the join."""

    slug = "parallel"
    label = "Parallel"
    icon = "parallel"
    description = "Do several things side by side; a join brings them together."
    Config = ParallelConfig
    example: ClassVar = {"branches": ["left", "right"]}
    branches = True
    port_rule = PortRule(each="branches", fixed=("error",))

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """No dead branch, and no join that waits for more than there are."""
        config = config_or_none(self, node.config)
        if config is None:
            return []
        nexts = nexts_of(document)
        problems = [
            Problem(place=node.id, message=f"branch {branch!r} leads nowhere; connect it or delete it")
            for branch in config.branches
            if branch not in nexts[node.id]
        ]
        problems += [
            Problem(
                place=node.id,
                message=f"the names {node.id!r} and {branch!r} are too long together: at most {_NAMES} characters; "
                "rename one",
            )
            for branch in config.branches
            if len(node.id) + len(branch) > _NAMES
        ]
        nodes = {other.id: other for other in document.nodes}
        for join in joins_of(nodes, nexts).get(node.id, ()):
            needed = nodes[join].config.get("n")
            if isinstance(needed, int) and needed > len(config.branches):
                problems.append(
                    Problem(
                        place=join,
                        message=f"join {join!r} waits for {needed} of {len(config.branches)} branches; "
                        "lower n",
                    )
                )
        return problems

    def run(self, runs: Sequence[Run]) -> None:
        """Spawn the branches and wait for them."""
        for run in runs:
            node = run.node
            steps.begin(run, self.slug)
            for port in node.config["branches"]:
                steps.spawn(run, f"{node.id}:{port}", node.next[port])
            steps.rest(run)

    def child_ended(self, run: Run, child: WorkflowExecution) -> None:
        """Go on when enough branches have come, or when no more can come."""
        if left_by_exit(run, child):
            return
        # In the order of the document, whoever came first: the last one prevails where two set one variable.
        order: list[str] = run.node.config["branches"]
        children = sorted(children_of(run), key=lambda child: order.index(_port(child)))
        came = [c for c in children if c.state == ExecutionState.COMPLETED]
        open_ones = under_way(children)
        join = run.plan.joins.get(run.node.id, "")
        if len(came) >= _needed(run, join, len(children)):
            cancel(run, open_ones)
            for branch in came:
                take_over(run, branch)
            steps.finish(run, {"came": [_port(c) for c in came]}, port="next")
            if join:
                steps.jump(run, join)
            else:
                run.step = None
                steps.end(run, ExecutionState.COMPLETED)
        elif not open_ones:
            failed = "; ".join(f"{_port(c)}: {c.error or c.state}" for c in children if c not in came)
            steps.fail(run, BranchesFailedError(f"{len(came)} of {len(children)} branches came: {failed}"))


def _port(child: WorkflowExecution) -> str:
    return child.branch.split(":", 1)[1]


def _needed(run: Run, join: str, branches: int) -> int:
    config = run.plan.nodes[join].spec if join else JoinConfig()
    return {"all": branches, "any": 1, "n": min(config.n or 1, branches)}[config.mode]


@register
class Join(NodeType):
    """A branch that comes here has done its part; the parent passes through."""

    slug = "join"
    label = "Join"
    icon = "join"
    description = "Where branches come together: all, any, or n of them."
    leaves_step = False
    Config = JoinConfig
    example: ClassVar = {"mode": "all"}
    port_rule = PortRule(fixed=("next",))

    def compile(self, node: Node) -> Any:
        """The config."""
        return JoinConfig.model_validate(node.config)

    def run(self, runs: Sequence[Run]) -> None:
        """Arrive, or pass."""
        for run in runs:
            parallel = run.execution.branch.split(":", 1)[0]
            if is_part(run.execution) and run.plan.joins.get(parallel) == run.node.id:
                steps.end(run, ExecutionState.COMPLETED)
            else:
                steps.decide(run, "next")

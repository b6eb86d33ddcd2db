"""``switch``: the first case that holds says where to go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from core.forms import shown
from core.predicates import Predicate, Result
from workflow.compiling import compile_predicate, roots_used
from workflow.engine import steps
from workflow.engine.run import Run, fill, with_history
from workflow.graph import Document, Node, NodeConfig, NodeType, PortRule, Problem, register
from workflow.graph.document import NODE_ID
from workflow.graph.node_types import config_or_none

DEFAULT = "default"


class Case(NodeConfig):
    """A port, and the predicate that leads to it."""

    port: Annotated[str, Field(pattern=NODE_ID), shown("Name", "The way out of this case.")]
    label: Annotated[str, Field(max_length=120), shown("Label", "What the graph shows for it.")] = ""
    predicate: Annotated[
        dict[str, Any],
        shown("Condition", "When this way is taken; the first case that holds.", widget="predicate"),
    ]


class SwitchConfig(NodeConfig):
    """The cases in their order."""

    cases: Annotated[
        list[Case], Field(min_length=1, max_length=20), shown("Cases", "Tried from the first to the last.")
    ]

    @model_validator(mode="after")
    def _different(self) -> SwitchConfig:
        ports = [case.port for case in self.cases]
        if len(set(ports)) < len(ports) or {DEFAULT, "error"} & set(ports):
            raise ValueError("each case needs a port of its own, and 'default' and 'error' are taken")
        return self


@register
class Switch(NodeType):
    """Leaves by the port of the first case that holds, else by ``default``. A case that cannot be decided before one
    holds is an error."""

    slug = "switch"
    label = "Switch"
    icon = "switch"
    description = "Go one of several ways."
    leaves_step = False
    Config = SwitchConfig
    example: ClassVar = {
        "cases": [
            {"port": "arabic", "predicate": {"field": "user.language", "op": "equals", "value": "ar"}},
            {"port": "persian", "predicate": {"field": "user.language", "op": "equals", "value": "fa"}},
        ]
    }
    verbatim = frozenset({"cases"})
    branches = True
    port_rule = PortRule(each="cases", key="port", label="label", fixed=(DEFAULT, "error"))

    def roots(self, node: Node) -> frozenset[str]:
        """Those that the cases read."""
        return frozenset().union(*(roots_used(case["predicate"]) for case in node.config["cases"]))

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """Each case has a predicate that can be used."""
        from workflow.services.checking import predicate_problems

        config = config_or_none(self, node.config)
        return [
            problem
            for number, case in enumerate(config.cases if config else ())
            for problem in predicate_problems(
                case.predicate, f"{node.id}/cases/{number}/predicate", needed=True
            )
        ]

    def compile(self, node: Node) -> list[tuple[str, Predicate | None]]:
        """``(port, predicate)`` of each case."""
        config = SwitchConfig.model_validate(node.config)
        return [(case.port, compile_predicate(case.predicate)) for case in config.cases]

    def run(self, runs: Sequence[Run]) -> None:
        """Case by case."""
        fill(runs, {root for run in runs for root in run.node.roots})
        for run in runs:
            _choose(run, with_history(run.context, run.execution))

    def grounds(self, run: Run) -> Any:
        """What each line of each case found."""
        context = with_history(run.context, run.execution)
        return [
            {"port": port, "explanation": predicate.explain(context).as_dict()}
            for port, predicate in run.node.spec
            if predicate is not None
        ]


def _choose(run: Run, context: dict[str, Any]) -> None:
    for port, predicate in run.node.spec:
        result = Result.TRUE if predicate is None else predicate.evaluate(context)
        if result is Result.TRUE:
            steps.decide(run, port)
            return
        if result is Result.ERROR:
            reasons = "; ".join(predicate.explain(context).errors())
            steps.stumble(run, f"case {port!r} could not be decided: {reasons}")
            return
    steps.decide(run, DEFAULT)

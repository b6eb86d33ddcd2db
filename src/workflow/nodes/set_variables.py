"""``set_variables``: values are kept under ``vars`` for the steps that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.forms import shown
from core.predicates.paths import path_reader
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run, fill
from workflow.engine.storing import TooLargeError, check_size, storable
from workflow.graph import Node, NodeConfig, NodeType, PortRule, register
from workflow.graph.node_types import config_or_none

#: Of all variables of an execution; templates see no more.
MOST_CHARS = 1_000_000

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]


class SetVariablesConfig(NodeConfig):
    """``values`` are texts with templates, or plain values; ``fields`` take a value as it is, a number as a number and a
    list as a list, from a field such as ``event.data.total``."""

    values: Annotated[
        dict[Name, Any], Field(max_length=50), shown("Values", "Texts with Liquid, or plain values, by name.")
    ] = Field(default_factory=dict)
    fields: Annotated[
        dict[Name, str],
        Field(max_length=50),
        shown(
            "Taken from fields", "By name: a field whose value is taken as it is, such as event.data.total."
        ),
    ] = Field(default_factory=dict)


@register
class SetVariables(NodeType):
    """Leaves no step behind; what was set stands in the node's output."""

    slug = "set_variables"
    label = "Set variables"
    icon = "variable"
    description = "Keep values for later steps."
    leaves_step = False
    Config = SetVariablesConfig
    example: ClassVar = {
        "values": {"greeting": "سلام {{ user.first_name }}"},
        "fields": {"total": "event.data.total"},
    }
    verbatim = frozenset({"fields"})
    port_rule = PortRule(fixed=("next", "error"))

    def roots(self, node: Node) -> frozenset[str]:
        """Those of the fields."""
        config = config_or_none(self, node.config)
        return frozenset(path.split(".", 1)[0] for path in config.fields.values()) if config else frozenset()

    def run(self, runs: Sequence[Run]) -> None:
        """Rendered together."""
        for run, config in zip(runs, configs_of(runs), strict=True):
            if isinstance(config, Exception):
                steps.stumble(run, str(config))
                continue
            assert isinstance(config, SetVariablesConfig)
            fill([run], ())
            copied = {name: path_reader(path)(run.context) for name, path in config.fields.items()}
            known = (run.execution.scope or {}).get("vars", {})
            try:
                check_size({**known, **config.values, **copied}, most=MOST_CHARS, what="The variables")
            except TooLargeError as exc:
                steps.stumble(run, str(exc))
                continue
            values = storable({**config.values, **copied})
            run.scope.setdefault("vars", {}).update(values)
            run.execution.outputs[run.node.id] = {"result": "next", **values}
            steps.leave(run, "next")

"""``split``: contacts are dealt to arms, for an A/B test or at random, with an arm that may be held out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from core.forms import shown
from workflow.engine import steps
from workflow.engine.run import Run
from workflow.graph import Node, NodeConfig, NodeType, PortRule, register
from workflow.graph.document import NODE_ID
from workflow.models import ExecutionState


class Arm(NodeConfig):
    """A port and its share; shares are weights beside one another. Those held out leave the workflow here, to be compared
    with the rest."""

    port: Annotated[str, Field(pattern=NODE_ID), shown("Name", "The way out of this arm.")]
    share: Annotated[float, Field(gt=0, le=1_000_000), shown("Share", "Weighed beside the other arms.")] = 1.0
    hold_out: Annotated[bool, shown("Hold out", "Those here leave, to be compared with the rest.")] = False


class SplitConfig(NodeConfig):
    """``stable`` gives a contact the same arm each time that it comes by, ``random`` draws anew. Two nodes with one
    ``seed`` deal alike."""

    arms: Annotated[
        list[Arm], Field(min_length=2, max_length=20), shown("Arms", "The ways, with their shares.")
    ]
    mode: Annotated[
        Literal["stable", "random"],
        shown("Dealing", "Stable: a contact gets the same arm each time. Random: anew."),
    ] = "stable"
    seed: Annotated[
        str, Field(max_length=100), shown("Seed", "Two nodes with one seed deal alike.", advanced=True)
    ] = ""

    @model_validator(mode="after")
    def _different(self) -> SplitConfig:
        ports = [arm.port for arm in self.arms]
        if len(set(ports)) < len(ports):
            raise ValueError("each arm needs a port of its own")
        return self


@register
class Split(NodeType):
    """Deals by a hash, so that no draw has to be remembered: the same on every machine, before and after a restart."""

    slug = "split"
    label = "Split"
    icon = "split"
    description = "Deal contacts to arms: A/B tests, random cohorts, a hold-out."
    leaves_step = False
    Config = SplitConfig
    example: ClassVar = {"arms": [{"port": "a", "share": 50}, {"port": "b", "share": 50}]}
    branches = True
    port_rule = PortRule(each="arms", key="port")

    def compile(self, node: Node) -> SplitConfig:
        """The config."""
        return SplitConfig.model_validate(node.config)

    def run(self, runs: Sequence[Run]) -> None:
        """Each run to its arm."""
        for run in runs:
            arm = arm_of(run.node.spec, run)
            if arm.hold_out:
                run.execution.outputs[run.node.id] = {"result": arm.port, "hold_out": True}
                steps.end(run, ExecutionState.EXITED, reason="hold_out")
            else:
                steps.decide(run, arm.port)


def arm_of(config: SplitConfig, run: Run) -> Arm:
    """The arm of a run: a hash of node (or seed) and contact, laid on the arms' shares. BLAKE2b spreads evenly."""
    execution = run.execution
    subject = execution.contact_id or execution.event_id if config.mode == "stable" else execution.id
    seed = config.seed or f"{execution.workflow_id}:{run.node.id}"
    digest = hashlib.blake2b(f"{seed}\x00{subject}".encode(), digest_size=8).digest()
    position = int.from_bytes(digest) / 2**64 * sum(arm.share for arm in config.arms)
    for arm in config.arms:
        position -= arm.share
        if position < 0:
            return arm
    return config.arms[-1]

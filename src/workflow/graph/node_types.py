"""What a node type is: a sort of step with its own config, ports and way to run, registered under its slug."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.registry import Registry
from workflow.graph.document import Document, Node, Problem

if TYPE_CHECKING:
    from workflow.engine.run import Run
    from workflow.models import WorkflowExecution

ERROR = "error"
NEXT = "next"


class NodeConfig(BaseModel):
    """Base of the node types' config models: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid")


class NoConfig(NodeConfig):
    """This node type has nothing to set here."""


@dataclass(frozen=True, slots=True)
class PortRule:
    """Which ports a node has, as data, so that a builder can tell them while its config is being edited.

    One for each item of the config's list ``each`` (its ``key``, or the item itself; ``label`` is the key of what people
    call it), then ``fixed``; a port named in ``when`` is there only while that key of the config is set.
    """

    fixed: tuple[str, ...] = ()
    each: str = ""
    key: str = ""
    label: str = ""
    when: Mapping[str, str] = field(default_factory=dict)

    @property
    def reads_config(self) -> bool:
        """Whether the ports depend on the node's config."""
        return bool(self.each or self.when)

    def of(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The ports of a node with this valid config."""
        return tuple(self._named(config))

    def _named(self, config: Mapping[str, Any]) -> Iterator[str]:
        for item in config.get(self.each, ()) if self.each else ():
            yield item[self.key] if self.key else item
        for port in self.fixed:
            if port not in self.when or config.get(self.when[port]):
                yield port


class NodeType(ABC):
    """Base of all node types.

    ``port_rule`` tells the node's ports; ``icon`` names one of the builder's (its category's, if left empty). ``keys`` are the parts of a node, beside its config, that the type reads: any other must be empty. ``verbatim`` are
    the keys of the config that are no templates. ``branches`` tells that one of its ports must lead on;
    ``leaves_step`` is false for those that only decide, whose result stands in the execution's outputs.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    Config: ClassVar[type[BaseModel]] = NoConfig
    example: ClassVar[dict[str, Any]] = {}
    port_rule: ClassVar[PortRule] = PortRule()
    icon: ClassVar[str] = ""
    keys: ClassVar[frozenset[str]] = frozenset()
    verbatim: ClassVar[frozenset[str]] = frozenset()
    branches: ClassVar[bool] = False
    leaves_step: ClassVar[bool] = True

    def ports(self, node: Node) -> tuple[str, ...] | None:
        """The node's ports; ``None`` while its config does not tell yet."""
        if self.port_rule.reads_config and config_or_none(self, node.config) is None:
            return None
        return self.port_rule.of(node.config)

    def pauses(self, node: Node) -> bool:
        """Whether an execution rests here, so that a cycle through it is harmless."""
        return False

    def roots(self, node: Node) -> frozenset[str]:
        """The roots that the type itself reads, beside those of templates and the node's predicate."""
        return frozenset()

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """What is wrong beyond the config's own model."""
        return []

    def compile(self, node: Node) -> Any:
        """What running needs of the node, made once: kept as the plan node's ``spec``."""
        return None

    @abstractmethod
    def run(self, runs: Sequence[Run]) -> None:
        """Take runs that stand at nodes of this type on: leave by a port, wait, spawn children, or end."""

    def ring(self, run: Run) -> bool:
        """The timer of a waiting step rang: whether the type has taken the run on itself. Else it leaves by the port that was
        set when it was parked."""
        return False

    def child_ended(self, run: Run, child: WorkflowExecution) -> None:
        """A child of the waiting run has ended. Only types that spawn children hear of it."""
        raise NotImplementedError(f"a {self.slug} node has no children")

    def taken_on(self, run: Run, children: Sequence[WorkflowExecution]) -> None:  # noqa: B027  (most forget nothing)
        """A failed run is retried: it waits again, and these children that had failed are taken on."""

    def grounds(self, run: Run) -> Any:
        """Why a node that decides leaves as it does, as JSON, for trials; asked while the run still stands here."""
        return None

    def describe(self) -> dict[str, Any]:
        """The catalogue entry, for the builder's palette and panels."""
        return {
            "slug": self.slug,
            "label": self.label,
            "description": self.description,
            "config_schema": self.Config.model_json_schema(),
            "example": self.example,
            "ports": list(self.ports(Node(id="example", type=self.slug, config=self.example)) or ()),
            "port_rule": asdict(self.port_rule),
            "keys": sorted(self.keys),
            "branches": self.branches,
            "icon": self.icon,
        }


NODE_TYPES: Registry[NodeType] = Registry("node type", base=NodeType)


def register(node_type: type[NodeType]) -> type[NodeType]:
    """Class decorator: register an instance under its slug."""
    NODE_TYPES.add(node_type.slug, node_type())
    return node_type


def config_or_none(node_type: NodeType, config: Mapping[str, Any]) -> Any:
    """The config's model, or ``None`` while it is not valid."""
    try:
        return node_type.Config.model_validate(config)
    except ValidationError:
        return None

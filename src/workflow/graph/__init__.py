"""The workflow document: its shape, and what can be wrong with its graph."""

from __future__ import annotations

from workflow.graph.document import Document, DocumentError, Edge, Node, Problem, TriggerSpec, read
from workflow.graph.node_types import NODE_TYPES, NoConfig, NodeConfig, NodeType, PortRule, register
from workflow.graph.policy import ExitEvent, Exits, Goal, Limits, PauseRule, Policy, Reentry
from workflow.graph.structure import structure_problems
from workflow.graph.trigger_types import TRIGGER_TYPES, TriggerType, register_trigger

__all__ = [
    "NODE_TYPES",
    "TRIGGER_TYPES",
    "Document",
    "DocumentError",
    "Edge",
    "ExitEvent",
    "Exits",
    "Goal",
    "Limits",
    "NoConfig",
    "Node",
    "NodeConfig",
    "NodeType",
    "PauseRule",
    "Policy",
    "PortRule",
    "Problem",
    "Reentry",
    "TriggerSpec",
    "TriggerType",
    "read",
    "register",
    "register_trigger",
    "structure_problems",
]

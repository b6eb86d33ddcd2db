"""The engine's tables, in each tenant's schema."""

from workflow.models.blocks import Action, Condition, Trigger
from workflow.models.event_type import EventType
from workflow.models.execution import (
    ActionExecution,
    ActionState,
    ExecutionState,
    MatchResult,
    TriggerEventLog,
    WorkflowExecution,
)
from workflow.models.workflow import EngineState, Version, Workflow, WorkflowStatus

__all__ = [
    "Action",
    "ActionExecution",
    "ActionState",
    "Condition",
    "EngineState",
    "EventType",
    "ExecutionState",
    "MatchResult",
    "Trigger",
    "TriggerEventLog",
    "Version",
    "Workflow",
    "WorkflowExecution",
    "WorkflowStatus",
]

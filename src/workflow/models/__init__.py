"""The engine's tables, in each tenant's schema."""

from workflow.models.armed import ArmedTrigger, HookCapture
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
from workflow.models.job import Job, JobState
from workflow.models.waiting import Approval, ApprovalState, Entry, EventWait, Vote
from workflow.models.workflow import EngineSettings, EngineState, Version, Workflow, WorkflowStatus

__all__ = [
    "Action",
    "ActionExecution",
    "ActionState",
    "Approval",
    "ApprovalState",
    "ArmedTrigger",
    "Condition",
    "EngineSettings",
    "EngineState",
    "Entry",
    "EventType",
    "EventWait",
    "ExecutionState",
    "HookCapture",
    "Job",
    "JobState",
    "MatchResult",
    "Trigger",
    "TriggerEventLog",
    "Version",
    "Vote",
    "Workflow",
    "WorkflowExecution",
    "WorkflowStatus",
]

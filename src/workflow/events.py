"""The event types that the engine publishes: the facts behind what people and programs start by hand."""

from __future__ import annotations

from typing import Any

from events.types import EventData, declare


class ManualRunData(EventData):
    """Which workflow was started, with the data that was given along."""

    workflow: str


class ActionRequestedData(EventData):
    """Which action was asked for, with its config (without its secrets)."""

    action: str
    config: dict[str, Any] = {}


class ExecutionFailedData(EventData):
    """The failed execution, and the node and error that ended it."""

    workflow: str
    name: str
    execution: str
    node: str = ""
    error: str = ""


class WorkflowPausedData(EventData):
    """The workflow that the engine paused, and why."""

    workflow: str
    name: str
    reason: str


class CalledData(EventData):
    """What one workflow hands to another that it calls."""

    trigger: str = ""
    caller: str = ""
    inputs: dict[str, Any] = {}


WORKFLOW_STARTED_MANUALLY = declare(
    "WORKFLOW_STARTED_MANUALLY",
    label="Workflow started by hand",
    description="Someone started a workflow for a contact, without its trigger.",
    data=ManualRunData,
)
ACTION_REQUESTED = declare(
    "ACTION_REQUESTED",
    label="Action requested",
    description="Someone ran a single action for a contact, outside any workflow.",
    data=ActionRequestedData,
)
WORKFLOW_EXECUTION_FAILED = declare(
    "WORKFLOW_EXECUTION_FAILED",
    label="Workflow failed",
    description="An execution failed; a workflow that starts on this is the error workflow.",
    data=ExecutionFailedData,
)
WORKFLOW_PAUSED = declare(
    "WORKFLOW_PAUSED",
    label="Workflow paused",
    description="The engine paused a workflow that failed too often.",
    data=WorkflowPausedData,
)
WORKFLOW_CALLED = declare(
    "WORKFLOW_CALLED",
    label="Workflow called",
    description="A workflow started another one.",
    data=CalledData,
)

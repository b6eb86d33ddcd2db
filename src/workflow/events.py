"""The event types that the engine publishes: the facts behind what people and programs start by hand."""

from __future__ import annotations

from datetime import datetime
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


class ScheduleDueData(EventData):
    """Which schedule came due (``trigger`` is its address), the tick, and the same in the schedule's own time zone."""

    trigger: str
    due_at: datetime
    scheduled_for: datetime


class WebhookReceivedData(EventData):
    """A request that came to a workflow's webhook (``trigger`` is its address). Names of headers are in lower case; those
    that hold secrets are left out. ``contact_problem`` says why the contact that the request names could not be found."""

    trigger: str
    method: str
    headers: dict[str, str] = {}
    query: dict[str, Any] = {}
    body: Any = None
    contact_problem: str = ""


class ApprovalRequestedData(EventData):
    """What is to be decided at which step, and the ids of the members who are asked."""

    approval: str
    workflow: str
    execution: str
    node: str
    title: str
    approvers: list[str] = []
    quorum: int = 1
    deadline: str | None = None


class ApprovalDecidedData(EventData):
    """What an approval came to (``approved``, ``rejected``, ``expired``), and the ids of those who said so."""

    approval: str
    workflow: str
    execution: str
    node: str
    title: str
    state: str
    approved_by: list[str] = []
    rejected_by: list[str] = []


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
SCHEDULE_DUE = declare(
    "SCHEDULE_DUE",
    label="Schedule due",
    description="The time of a workflow's schedule has come.",
    data=ScheduleDueData,
)
WEBHOOK_RECEIVED = declare(
    "WEBHOOK_RECEIVED",
    label="Webhook received",
    description="A request came to the webhook of a workflow.",
    data=WebhookReceivedData,
)
APPROVAL_REQUESTED = declare(
    "APPROVAL_REQUESTED",
    label="Approval requested",
    description="A workflow waits for members to approve or reject something.",
    data=ApprovalRequestedData,
)
APPROVAL_DECIDED = declare(
    "APPROVAL_DECIDED",
    label="Approval decided",
    description="Members approved or rejected something, or the time to decide ran out.",
    data=ApprovalDecidedData,
)

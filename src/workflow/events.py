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

"""Calling: what another workflow may be called with, and how it is started."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import PermanentError
from core.sandbox.schemas import match_schema
from events.models import Event
from events.services.publishing import NewEvent, publish
from workflow.events import WORKFLOW_CALLED
from workflow.models import ArmedTrigger, Version, Workflow, WorkflowStatus

#: The slug of the trigger type.
CALLED = "called"


class NotStartableError(PermanentError):
    """That workflow cannot be started by another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who starts it, for whom, and because of which event, ``depth`` steps down the chain."""

    actor: str
    event_id: uuid.UUID
    depth: int
    contact_id: uuid.UUID | None = None
    conversation_id: uuid.UUID | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)


def call_workflow(workflow_id: uuid.UUID, caller: Caller) -> Event:
    """Publish ``WORKFLOW_CALLED`` to the ``called`` trigger of an active workflow, in the caller's transaction.

    The workflow's own rules decide whether it starts. Raises ``NotStartableError``, and ``SchemaMismatchError``, which
    names the input.
    """
    workflow = Workflow.objects.select_related("active_version").filter(id=workflow_id).first()
    if workflow is None:
        raise NotStartableError("workflow: there is no such workflow; choose another.")
    if workflow.status != WorkflowStatus.ACTIVE or workflow.active_version is None:
        raise NotStartableError(f"workflow: {workflow.name!r} is not active; switch it on.")
    trigger = called_trigger(workflow.active_version)
    armed = (
        ArmedTrigger.objects.filter(workflow=workflow, key=trigger["id"], armed_at__isnull=False).first()
        if trigger is not None
        else None
    )
    if armed is None:
        raise NotStartableError(
            f"workflow: {workflow.name!r} has no trigger of the type {CALLED!r}; give it one and publish it."
        )
    check_inputs(workflow.active_version, caller.inputs)
    event = publish(
        NewEvent(
            type=WORKFLOW_CALLED.code,
            data={"trigger": str(armed.id), "inputs": dict(caller.inputs)},
            contact_id=caller.contact_id,
            conversation_id=caller.conversation_id,
            actor=caller.actor,
            causation_id=caller.event_id,
            depth=caller.depth,
        )
    )
    assert event is not None, "an event without a key is always recorded"
    return event


def start_problem(workflow_id: uuid.UUID) -> str:
    """Why no other workflow can ever start it; empty when one can. A trigger in its draft counts, since two workflows that
    start each other could not be published otherwise. Whether it is active is for the moment of the call."""
    workflow = Workflow.objects.select_related("active_version").filter(id=workflow_id).first()
    if workflow is None:
        return "there is no such workflow; choose another"
    active = workflow.active_version
    drafted = workflow.draft.get("triggers") or ()
    if (active is not None and called_trigger(active) is not None) or any(
        isinstance(trigger, dict) and trigger.get("type") == CALLED for trigger in drafted
    ):
        return ""
    return f"{workflow.name!r} has no trigger of the type {CALLED!r}; give it one"


def called_trigger(version: Version) -> dict[str, Any] | None:
    """The trigger by which a version is called: the first of that type."""
    triggers: list[dict[str, Any]] = version.document["triggers"]
    return next((trigger for trigger in triggers if trigger.get("type") == CALLED), None)


def check_inputs(version: Version, inputs: Mapping[str, Any]) -> None:
    """Raise ``SchemaMismatchError``, which names the input, unless ``inputs`` fit what the version's trigger asks for."""
    trigger = called_trigger(version)
    schema = trigger["config"].get("inputs_schema") if trigger is not None else None
    if schema is not None:
        match_schema(dict(inputs), schema, "inputs")

"""Retrying from a step: an execution that has ended runs again from a node of its own version or of another."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db import transaction

from core.errors import PermanentError
from events.models import Event
from workflow.engine.leaving import UNDER_WAY
from workflow.engine.plan import Plan, plan_or_none
from workflow.engine.run import Run
from workflow.engine.runner import proceed
from workflow.graph import Document
from workflow.graph.levels import after, top_level
from workflow.models import Approval, ApprovalState, EventWait, ExecutionState, WorkflowExecution
from workflow.services.choosing import BrokenVersionError, NoSuchVersionError, choose
from workflow.services.retrying import NotRetriableError, refuse_child
from workflow.services.versions import DRAFT, revive

SAME = "same"


class StillUnderWayError(PermanentError):
    """The execution is under way; cancel it first."""


class NotAStartError(PermanentError):
    """The execution cannot begin again at that node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """From which ``node``, in which ``version`` (``same``, ``active`` or a number). ``outputs`` of the node and of those
    that come after it are dropped, as they are made anew, or kept, where a template is to find the old ones till then."""

    node: str
    version: str = SAME
    outputs: Literal["drop", "keep"] = "drop"


def retry_from(execution_id: uuid.UUID, restart: Restart) -> WorkflowExecution:
    """Run an ended execution again from a node, for the same event, with the variables that it had.

    Its old steps stay as history. The new ones have ids of their own, and so effect keys of their own: what took effect
    before is done again. Re-entry rules and limits are not asked: it is no new entry.

    Raises ``StillUnderWayError``, ``NotRootError``, ``NotAStartError``, ``NotRetriableError``, ``NoSuchVersionError``,
    ``NotPublishedError``, ``BrokenVersionError`` and ``WorkflowExecution.DoesNotExist``.
    """
    with transaction.atomic():
        rows = WorkflowExecution.objects.select_related("workflow__active_version", "version")
        execution = rows.select_for_update(of=("self",)).get(id=execution_id)
        refuse_child(execution)
        if execution.state in UNDER_WAY or execution.children.filter(state__in=UNDER_WAY).exists():
            raise StillUnderWayError
        plan, document = _version(execution, restart.version)
        _check_node(document, restart.node)
        event = Event.objects.filter(id=execution.event_id).first()
        if event is None:
            raise NotRetriableError("The event of this execution is not kept any more.")
        revive([plan.version_id])
        _clear(execution)
        _place(execution, plan, document, restart)
        proceed([Run(plan, execution, event)])
    return execution


def _version(execution: WorkflowExecution, version: str) -> tuple[Plan, Document]:
    if version == DRAFT:
        raise NoSuchVersionError(
            "Executions run on published versions; write same, active or a version's number."
        )
    if version != SAME:
        chosen = choose(execution.workflow, version)
        return chosen.plan, Document.model_validate(chosen.document)
    plan = plan_or_none(execution.version, execution.workflow.name)
    if plan is None:
        raise BrokenVersionError
    return plan, Document.model_validate(execution.version.document)


def _check_node(document: Document, node: str) -> None:
    if node not in {known.id for known in document.nodes}:
        raise NotAStartError(f"There is no node {node!r} in that version; choose one of it.")
    if node not in top_level(document):
        raise NotAStartError(
            f"Node {node!r} stands inside a branch or a loop; choose the node that begins it, or one outside."
        )


def _clear(execution: WorkflowExecution) -> None:
    """Nothing that the old steps waited for is waited for any more."""
    EventWait.objects.filter(execution=execution).delete()
    Approval.objects.filter(execution=execution, state=ApprovalState.PENDING).update(
        state=ApprovalState.CANCELLED, decided_at=datetime.now(UTC)
    )


def _place(execution: WorkflowExecution, plan: Plan, document: Document, restart: Restart) -> None:
    execution.state, execution.node = ExecutionState.RUNNING, restart.node
    execution.error, execution.exit_reason, execution.ended_at = "", "", None
    if restart.outputs == "drop":
        dropped = after(document, restart.node)
        execution.outputs = {node: kept for node, kept in execution.outputs.items() if node not in dropped}
    scope: dict[str, Any] = execution.scope or {}
    # What a loop or an exit left there belongs to the run that is over.
    execution.scope = {key: value for key, value in scope.items() if key not in ("loops", "result")} or None
    if execution.version_id != plan.version_id:
        execution.version_id = plan.version_id
        WorkflowExecution.objects.filter(id=execution.id).update(version_id=plan.version_id)

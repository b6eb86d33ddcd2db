"""Publishing: from a draft to a version that never changes, and switching workflows on and off."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Max

from core.errors import PermanentError
from workflow.graph import Document, DocumentError, Node, Problem, read
from workflow.models import Action, Condition, Trigger, Version, Workflow, WorkflowStatus
from workflow.services.arming import arm_triggers, disarm_triggers
from workflow.services.checking import problems_of
from workflow.services.drafts import DraftChangedError
from workflow.services.touching import touch


class NotPublishedError(PermanentError):
    """A workflow must be published before it can be switched on."""


def publish_draft(workflow: Workflow, *, by: str, expected: int | None = None, note: str = "") -> Version:
    """Publish the draft as the next version, with a ``note`` to its history. Raises ``DocumentError`` with everything that is wrong with it, and
    ``DraftChangedError`` when ``expected``, the revision that the caller has seen, is not the current one.

    Named triggers, conditions and actions are copied into the version: changing them later changes no execution. An
    active workflow goes over to the new version; executions under way keep theirs.
    """
    current = Workflow.objects.select_for_update().get(id=workflow.id)
    if expected is not None and current.revision != expected:
        raise DraftChangedError
    version = publish_document(workflow, resolve(read(workflow.draft)), by=by, note=note)
    workflow.published_revision = workflow.revision
    workflow.save(update_fields=["published_revision", "updated_at"])
    return version


def publish_document(workflow: Workflow, document: Document, *, by: str, note: str = "") -> Version:
    """Make a resolved document the next version and the active one, whatever the draft says. The workflow's row is locked
    already. Raises ``DocumentError``."""
    problems = problems_of(document)
    if problems:
        raise DocumentError(problems)
    last = Version.objects.filter(workflow=workflow).aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        workflow=workflow,
        number=last + 1,
        document=document.model_dump(mode="json"),
        published_by=by[:80],
        note=note,
    )
    workflow.active_version = version
    workflow.save(update_fields=["active_version", "updated_at"])
    if workflow.status == WorkflowStatus.ACTIVE:
        arm_triggers(workflow, document)
    touch()
    return version


def activate(workflow: Workflow) -> None:
    """Let it start executions. Failures of before no longer count against it. Raises ``NotPublishedError``."""
    if workflow.active_version is None:
        raise NotPublishedError
    workflow.status = WorkflowStatus.ACTIVE
    workflow.paused_reason = ""
    workflow.healthy_since = datetime.now(UTC)
    workflow.save(update_fields=["status", "paused_reason", "healthy_since", "updated_at"])
    arm_triggers(workflow, Document.model_validate(workflow.active_version.document))
    touch()


def pause(workflow: Workflow, *, reason: str = "") -> None:
    """Start no more executions; those under way go on. ``reason`` is the engine's, when it does so by itself."""
    workflow.status = WorkflowStatus.PAUSED
    workflow.paused_reason = reason
    workflow.save(update_fields=["status", "paused_reason", "updated_at"])
    disarm_triggers(workflow)
    touch()


def resolve(document: Document) -> Document:
    """The document with the named blocks that it refers to copied in. Raises ``DocumentError``."""
    problems: list[Problem] = []
    plain = document.model_copy(deep=True)
    for number, trigger in enumerate(plain.triggers):
        if trigger.trigger_id is not None:
            row = Trigger.objects.filter(id=trigger.trigger_id).first()
            if row is None:
                problems.append(
                    Problem(
                        place=f"/triggers/{number}",
                        message="the named trigger does not exist; choose another",
                    )
                )
                continue
            trigger.event_type, trigger.predicate, trigger.trigger_id = row.event_type, row.predicate, None
    for node in plain.nodes:
        problems += _resolve_node(node)
    if problems:
        raise DocumentError(problems)
    return plain


def _resolve_node(node: Node) -> list[Problem]:
    if node.condition_id is not None:
        condition = Condition.objects.filter(id=node.condition_id).first()
        if condition is None:
            return [Problem(place=node.id, message="the named condition does not exist; choose another")]
        node.predicate, node.condition_id = condition.predicate, None
    if node.action_id is not None:
        action = Action.objects.filter(id=node.action_id).first()
        if action is None:
            return [Problem(place=node.id, message="the named action does not exist; choose another")]
        node.action, node.action_id = action.type, None
        node.config = {**action.config, **node.config}
        node.retry = {**action.retry, **node.retry}
    return []

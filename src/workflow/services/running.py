"""Running by hand: a workflow, or a single action, for one contact now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from pydantic import BaseModel

from core.errors import PermanentError
from core.http import HttpThread
from core.ids import uuid7
from events.models import Event
from events.services.publishing import NewEvent, publish
from workflow import events as types
from workflow.actions.base import ActionContext, ExternalAction, InternalAction, Leave, Output, Park
from workflow.engine.matching import Match
from workflow.engine.plan import plan_of
from workflow.engine.run import base_context, load_roots
from workflow.engine.starting import force
from workflow.engine.storing import storable, stored
from workflow.models import Workflow, WorkflowExecution
from workflow.roots import ROOTS
from workflow.services.publishing import NotPublishedError
from workflow.services.subjects import contact_named, conversation_named


class OnlyInWorkflowsError(PermanentError):
    """This action lets time pass, which makes sense between the steps of a workflow only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """For whom something is run, by ids of the caller's system or ours; ``by`` is who asks, as in events."""

    by: str
    user_id: str = ""
    conversation_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def run_workflow(workflow: Workflow, subject: Subject) -> WorkflowExecution:
    """Start the active version for one contact, whatever its triggers say; paused workflows too.

    Publishes ``WORKFLOW_STARTED_MANUALLY``, the event of the execution. Raises ``NotPublishedError``.
    """
    if workflow.active_version is None:
        raise NotPublishedError
    plan = plan_of(workflow.active_version, workflow.name)
    with transaction.atomic():
        data = {**storable(subject.data), "workflow": str(workflow.id)}
        event = _publish(types.WORKFLOW_STARTED_MANUALLY.code, subject, data)
        return force(Match(event, plan, base_context(event)))


def run_internal(
    action: InternalAction[Any, Any], config: BaseModel, subject: Subject, *, key: str
) -> Output:
    """Run an action that works in the database. ``key`` names the request: its effect happens once for it.

    Publishes ``ACTION_REQUESTED``. Raises what the action raises, and ``OnlyInWorkflowsError``.
    """
    with transaction.atomic():
        answer = action.run(
            config, _context(action.slug, config, subject, effect_key=_effect_key(action.slug, key))
        )
        if isinstance(answer, Park):
            raise OnlyInWorkflowsError
    output: Output = answer.output if isinstance(answer, Leave) else answer
    return output


def run_external(
    action: ExternalAction[Any, Any], config: BaseModel, subject: Subject, *, key: str
) -> Output:
    """Make an outside call now, with no transaction open. ``key`` goes out as its idempotency key.

    Publishes ``ACTION_REQUESTED`` first. Raises what the action raises.
    """
    with transaction.atomic():
        context = _context(action.slug, config, subject, effect_key=key)
        context = replace(context, material=action.prepare(config, context).value)
    http = _http()
    output: Output = http.run(action.run(config, context, http.client))
    return output


def _context(slug: str, config: BaseModel, subject: Subject, *, effect_key: str) -> ActionContext:
    data = {"action": slug, "config": stored(config.model_dump(mode="json")), **storable(subject.data)}
    event = _publish(types.ACTION_REQUESTED.code, subject, data)
    context = base_context(event)
    load_roots(list(ROOTS), [(context, event)])
    return ActionContext(
        effect_key=effect_key,
        actor=subject.by,
        event_id=event.id,
        depth=event.depth + 1,
        contact_id=event.contact_id,
        conversation_id=event.conversation_id,
        data=context,
    )


def _publish(code: str, subject: Subject, data: dict[str, Any]) -> Event:
    event = publish(
        NewEvent(
            type=code,
            data=data,
            contact_id=contact_named(subject.user_id),
            conversation_id=conversation_named(subject.conversation_id),
            actor=subject.by,
        )
    )
    assert event is not None, "an event without a key is always recorded"
    return event


def _effect_key(slug: str, key: str) -> str:
    """At most 64 characters, as ledgers keep it."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{slug}\x1f{key}").hex if key else uuid7().hex


@cache
def _http() -> HttpThread:
    """This process's outbound client."""
    return HttpThread(allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)

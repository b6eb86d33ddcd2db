"""``start``: a workflow started by hand for a list of contacts, or an audience."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from events.services.publishing import NewEvent, publish_many
from workflow import events as types
from workflow.audiences import AudienceChoice
from workflow.engine.matching import Match
from workflow.engine.plan import plan_of
from workflow.engine.run import base_context
from workflow.engine.starting import force_many, start
from workflow.jobs.base import Batch, Failures, JobKind, register_job
from workflow.models import Job, MatchResult, TriggerEventLog
from workflow.services.publishing import NotPublishedError
from workflow.services.subjects import contact_named


@register_job
class Start(JobKind):
    """Params: ``user_ids`` (ids of the tenant's own system, or ours) or ``audience``; ``data`` for ``event.data``;
    ``respect_rules`` (true when left out). As by hand for one: whatever the workflow's triggers say, and in the version that
    is active by then. Its re-entry and limits hold, unless they are not to be respected: ``result.refused`` counts those
    for whom it was not started, by the reason that the log of triggers gives."""

    slug = "start"
    label = "Start for many contacts"

    def total(self, params: Mapping[str, Any]) -> int | None:
        """Known for a list."""
        return len(params["user_ids"]) if "user_ids" in params else None

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """Each contact's own event, and all of the batch's executions together. Raises ``NotPublishedError``."""
        failures = Failures(job)
        if "user_ids" in job.params:
            contacts, following = _named(job.params["user_ids"], int(cursor or 0), size, failures)
        else:
            contacts, following = _of_audience(job.params["audience"], cursor, size)
        refused = Counter(job.result.get("refused", {})) + _start(job, contacts)
        result = {**failures.result(), **({"refused": dict(refused)} if refused else {})}
        return Batch(following, done=len(contacts), failed=failures.count, result=result)


def _named(user_ids: Sequence[str], first: int, size: int, failures: Failures) -> tuple[list[uuid.UUID], str]:
    found: list[uuid.UUID] = []

    def find(user_id: str) -> None:
        contact_id = contact_named(user_id)
        if contact_id is not None:
            found.append(contact_id)

    for user_id in user_ids[first : first + size]:
        failures.attempt(user_id, lambda name=user_id: find(name))  # type: ignore[misc]
    following = first + size
    return found, str(following) if following < len(user_ids) else ""


def _of_audience(audience: Mapping[str, Any], cursor: str, size: int) -> tuple[list[uuid.UUID], str]:
    after = uuid.UUID(cursor) if cursor else None
    page = AudienceChoice.model_validate(audience).page(after=after, limit=size)
    return page, str(page[-1]) if len(page) == size else ""


def _start(job: Job, contacts: Sequence[uuid.UUID]) -> Counter[str]:
    """Start for each; how many were refused, by reason."""
    workflow = job.workflow
    if workflow is None or workflow.active_version is None:
        raise NotPublishedError
    plan = plan_of(workflow.active_version, workflow.name)
    data = {**job.params.get("data", {}), "workflow": str(workflow.id), "job": str(job.id)}
    events = publish_many(
        [
            NewEvent(
                type=types.WORKFLOW_STARTED_MANUALLY.code,
                data=data,
                contact_id=contact_id,
                actor=job.created_by,
            )
            for contact_id in contacts
        ]
    )
    matches = [Match(event, plan, base_context(event)) for event in events]
    if not job.params.get("respect_rules", True):
        force_many(matches)
        return Counter()
    start(matches)
    logs = TriggerEventLog.objects.filter(event_id__in=[event.id for event in events], workflow=workflow)
    return Counter(logs.exclude(result=MatchResult.STARTED).values_list("result", flat=True))

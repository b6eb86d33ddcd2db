"""Health: a workflow that fails for too many contacts is paused, with the reason, until someone switches it on again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from core.ids import uuid7_bound
from events.services.publishing import NewEvent, publish
from workflow.engine.plan import plan_of
from workflow.events import WORKFLOW_PAUSED
from workflow.graph import PauseRule
from workflow.models import Workflow, WorkflowStatus
from workflow.services.publishing import pause

# Contacts, not executions: one contact that fails again and again is that contact's trouble. Events without a contact
# count one each.
_WORKFLOW = """
SELECT count(DISTINCT coalesce(contact_id, id)),
       count(DISTINCT coalesce(contact_id, id)) FILTER (WHERE state = 'failed'),
       (array_agg(error ORDER BY id DESC) FILTER (WHERE state = 'failed'))[1]
FROM workflow_workflowexecution
WHERE workflow_id = %s AND id >= %s AND ended_at >= %s AND parent_id IS NULL AND exit_reason <> 'migrated'
"""
_NODES = """
SELECT s.node, count(DISTINCT coalesce(e.contact_id, e.id)) AS tried,
       count(DISTINCT coalesce(e.contact_id, e.id)) FILTER (WHERE s.state = 'failed') AS failed,
       (array_agg(s.error ORDER BY s.id DESC) FILTER (WHERE s.state = 'failed'))[1]
FROM workflow_actionexecution s JOIN workflow_workflowexecution e ON e.id = s.execution_id
WHERE e.workflow_id = %s AND s.id >= %s AND s.ended_at >= %s
GROUP BY s.node HAVING count(*) FILTER (WHERE s.state = 'failed') > 0 ORDER BY failed DESC
"""


def pause_if_failing(workflow_id: uuid.UUID) -> bool:
    """Pause the active workflow if it, or one of its nodes, failed for the share of contacts that its rule names; whether
    it did. Publishes ``WORKFLOW_PAUSED``. In the caller's transaction."""
    workflow = (
        Workflow.objects.select_for_update(of=("self",))
        .select_related("active_version")
        .filter(id=workflow_id, status=WorkflowStatus.ACTIVE)
        .first()
    )
    if workflow is None or workflow.active_version is None:
        return False
    rule = plan_of(workflow.active_version, workflow.name).policy.limits.pause_when_failing
    reason = _reason(workflow, rule) if rule is not None else ""
    if not reason:
        return False
    pause(workflow, reason=reason)
    publish(
        NewEvent(
            type=WORKFLOW_PAUSED.code,
            data={"workflow": str(workflow.id), "name": workflow.name, "reason": reason},
            actor="system",
        )
    )
    return True


def _reason(workflow: Workflow, rule: PauseRule) -> str:
    """Why it is to be paused, in words; empty when it is well enough."""
    since = datetime.now(UTC) - timedelta(minutes=rule.within_minutes)
    if workflow.healthy_since is not None:
        since = max(since, workflow.healthy_since)
    # Executions that waited long began before they failed: the bound on the id only keeps the scan short.
    values: list[Any] = [workflow.id, uuid7_bound(since - timedelta(days=30)), since]
    with connection.cursor() as cursor:
        cursor.execute(_WORKFLOW, values)
        tried, failed, error = cursor.fetchone()
        if _too_many(rule, tried, failed):
            return f"It failed for {failed} of {tried} contacts within {rule.within_minutes} minutes: {error}"
        cursor.execute(_NODES, values)
        for node, tried, failed, error in cursor.fetchall():
            if _too_many(rule, tried, failed):
                return (
                    f"Node {node!r} failed for {failed} of {tried} contacts within "
                    f"{rule.within_minutes} minutes: {error}"
                )
    return ""


def _too_many(rule: PauseRule, tried: int, failed: int) -> bool:
    return tried >= rule.at_least and failed >= rule.share * tried

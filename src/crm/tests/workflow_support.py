"""What the tests of the CRM's triggers share: active workflows, and the queue made to ring at a time of choice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection

from crm.models import Contact
from events.queue.drain import Drain
from workflow.models import ArmedTrigger, Workflow, WorkflowExecution
from workflow.services.publishing import activate, publish_draft

STEP = {
    "nodes": [
        {"id": "set", "type": "set_variables", "config": {"values": {"seen": "{{ event.data.trigger }}"}}}
    ]
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def workflow_on(*triggers: dict[str, Any], name: str = "تذكير", **parts: Any) -> Workflow:
    """An active workflow with these triggers."""
    workflow = Workflow.objects.create(name=name, draft={"triggers": list(triggers), **STEP, **parts})
    publish_draft(workflow, by="test")
    activate(workflow)
    return workflow


def armed_of(workflow: Workflow) -> ArmedTrigger:
    return ArmedTrigger.objects.get(workflow=workflow)


def drain() -> None:
    Drain().run_until_empty()


def let_ring() -> None:
    """Every timer that waits now is due."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE public.queue_item SET run_at = now() - interval '1 second' WHERE state = 0")
        cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at IS NOT NULL")
    drain()


def started_for(workflow: Workflow) -> list[Contact]:
    """For whom it was started, in that order."""
    rows = WorkflowExecution.objects.filter(workflow=workflow).order_by("started_at", "id")
    contacts = Contact.objects.in_bulk(rows.values_list("contact_id", flat=True))
    return [contacts[row.contact_id] for row in rows]

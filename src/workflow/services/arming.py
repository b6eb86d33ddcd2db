"""Arming: an active workflow's triggers brought into force, changing only those that changed."""

from __future__ import annotations

from datetime import UTC, datetime

from workflow.graph import TRIGGER_TYPES, Document
from workflow.models import ArmedTrigger, Workflow


def arm_triggers(workflow: Workflow, document: Document) -> None:
    """Bring the document's addressed triggers into force; those that are so already, unchanged, are left as they are.

    A trigger that goes is disarmed and its row deleted, with the address of its webhook. In the caller's transaction.
    """
    rows = {row.key: row for row in ArmedTrigger.objects.select_for_update().filter(workflow=workflow)}
    wanted = {spec.id: spec for spec in document.triggers if TRIGGER_TYPES.get(spec.type).addressed}
    for key, row in rows.items():
        spec = wanted.get(key)
        if spec is None or spec.type != row.type:
            _disarm(row)
            row.delete()
    for key, spec in wanted.items():
        kept = rows.get(key)
        same = kept is not None and kept.type == spec.type
        row = kept if kept and same else ArmedTrigger(workflow=workflow, key=key, type=spec.type)
        if row.armed_at is not None and row.config == spec.config:
            continue
        row.config = spec.config
        row.armed_at = datetime.now(UTC)
        row.save()
        TRIGGER_TYPES.get(row.type).arm(row)
        row.save(update_fields=["state", "secret"])


def disarm_triggers(workflow: Workflow) -> None:
    """Take the workflow's triggers out of force; their rows, and so their addresses, stay."""
    for row in ArmedTrigger.objects.select_for_update().filter(workflow=workflow, armed_at__isnull=False):
        _disarm(row)
        row.armed_at = None
        row.save(update_fields=["state", "armed_at"])


def _disarm(row: ArmedTrigger) -> None:
    if row.armed_at is not None:
        TRIGGER_TYPES.get(row.type).disarm(row)

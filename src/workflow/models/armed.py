"""Triggers in force: what an active workflow needs beside the matching of events."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from workflow.models.workflow import Workflow


class ArmedTrigger(models.Model):
    """A published trigger of a sort that is armed: a schedule's next tick, a webhook's address. Its id is the address that
    the trigger's own events carry. ``key`` is the trigger's id in the document, so that publishing again keeps the row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="armed_triggers")
    key = models.CharField(max_length=60)
    type = models.CharField(max_length=40)
    config = models.JSONField(default=dict)
    state = models.JSONField(default=dict, help_text="What the sort of trigger itself remembers.")
    secret = models.BinaryField(null=True, help_text="Sealed with the tenant's key.")
    armed_at = models.DateTimeField(null=True, help_text="Null while the workflow is not active.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["workflow", "key"]
        constraints = [models.UniqueConstraint(fields=["workflow", "key"], name="armed_once")]
        indexes = [models.Index(fields=["type"], name="armed_by_type")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class HookCapture(models.Model):
    """A request that came to a workflow's webhook while someone was looking, or to its test address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trigger = models.ForeignKey(ArmedTrigger, on_delete=models.CASCADE, related_name="captures")
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    is_test = models.BooleanField()
    request = models.JSONField(help_text="Method, headers, query and body, without secrets.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.trigger_id} {self.received_at}"

"""A job: work on many contacts, executions or events, done in the background in small batches, with its progress."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from workflow.models.workflow import Workflow


class JobState(models.TextChoices):
    """A cancelled job stops after the batch in hand."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Job(models.Model):
    """``kind`` finds the work, ``params`` say what; ``cursor`` is where the next batch begins; ``result`` is the kind's own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    workflow = models.ForeignKey(Workflow, null=True, on_delete=models.CASCADE, related_name="jobs")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.RUNNING)
    total = models.IntegerField(null=True, help_text="Null while it is not known.")
    done = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    cursor = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

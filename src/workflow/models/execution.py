"""Executions, their steps, and the log of what a trigger made of an event."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from workflow.models.workflow import Version, Workflow


class ExecutionState(models.TextChoices):
    """``waiting`` executions hold a timer or an outside call in the queue, and cost nothing else."""

    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    COMPLETED = "completed", "Completed"
    EXITED = "exited", "Exited"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class ActionState(models.TextChoices):
    """A step's state."""

    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    RETRYING = "retrying", "Retrying"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class MatchResult(models.TextChoices):
    """What a trigger made of an event, where it is worth a row; plain mismatches are explained on demand."""

    STARTED = "started", "Started"
    ERROR = "error", "Error"
    TOO_DEEP = "too_deep", "Too deep"
    REENTRY = "reentry", "Blocked by re-entry"
    INSIDE = "inside", "Already inside"
    LIMIT = "limit", "Blocked by a limit"
    STOPPED = "stopped", "Stopped by another workflow"
    UNFIT = "unfit", "Cannot be started so"


class WorkflowExecution(models.Model):
    """One run of one version. ``outputs`` are the steps' outputs by node id, for templates and predicates.

    A branch of a parallel node, a turn of a loop and a called workflow are executions too: children of the one that waits
    for them. ``branch`` names their place there: ``node:port``, ``node:index``, or ``node:`` for a called workflow. ``scope``
    holds what ``set_variables`` set under ``vars``, a turn under ``loop``, loops under way under ``loops``, the parent's step
    under ``step``, and what an exit gave under ``result``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, related_name="executions", db_index=False
    )
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, related_name="+", db_index=False)
    event_id = models.UUIDField()
    contact_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=ExecutionState.choices)
    node = models.CharField(
        max_length=60,
        blank=True,
        help_text="Where it stands, or failed or was cancelled; empty when completed.",
    )
    outputs = models.JSONField(default=dict)
    scope = models.JSONField(null=True)
    trigger = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="The trigger that started it, by its id in the document.",
    )
    entry_key = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="The business key that it entered with.",
    )
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="children", db_index=False
    )
    branch = models.CharField(max_length=80, blank=True, default="", db_default="")
    exit_reason = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="Why it was left before its end."
    )
    converted_at = models.DateTimeField(null=True, help_text="When its goal was reached.")
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "workflow"],
                condition=models.Q(parent__isnull=True),
                name="execution_once",
            )
        ]
        indexes = [
            models.Index(fields=["contact_id", "id"], name="execution_by_contact"),
            models.Index(fields=["workflow", "id"], name="execution_by_workflow"),
            models.Index(
                fields=["contact_id", "workflow"],
                condition=models.Q(state__in=["running", "waiting"]),
                name="execution_under_way",
            ),
            models.Index(
                fields=["parent"], condition=models.Q(parent__isnull=False), name="execution_children"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} · {self.state}"


class ActionExecution(models.Model):
    """One step of an execution. Its id is the effect key of what it does; ``input`` and ``output`` are redacted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    execution = models.ForeignKey(WorkflowExecution, on_delete=models.CASCADE, related_name="steps")
    node = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=ActionState.choices)
    attempts = models.SmallIntegerField(default=1)
    port = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="The port it left, or will leave, by."
    )
    input = models.JSONField(default=dict)
    output = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} {self.state}"


class TriggerEventLog(models.Model):
    """What a workflow's trigger made of an event: it started an execution, or why it could not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_id = models.UUIDField(db_index=True)
    workflow = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, related_name="event_logs", db_index=False
    )
    execution_id = models.UUIDField(null=True)
    trigger = models.CharField(max_length=60, blank=True, default="", db_default="")
    result = models.CharField(max_length=10, choices=MatchResult.choices)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.result} {self.event_id}"

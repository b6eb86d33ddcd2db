"""What executions wait for beside time: an event, or people's approval; and who has entered before."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from workflow.models.execution import ActionExecution, WorkflowExecution
from workflow.models.workflow import Workflow


class EventWait(models.Model):
    """A step that waits for an event of ``event_type`` with the correlation key ``key``, recorded after ``since``."""

    step = models.OneToOneField(
        ActionExecution, primary_key=True, on_delete=models.CASCADE, related_name="event_wait"
    )
    execution = models.ForeignKey(WorkflowExecution, on_delete=models.CASCADE, related_name="event_waits")
    event_type = models.CharField(max_length=60)
    key = models.CharField(max_length=200, help_text="The contact's id, or the value of a chosen field.")
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["event_type", "key"], name="event_wait_by_key")]

    def __str__(self) -> str:
        return f"{self.event_type} {self.key}"


class ApprovalState(models.TextChoices):
    """An approval is decided once."""

    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"


class Approval(models.Model):
    """A step that waits for people: ``quorum`` of those asked must approve; more refusals than can be spared reject."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.OneToOneField(ActionExecution, on_delete=models.CASCADE, related_name="approval")
    execution = models.ForeignKey(WorkflowExecution, on_delete=models.CASCADE, related_name="approvals")
    title = models.CharField(max_length=200)
    message = models.TextField(blank=True)
    quorum = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=ApprovalState.choices, default=ApprovalState.PENDING, db_index=True
    )
    deadline = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.title} · {self.state}"


class Vote(models.Model):
    """One member's say. ``token_hash`` is the SHA-256 of the single-use token that decides without signing in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes")
    user_id = models.UUIDField(help_text="The member who is asked.")
    token_hash = models.BinaryField(
        max_length=32,
        null=True,
        unique=True,
        help_text="Kept when it was used, so that a used link can say so; null while no link was sent.",
    )
    approved = models.BooleanField(null=True)
    comment = models.TextField(blank=True)
    reassigned_from = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["approval", "user_id"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.approved}"


class Entry(models.Model):
    """That a contact entered a workflow (with a business key, or an empty one): what re-entry rules look at. Kept when
    the executions themselves are cleaned away."""

    id = models.BigAutoField(primary_key=True)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="entries", db_index=False)
    contact_id = models.UUIDField()
    key = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    count = models.IntegerField(default=1)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["workflow", "contact_id", "key"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.key}"

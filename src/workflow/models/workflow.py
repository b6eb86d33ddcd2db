"""A workflow, its versions, and the counter that tells caches that something changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class WorkflowStatus(models.TextChoices):
    """Only an active workflow starts executions; a paused one lets those under way go on."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"


class Workflow(models.Model):
    """``draft`` is the document being edited; what runs is ``active_version``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    status = models.CharField(
        max_length=10, choices=WorkflowStatus.choices, default=WorkflowStatus.DRAFT, editable=False
    )
    draft = models.JSONField(default=dict, blank=True)
    revision = models.IntegerField(
        default=1, editable=False, help_text="Rises with each change of the draft."
    )
    published_revision = models.IntegerField(
        null=True, editable=False, help_text="The draft's revision that the active version was made from."
    )
    active_version = models.ForeignKey(
        "workflow.Version", null=True, blank=True, editable=False, on_delete=models.RESTRICT, related_name="+"
    )
    paused_reason = models.TextField(
        blank=True, default="", db_default="", editable=False, help_text="Why the engine paused it by itself."
    )
    healthy_since = models.DateTimeField(
        null=True, editable=False, help_text="Failures before this moment no longer count for a pause."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """A published graph, never changed: executions keep the one that they began with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField(db_default=Now(), editable=False)
    published_by = models.CharField(max_length=80)
    note = models.CharField(
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text="What changed and why, in the publisher's words.",
    )
    is_drained = models.BooleanField(
        db_default=False, editable=False, help_text="Not active any more, and nothing runs on it."
    )

    class Meta:
        ordering = ["workflow", "-number"]
        constraints = [models.UniqueConstraint(fields=["workflow", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.number}"


class EngineSettings(models.Model):
    """What a tenant sets for the whole engine, one row. Nulls mean the installation's own setting, or no limit."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long ended executions are kept."
    )
    executions_per_hour = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many executions may start in an hour, in the whole tenant."
    )
    contact_executions_per_hour = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many executions may start in an hour for one contact."
    )
    action_costs = models.JSONField(
        db_default=models.Value({}, output_field=models.JSONField()),
        default=dict,
        blank=True,
        help_text="What one use of an action costs, in the tenant's currency, by the action's slug.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "engine settings"

    def __str__(self) -> str:
        return "Settings of the engine"


class EngineState(models.Model):
    """One row a tenant: ``revision`` is a new random number with every change of what is active, and every cache
    compares it. Random, since a counter that was rolled back would be given out again for something else."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.revision)

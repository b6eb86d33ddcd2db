"""A conversation: a contact and the business talking on one channel."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from channels_app.models.channel import Channel
from channels_app.models.revision import RevisionField
from core.ids import uuid7


class ConversationStatus(models.TextChoices):
    """A closed conversation stays closed: the next message opens a new one."""

    OPEN = "open", "Open"
    PENDING = "pending", "Waiting for the customer"
    SNOOZED = "snoozed", "Snoozed"
    CLOSED = "closed", "Closed"


class Control(models.TextChoices):
    """Who answers now."""

    BOT = "bot", "Bot"
    HUMAN = "human", "Human"
    WORKFLOW = "workflow", "Workflow"


class Conversation(models.Model):
    """``last_seq`` numbers its messages: a browser that has seen 86 asks for what came after 86. ``last_in_seq`` is the
    customer's newest one. ``controlled_by`` is who set who answers, and when; empty: it has always been so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="conversations")
    contact = models.ForeignKey("crm.Contact", on_delete=models.CASCADE, related_name="conversations")
    recipient = models.CharField(max_length=200, help_text="The contact's address that answers go to.")
    status = models.CharField(
        max_length=10, choices=ConversationStatus.choices, default=ConversationStatus.OPEN
    )
    control = models.CharField(max_length=10, choices=Control.choices, default=Control.BOT)
    controlled_by = models.CharField(max_length=80, db_default="", blank=True, editable=False)
    controlled_at = models.DateTimeField(null=True, editable=False)
    assignee_id = models.UUIDField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, editable=False)
    revision = RevisionField()
    last_seq = models.IntegerField(default=0, editable=False)
    last_in_seq = models.IntegerField(default=0, db_default=0, editable=False)
    last_message_at = models.DateTimeField(null=True, editable=False)
    last_inbound_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = [models.F("last_message_at").desc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "contact"],
                condition=~models.Q(status="closed"),
                name="one_open_conversation",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-last_message_at"], name="conversation_inbox"),
            models.Index(
                fields=["assignee_id"],
                condition=models.Q(assignee_id__isnull=False) & ~models.Q(status="closed"),
                name="conversation_workload",
            ),
            models.Index(fields=["-last_message_at", "-id"], name="conversation_recent"),
            models.Index(fields=["revision"], name="conversation_revision"),
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="conversation_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.channel}"

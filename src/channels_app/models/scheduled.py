"""A message to be sent later. Until it goes it is none of the conversation's messages: nobody is answered by it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from channels_app.models.conversation import Conversation
from channels_app.models.message import Message
from core.ids import uuid7


class ScheduledState(models.TextChoices):
    """``sent``: entered into the ledger, where it may still fail. ``failed``: it could not even be written."""

    SCHEDULED = "scheduled", "Scheduled"
    SENT = "sent", "Sent"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


class ScheduledMessage(models.Model):
    """``body`` is the message as ``NewMessageBody`` takes it; ``message`` is what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="scheduled")
    body = models.JSONField(default=dict)
    author = models.CharField(max_length=80)
    send_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ScheduledState.choices, default=ScheduledState.SCHEDULED)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    error = models.TextField(db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["send_at", "id"]

    def __str__(self) -> str:
        return f"{self.state} {self.send_at:%Y-%m-%d %H:%M}"

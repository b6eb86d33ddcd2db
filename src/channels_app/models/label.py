"""Labels: what members put on conversations to sort them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from channels_app.models.conversation import Conversation
from core.ids import uuid7


class Label(models.Model):
    """A word with a colour. Its name is unique whatever the letters' case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    color = models.CharField(max_length=7, default="#64748b")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="label_name_once")]

    def __str__(self) -> str:
        return self.name


class ConversationLabel(models.Model):
    """A label on a conversation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="worn_labels")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="worn")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "label"], name="conversation_label_once")
        ]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.conversation_id}"

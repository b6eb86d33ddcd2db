"""Message templates that a provider has approved, as they were when we last asked."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from channels_app.models.channel import Channel
from core.ids import uuid7


class MessageTemplate(models.Model):
    """A template in one language. ``components`` are the provider's; ``status`` is its own word in upper case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="templates")
    provider_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    category = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=40)
    components = models.JSONField(default=list)
    synced_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "name", "language"], name="message_template_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

"""A file of a message: one that a customer sent, fetched by an item of its own, or one that a member uploaded."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from channels_app.models.message import Message
from core.ids import uuid7


class MediaState(models.TextChoices):
    """``refused`` files are of a kind or size that we do not store."""

    WAITING = "waiting", "Waiting"
    STORED = "stored", "Stored"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"


class Media(models.Model):
    """``file`` is a path under the tenant's media folder, empty until stored; ``source`` is the provider's reference.
    An upload has an ``uploader``, and no message until it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="media")
    uploader = models.CharField(max_length=80, db_default="", default="", blank=True, editable=False)
    kind = models.CharField(max_length=10)
    source = models.JSONField(default=dict)
    mime_type = models.CharField(max_length=100, blank=True)
    filename = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField(null=True)
    file = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=8, choices=MediaState.choices, default=MediaState.WAITING)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

"""A notification: something that one member is told."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class Notification(models.Model):
    """``recipient_id`` is a user's id, plain: users are shared by all tenants. ``kind`` says who tells (``workflow``,
    ``approval``, …); ``link`` is where it leads: ``{"contact_id"}``, ``{"conversation_id"}``, or ``{"approval_id", "url"}``
    with the path of the page that decides; empty when it leads nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    link = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient_id", "-id"], name="notification_of"),
            models.Index(
                fields=["recipient_id"], condition=models.Q(read_at__isnull=True), name="notification_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.title

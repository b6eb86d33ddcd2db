"""What a provider delivered: each message or status as it came, stored before it is acknowledged."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class InboundDelivery(models.Model):
    """``key`` is unique per channel: a second copy of a delivery is not stored. ``body`` is the fragment's JSON as text
    (not jsonb, which refuses NUL). The row is written by the accept route and read by the inbound handler."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel_id = models.UUIDField()
    key = models.CharField(max_length=250)
    lane = models.CharField(max_length=200)
    body = models.TextField()
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    processed_at = models.DateTimeField(null=True)
    error = models.TextField(db_default="", blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "inbound deliveries"
        constraints = [models.UniqueConstraint(fields=["channel_id", "key"], name="delivery_once")]

    def __str__(self) -> str:
        return self.key

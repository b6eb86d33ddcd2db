"""An event: a fact of the tenant's business, written in the transaction of the change that it tells of."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class Event(models.Model):
    """Never changed after it is written. ``contact_id`` and ``conversation_id`` are plain ids: the engine and the queue
    lie below the apps that own those rows. ``depth`` counts how many workflow steps led here, against endless loops."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=60)
    occurred_at = models.DateTimeField(help_text="When it happened, by the sender's clock.")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    contact_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    actor = models.CharField(
        max_length=80, blank=True, help_text="contact, member:<id>, key:<id>, workflow:<id>, system"
    )
    idempotency_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001  (null: many without)
    causation_id = models.UUIDField(null=True)
    depth = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["type", "recorded_at"], name="event_by_type"),
            models.Index(fields=["contact_id", "id"], name="event_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"

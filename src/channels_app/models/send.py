"""The ledger: one row for each message that we mean to send, whoever wrote it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from channels_app.models.message import DELIVERY_STATES, Message
from channels_app.providers.base import DeliveryState
from core.ids import uuid7


class Send(models.Model):
    """``effect_key`` is unique: the same intention is entered once, however often it is expressed. ``state`` is
    ``queued → sending → sent → delivered → read | failed | unknown``; ``unknown`` means that a call was made and its
    outcome was lost: it waits for a status from the provider and is never sent again blindly."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    effect_key = models.CharField(max_length=64, unique=True)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="send")
    state = models.CharField(
        max_length=10,
        choices=DELIVERY_STATES,
        default=DeliveryState.QUEUED,
    )
    calls = models.SmallIntegerField(default=0, help_text="How often the provider was called.")
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sending_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["state"], condition=models.Q(state__in=["unknown", "failed"]), name="send_trouble"
            )
        ]

    def __str__(self) -> str:
        return f"{self.effect_key} {self.state}"

"""A channel: a configured account at a provider."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class Channel(models.Model):
    """``credentials`` are sealed (see ``services.channels``); ``settings`` are the provider's plain ones."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    account_id = models.CharField(max_length=120, editable=False)
    credentials = models.BinaryField(editable=False)
    settings = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    resend_unknown_after_s = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Send again a message whose outcome is unknown after this many seconds without a word from the "
        "provider. Empty: never, because it may arrive twice.",
    )
    problem = models.TextField(
        blank=True, editable=False, help_text="Why it does not work now, in the provider's words."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "account_id"], name="channel_account_once"),
        ]

    def __str__(self) -> str:
        return self.name

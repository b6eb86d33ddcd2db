"""A contact: a customer; an identity: their address on one channel."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class Contact(models.Model):
    """A customer. ``phone`` is E.164; ``custom`` holds the tenant's own fields by slug; ``search`` is folded text.

    ``opted_out_at``: since when the contact wants no messages but a person's answers. ``revision`` counts the changes of
    its fields, so that nobody overwrites what they have not seen.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    external_id = models.CharField(
        max_length=120,
        null=True,
        blank=True,
        unique=True,
        help_text="The customer's id in the tenant's own system.",
    )
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_index=True)
    email = models.EmailField(blank=True, db_index=True)
    language = models.CharField(max_length=10, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    search = models.TextField(blank=True, editable=False)
    opted_out_at = models.DateTimeField(null=True, editable=False)
    revision = models.IntegerField(db_default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [GinIndex(fields=["custom"], opclasses=["jsonb_path_ops"], name="contact_custom")]

    def __str__(self) -> str:
        return self.name or self.phone or self.external_id or str(self.id)


class Identity(models.Model):
    """A contact's address on a channel. A person may have several there (WhatsApp: the phone's and the business-scoped
    id). ``channel_id`` is a plain id: channels lie above the CRM."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    channel_id = models.UUIDField()
    provider = models.CharField(max_length=30)
    provider_user_id = models.CharField(max_length=200)
    phone = models.CharField(max_length=20, blank=True)
    username = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["channel_id", "provider_user_id"], name="identity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}:{self.provider_user_id}"

"""An API key: a program's right to act for a tenant."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models.user import User
from core.ids import uuid7
from tenants.models import Tenant


class ApiKey(models.Model):
    """Its text is shown once, when it is made; kept are a prefix to find it by and a SHA-256 of its secret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    hash = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_by = models.ForeignKey(
        User, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: good until revoked.")
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} (wasl_{self.prefix}_…)"

    def is_live(self, *, now: datetime | None = None) -> bool:
        """Whether it opens anything now: neither revoked nor past its end."""
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > (now or datetime.now(UTC))
        )

"""A hand-over: a signed-in person's way to another host without the password."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.user import User
from core.ids import uuid7
from tenants.models import Tenant


class HandOver(models.Model):
    """Good once, within a minute, on the host of ``tenant`` (null: the public one), in the browser that asked for it.

    ``methods`` is how the person had signed in: the new session knows of the second factor that was given.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="+")
    methods = models.JSONField()
    browser = models.BinaryField(max_length=32, help_text="SHA-256 of the user agent.")
    password_hash = models.BinaryField(
        max_length=32, help_text="SHA-256 of the account's password hash: a new password ends it."
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} to {self.tenant_id}"

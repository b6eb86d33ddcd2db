"""A browser's session: Django's row, which also knows whose it is, on which host, and from where."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from accounts.models.user import User
from core.ids import uuid7
from tenants.models import Tenant


class BrowserSession(AbstractBaseSession):
    """``tenant`` null is the public host; ``user`` null is a browser that has not signed in (yet).

    ``public_id`` names the session in lists: its key opens doors and is never shown.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, help_text="To a few minutes.")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"
        ordering = ["-last_seen_at"]

"""A mail that waits to be sent: which one, to whom, from which host. Never what is secret in it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.user import User
from core.ids import uuid7
from tenants.models import Tenant


class AccountMail(models.Model):
    """Written by the request, sent and removed by the worker, which also makes the secret of its link.

    So the answer to "I forgot my password" takes as long for an unknown address as for a known one, and no table holds
    a way in. ``user`` is null until the worker has looked up ``email``; ``tenant`` null is the public host.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    email = models.EmailField()
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(
        max_length=300, help_text="Scheme and host of the page that it was asked for on."
    )
    language = models.CharField(max_length=10, help_text="Where the person has not chosen one.")
    facts = models.JSONField(default=dict, help_text="What the text says: who invites, from which address.")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} to {self.email}"

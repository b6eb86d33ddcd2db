"""A connection: an account at another service, with its secret."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class Connection(models.Model):
    """``settings`` are the type's public part; ``secret`` is sealed (see ``services.connections``)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=40)
    settings = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

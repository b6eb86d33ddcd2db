"""A note: what the team wrote about a contact, for itself."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from crm.models.contact import Contact


class Note(models.Model):
    """``author`` is an actor as in events: member:<id>, key:<id>, workflow:<id>."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=10_000)
    author = models.CharField(max_length=80, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:60]

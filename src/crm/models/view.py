"""A view: a way to look at the table of contacts, kept under a name."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class ContactView(models.Model):
    """``columns`` and ``ordering`` are keys of columns (``custom.size``, ``-created_at``). ``owner_id`` is the member who
    made it, whom alone it is shown to unless it is ``shared``; what a program made belongs to nobody and is shared."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    columns = models.JSONField(default=list)
    ordering = models.JSONField(default=list, blank=True)
    predicate = models.JSONField(default=dict, blank=True)
    search = models.CharField(max_length=200, blank=True)
    shared = models.BooleanField(default=False)
    owner_id = models.UUIDField(null=True, editable=False, db_index=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

"""A merge: two contacts that turned out to be one person."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from crm.models.contact import Contact


class ContactMerge(models.Model):
    """``loser_id`` is gone and leads to ``winner``; so does ``external_id``, the own id that was given up, if there was
    one. ``loser`` is what was known of the one that is gone; ``chosen`` the fields that were taken from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    winner = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    loser_id = models.UUIDField(unique=True)
    external_id = models.CharField(max_length=120, blank=True, db_index=True)
    loser = models.JSONField(default=dict)
    chosen = models.JSONField(default=list)
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"

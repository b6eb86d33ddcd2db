"""Tags and which contact wears them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from core.ids import uuid7
from crm.models.contact import Contact


class Tag(models.Model):
    """A word put on contacts, in any script. Names are unique whatever their case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    color = models.CharField(max_length=7, default="#64748b")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_once")]

    def __str__(self) -> str:
        return self.name


class ContactTag(models.Model):
    """One tag on one contact."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="contact_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="contact_tags")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.tag_id}"

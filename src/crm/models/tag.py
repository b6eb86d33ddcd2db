"""Tags and which contact wears them."""

from __future__ import annotations

import unicodedata

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from crm.models.contact import Contact


def tag_key(name: str) -> str:
    """What makes two names the same tag: their letters, whatever the case, however Unicode composes them.

    Computed here and stored: PostgreSQL's ``lower()`` and Python's differ (İ, final sigma).
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class Tag(models.Model):
    """A word put on contacts, in any script. ``key`` is the name's ``tag_key``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    key = models.TextField(unique=True, editable=False)
    color = models.CharField(
        max_length=7,
        default="#64748b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write a colour as #64748b.")],
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]

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

"""A custom field: a column that the tenant added to its contacts."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from core.ids import uuid7


class FieldType(models.TextChoices):
    """What a field holds."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date"
    DATETIME = "datetime", "Date and time"
    CHOICE = "choice", "Choice"


class CustomField(models.Model):
    """Its values live in ``Contact.custom[slug]``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", "Use lower-case letters, digits and underscores.")],
    )
    label = models.CharField(max_length=120)
    type = models.CharField(max_length=10, choices=FieldType.choices, default=FieldType.TEXT)
    choices = models.JSONField(default=list, blank=True, help_text="The allowed values of a choice.")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label

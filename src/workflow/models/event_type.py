"""Event types as the tenant sees them: the built-in ones, and its own."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models


class EventType(models.Model):
    """``schema`` is the JSON Schema of ``event.data``. Built-in rows follow the code; a tenant adds its own beside them."""

    code = models.CharField(
        primary_key=True,
        max_length=60,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9_]*$", "Use UPPER_SNAKE: capital letters, digits and underscores.")
        ],
    )
    label = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    schema = models.JSONField(default=dict, blank=True)
    is_builtin = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

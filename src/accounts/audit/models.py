"""An entry of the audit: one thing that someone did."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from core.errors import PermanentError
from core.ids import uuid7


class AppendOnlyError(PermanentError):
    """What stands in the audit is neither changed nor deleted; the nightly cleanup alone removes what is old."""


class Door(models.TextChoices):
    """By which way it was done."""

    API = "api", "API"
    ADMIN = "admin", "Admin"
    SIGN_IN = "sign_in", "Sign-in"


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Rows can be added and read."""

    def update(self, **kwargs: Any) -> int:
        """Raises ``AppendOnlyError``."""
        raise AppendOnlyError

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises ``AppendOnlyError``."""
        raise AppendOnlyError

    def forget(self) -> int:
        """Delete for good, for the cleanup."""
        return self._raw_delete(self.db)


class AuditEntry(models.Model):
    """``actor`` is ``member:<id>`` or ``key:<id>``, empty for a stranger; ``actor_name`` is the e-mail or the key's name as
    it was then. ``action`` is ``created``, ``changed``, ``deleted``, ``signed_in``, ``signed_out``, ``sign_in_failed``, or the
    name of an operation (``activate``). ``changes`` maps a field to ``[before, after]``; secrets and long texts are masked
    or cut. ``detail`` holds what the operation itself noted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    door = models.CharField(max_length=8, choices=Door.choices)
    actor = models.CharField(max_length=80, blank=True)
    actor_name = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    object_label = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=128, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or self.actor} {self.action} {self.object_label}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add. Raises ``AppendOnlyError`` for what stands there already."""
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises ``AppendOnlyError``."""
        raise AppendOnlyError

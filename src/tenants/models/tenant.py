"""A tenant: one business, one schema."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class TenantState(models.TextChoices):
    """``creating → ready ⇄ suspended → deleting``; only ``ready`` is served."""

    CREATING = "creating", "Creating"
    READY = "ready", "Ready"
    SUSPENDED = "suspended", "Suspended"
    DELETING = "deleting", "Deleting"


class Tenant(models.Model):
    """A business with its own schema. An agency is a tenant that other tenants name as their parent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$", "Use 3–40 lower-case letters, digits or dashes."
            )
        ],
        help_text="The tenant's subdomain.",
    )
    schema_name = models.CharField(max_length=63, unique=True, editable=False)
    name = models.CharField(max_length=120)
    state = models.CharField(
        max_length=10, choices=TenantState.choices, default=TenantState.CREATING, editable=False
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="The agency that runs it.",
    )
    timezone = models.CharField(max_length=64, default="Africa/Algiers")
    language = models.CharField(max_length=10, default="ar")
    region = models.CharField(
        max_length=2, default="DZ", help_text="Country for phone numbers written without a prefix."
    )
    currency = models.CharField(max_length=3, default="DZD")
    audit_retention_days = models.PositiveSmallIntegerField(
        db_default=365, default=365, help_text="For how many days the audit is kept."
    )
    data_key = models.BinaryField(
        editable=False, help_text="The tenant's data key, wrapped by the master key."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Save; the schema's name is derived once, from the slug."""
        if not self.schema_name:
            self.schema_name = "t_" + self.slug.replace("-", "_")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

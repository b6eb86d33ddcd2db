"""What is known of each tenant's schema: the version it is on, and the DDL that makes a new one."""

from __future__ import annotations

from django.db import models

from tenants.models.tenant import Tenant


class TenantSchema(models.Model):
    """The migration state of one tenant's schema. ``version`` is a hash of the applied migrations' names."""

    tenant = models.OneToOneField(Tenant, primary_key=True, on_delete=models.CASCADE, related_name="schema")
    version = models.CharField(max_length=64)
    error = models.TextField(blank=True, help_text="Why the last migration failed; empty when it did not.")
    migrated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.tenant_id} at {self.version[:12]}"


class SchemaTemplate(models.Model):
    """The DDL of a whole new tenant schema at one version, ready to run in one transaction."""

    version = models.CharField(primary_key=True, max_length=64)
    ddl = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.version[:12]

"""A host name that a tenant answers on."""

from __future__ import annotations

from django.db import models

from tenants.models.tenant import Tenant


class Domain(models.Model):
    """A full host name without port, lower case: ``demo.localhost`` or ``chat.shop.dz``."""

    host = models.CharField(max_length=253, unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ["host"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="one_primary_domain"
            ),
        ]

    def __str__(self) -> str:
        return self.host

"""A tenant's rules for its members' sessions."""

from __future__ import annotations

from django.db import models

from tenants.models import Tenant


class AccessPolicy(models.Model):
    """No row: the usual rules."""

    tenant = models.OneToOneField(
        Tenant, primary_key=True, on_delete=models.CASCADE, related_name="access_policy"
    )
    require_second_factor = models.BooleanField(
        default=False,
        help_text="Members work here only in sessions that a second factor or a passkey opened.",
    )

    def __str__(self) -> str:
        return str(self.tenant_id)

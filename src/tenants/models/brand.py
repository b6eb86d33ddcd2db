"""A tenant's brand: its colour and its logo, which anyone may see who can see the sign-in page."""

from __future__ import annotations

from django.db import models

from tenants.models.tenant import Tenant


class Brand(models.Model):
    """``color`` is ``#rrggbb`` or empty. The logo's bytes stand here, at most 512 kB of PNG, JPEG or WebP: every machine
    has them, and they go when the tenant goes. ``logo_digest`` names one version of it in its address."""

    tenant = models.OneToOneField(Tenant, primary_key=True, on_delete=models.CASCADE, related_name="brand")
    color = models.CharField(max_length=7, blank=True, db_default="")
    logo = models.BinaryField(db_default=b"", editable=False)
    logo_mime = models.CharField(max_length=20, blank=True, db_default="", editable=False)
    logo_digest = models.CharField(max_length=32, blank=True, db_default="", editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Brand of {self.tenant_id}"

"""Reads: how a tenant looks, as pages show it, and the logo's own bytes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.colors import Pairing, paired
from tenants.models import Brand


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandView:
    """``logo_url`` is a path on any of the tenant's hosts, empty without a logo; ``colors`` is ``None`` without a colour."""

    logo_url: str
    colors: Pairing | None


@dataclass(frozen=True, slots=True)
class Logo:
    """The picture itself."""

    content: bytes
    mime: str


def brand_of(tenant_id: uuid.UUID) -> BrandView:
    """The tenant's brand; plain where it has set none."""
    values = Brand.objects.filter(tenant_id=tenant_id).values_list("color", "logo_digest").first()
    color, digest = values or ("", "")
    return BrandView(
        logo_url=f"/api/v1/tenant/logo/{digest}/" if digest else "", colors=paired(color) if color else None
    )


def logo_of(tenant_id: uuid.UUID, digest: str) -> Logo | None:
    """That version of the tenant's logo, if it is the one it has now."""
    brand = Brand.objects.filter(tenant_id=tenant_id, logo_digest=digest).exclude(logo_digest="").first()
    return None if brand is None else Logo(bytes(brand.logo), brand.logo_mime)

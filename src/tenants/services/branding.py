"""Branding: a tenant's colour and logo, set and taken away."""

from __future__ import annotations

import hashlib

from core.colors import normal_color
from core.errors import PermanentError
from core.media import JPEG, PNG, WEBP, MediaRefusedError, check
from tenants.models import Brand
from tenants.scope import require_tenant

MAX_LOGO_BYTES = 512 * 1024
_ACCEPTED = {kind.mime: kind for kind in (PNG, JPEG, WEBP)}


class LogoRefusedError(PermanentError):
    """A logo is a PNG, JPEG or WebP picture of at most 512 kB."""


def set_color(color: str) -> Brand:
    """Set the current tenant's colour; empty takes it away. Raises ``NotAColorError``."""
    brand = _own()
    brand.color = normal_color(color) if color else ""
    brand.save(update_fields=["color", "updated_at"])
    return brand


def set_logo(content: bytes) -> Brand:
    """Set the current tenant's logo. What the file is, its bytes say, not its name. Raises ``LogoRefusedError``."""
    try:
        found = check(content, "image", MAX_LOGO_BYTES)
    except MediaRefusedError as exc:
        raise LogoRefusedError(f"{LogoRefusedError.__doc__} This is not: {exc}.") from exc
    if found.mime not in _ACCEPTED:
        raise LogoRefusedError(f"{LogoRefusedError.__doc__} This is {found.mime}.")
    brand = _own()
    brand.logo = content
    brand.logo_mime = found.mime
    brand.logo_digest = hashlib.sha256(content).hexdigest()[:32]
    brand.save(update_fields=["logo", "logo_mime", "logo_digest", "updated_at"])
    return brand


def remove_logo() -> Brand:
    """Show the tenant's name again."""
    brand = _own()
    brand.logo, brand.logo_mime, brand.logo_digest = b"", "", ""
    brand.save(update_fields=["logo", "logo_mime", "logo_digest", "updated_at"])
    return brand


def _own() -> Brand:
    return Brand.objects.get_or_create(tenant_id=require_tenant().id)[0]

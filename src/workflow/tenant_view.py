"""The tenant as templates and predicates see it."""

from __future__ import annotations

from typing import Any

from tenants.models import Tenant
from tenants.scope import require_tenant
from tenants.selectors import TimedCache

_tenants: TimedCache[dict[str, Any]] = TimedCache(ttl_s=5.0)


def tenant_view() -> dict[str, Any]:
    """The tenant as templates and predicates see it."""
    ref = require_tenant()

    def load() -> dict[str, Any]:
        tenant = Tenant.objects.get(id=ref.id)
        return {
            "name": tenant.name,
            "slug": tenant.slug,
            "timezone": tenant.timezone,
            "language": tenant.language,
            "region": tenant.region,
            "currency": tenant.currency,
        }

    return _tenants.get(ref.id, load)

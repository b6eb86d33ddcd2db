"""Names that carry the tenant: cache keys, channel groups, media paths, log lines. Each refuses to exist without one."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Any

from django.core.files.storage import FileSystemStorage

from tenants.scope import current_tenant, require_tenant

#: Keys that say that they are shared: ours, and those of allauth, which are about people and addresses, not tenants.
_SHARED = ("public:", "allauth")


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Django's ``KEY_FUNCTION``. Raises ``NoTenantError`` outside a tenant, but for keys that are shared."""
    if key.startswith(_SHARED):
        return f"{key_prefix}:{version}:{key}"
    return f"t:{require_tenant().id}:{key_prefix}:{version}:{key}"


def group_name(name: str) -> str:
    """A Channels group of the current tenant. ``name`` uses ASCII letters, digits, ``-``, ``_`` and ``.``."""
    return f"t.{require_tenant().id.hex}.{name}"


class TenantMediaStorage(FileSystemStorage):
    """Files under ``MEDIA_ROOT/<tenant id>/``: the tenant comes from the context, never from the name."""

    @property
    def location(self) -> str:
        """The tenant's folder. Raises ``NoTenantError`` outside a tenant. Names are relative to it, so a stored name
        says nothing of the tenant, and one that leads out of it raises ``SuspiciousFileOperation``."""
        return os.path.join(os.path.abspath(self.base_location), str(require_tenant().id))


def add_tenant(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: the tenant's slug on every line."""
    tenant = current_tenant()
    if tenant is not None:
        event.setdefault("tenant", tenant.slug)
    return event

"""Names that carry the tenant: cache keys, channel groups, media paths, log lines. Each refuses to exist without one."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from django.core.files.storage import FileSystemStorage

from tenants.scope import current_tenant, require_tenant


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Django's ``KEY_FUNCTION``. Raises ``NoTenantError`` outside a tenant; ``public:`` keys say that they are shared."""
    if key.startswith("public:"):
        return f"{key_prefix}:{version}:{key}"
    return f"t:{require_tenant().id}:{key_prefix}:{version}:{key}"


def group_name(name: str) -> str:
    """A Channels group of the current tenant. ``name`` uses ASCII letters, digits, ``-``, ``_`` and ``.``."""
    return f"t.{require_tenant().id.hex}.{name}"


class TenantMediaStorage(FileSystemStorage):
    """Files under ``MEDIA_ROOT/<tenant id>/``: the tenant comes from the context, never from the name."""

    def path(self, name: str) -> str:
        """The file's path on disk. Raises ``NoTenantError`` outside a tenant, ``SuspiciousFileOperation`` on ``..``."""
        from django.utils._os import safe_join

        return safe_join(self.location, str(require_tenant().id), name)


def add_tenant(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: the tenant's slug on every line."""
    tenant = current_tenant()
    if tenant is not None:
        event.setdefault("tenant", tenant.slug)
    return event

"""Which tables belong in which schema, and that only the owner's role makes them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings

from tenants.scope import current_tenant


class SchemaRouter:
    """Shared apps migrate in ``public``, tenant apps in tenants' schemas, both through the ``owner`` alias only."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Whether ``app_label`` has tables in the schema that ``db`` is now on."""
        if db != "owner":
            return False
        name = apps.get_app_config(app_label).name
        on_public = current_tenant() is None
        return name in (settings.SHARED_APPS if on_public else settings.TENANT_APPS)

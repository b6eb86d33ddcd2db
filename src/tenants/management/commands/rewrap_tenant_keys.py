"""``rewrap_tenant_keys``: after a new master key was put first, wrap every tenant's data key with it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.crypto import Keyring
from tenants.models import Tenant
from tenants.scope import public_scope


class Command(BaseCommand):
    help = "Wrap the tenants' data keys with the first of WASL_MASTER_KEY's keys; then the older ones can go."

    def handle(self, *args: Any, **options: Any) -> None:
        keyring = Keyring.from_env_value(settings.WASL_MASTER_KEY)
        changed = 0
        with public_scope():
            for tenant in Tenant.objects.only("id", "data_key").iterator():
                wrapped = bytes(tenant.data_key)
                if keyring.needs_rewrap(wrapped):
                    fresh = keyring.rewrap(wrapped, aad=str(tenant.id).encode())
                    # Only if nobody did it meanwhile: two runs must not undo each other.
                    changed += Tenant.objects.filter(id=tenant.id, data_key=wrapped).update(data_key=fresh)
        self.stdout.write(f"{changed} data keys wrapped anew")

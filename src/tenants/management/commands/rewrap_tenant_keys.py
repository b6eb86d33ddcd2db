"""``rewrap_tenant_keys``: after a new master key was put first, wrap with it all that the others wrap."""

from typing import Any

from django.core.management.base import BaseCommand

from tenants.services.rewrapping import rewrap_all


class Command(BaseCommand):
    help = "Wrap data keys and second factors with the first of WASL_MASTER_KEY's keys; then the older ones can go."

    def handle(self, *args: Any, **options: Any) -> None:
        for what, number in rewrap_all().items():
            self.stdout.write(f"{number} {what} wrapped anew")

"""``suspend_tenant``: stop serving a tenant, or serve it again with ``--resume``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Tenant, TenantState
from tenants.selectors import tenant_by_slug
from tenants.services.lifecycle import StateChangeError, change_state


class Command(BaseCommand):
    help = "Suspend a tenant: its hosts answer 403 and its queue waits; nothing is lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--resume", action="store_true", help="Serve it again.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = change_state(
                tenant_by_slug(options["slug"]),
                TenantState.READY if options["resume"] else TenantState.SUSPENDED,
            )
        except Tenant.DoesNotExist:
            raise CommandError(f"There is no tenant {options['slug']!r}.") from None
        except StateChangeError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{tenant.slug}: {tenant.state}")

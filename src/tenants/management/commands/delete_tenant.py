"""``delete_tenant``: remove a tenant, its schema and everything in it, for good."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Tenant, TenantState
from tenants.selectors import tenant_by_slug
from tenants.services.lifecycle import StateChangeError, change_state
from tenants.services.provisioning import drop_tenant


class Command(BaseCommand):
    help = "Delete a tenant and all its data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="Do it without asking.")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        try:
            tenant = tenant_by_slug(slug)
        except Tenant.DoesNotExist:
            raise CommandError(f"There is no tenant {slug!r}.") from None
        if not options["yes"] and input(f"Delete {slug} and all its data? Type its slug: ") != slug:
            raise CommandError("Not deleted.")
        try:
            drop_tenant(change_state(tenant, TenantState.DELETING))
        except StateChangeError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{slug}: deleted")

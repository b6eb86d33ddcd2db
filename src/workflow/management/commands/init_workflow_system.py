"""``init_workflow_system``: install the built-in event types in tenants."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.selectors import ready_tenants, tenant_by_slug
from workflow.services.event_types import install_event_types


class Command(BaseCommand):
    help = "Install the built-in event types in tenants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", help="Only these tenants (default: all).")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenants = [tenant_by_slug(slug) for slug in options["slugs"]] or ready_tenants()
        except Tenant.DoesNotExist:
            raise CommandError("There is no tenant of that slug; see list_tenants.") from None
        for tenant in tenants:
            with tenant_scope(tenant), transaction.atomic():
                install_event_types()
            self.stdout.write(f"{tenant.slug}: done")

"""``list_tenants``: every tenant with its state, host and schema version."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenants.models import Tenant
from tenants.scope import public_scope
from tenants.services.plan import current_version


class Command(BaseCommand):
    help = "List the tenants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object a line.")

    def handle(self, *args: Any, **options: Any) -> None:
        with public_scope():
            tenants = Tenant.objects.select_related("schema", "parent").prefetch_related("domains")
            for tenant in tenants:
                schema = getattr(tenant, "schema", None)
                hosts = [d.host for d in tenant.domains.all()]
                row = {
                    "slug": tenant.slug,
                    "name": tenant.name,
                    "state": tenant.state,
                    "parent": tenant.parent.slug if tenant.parent else None,
                    "hosts": hosts,
                    "schema": "none"
                    if schema is None
                    else "current"
                    if schema.version == current_version()
                    else "behind",
                    "error": schema.error if schema else "",
                }
                if options["json"]:
                    self.stdout.write(json.dumps(row, ensure_ascii=False))
                else:
                    self.stdout.write(
                        f"{row['slug']:<24} {row['state']:<10} {row['schema']:<8} {', '.join(hosts)}  {row['error']}"
                    )

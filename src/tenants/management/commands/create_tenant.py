"""``create_tenant``: make a tenant with its schema and its host; ``create_user`` gives it an owner."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import PermanentError
from tenants.models import Tenant
from tenants.selectors import tenant_by_slug
from tenants.services.provisioning import create_tenant


class Command(BaseCommand):
    help = "Create a tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="Its subdomain: 3-40 lower-case letters, digits or dashes.")
        parser.add_argument("name", help="The business's name.")
        parser.add_argument("--parent", help="Slug of the agency that runs it.")
        for field in ("timezone", "language", "region", "currency"):
            parser.add_argument(f"--{field}")

    def handle(self, *args: Any, **options: Any) -> None:
        fields = {f: options[f] for f in ("timezone", "language", "region", "currency") if options[f]}
        try:
            parent = tenant_by_slug(options["parent"]) if options["parent"] else None
            tenant = create_tenant(slug=options["slug"], name=options["name"], parent=parent, **fields)
        except Tenant.DoesNotExist:
            raise CommandError(f"--parent: there is no tenant {options['parent']!r}.") from None
        except PermanentError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{tenant.slug}: ready on {', '.join(d.host for d in tenant.domains.all())}")

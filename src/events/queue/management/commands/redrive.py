"""``redrive``: try dead letters again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.queue.dead import redrive
from tenants.models import Tenant
from tenants.selectors import tenant_by_slug


class Command(BaseCommand):
    help = "Put dead items back into their lanes with a fresh set of attempts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", default="", help="Only this kind.")
        parser.add_argument("--tenant", default="", help="Only this tenant (slug).")
        parser.add_argument(
            "--id", type=int, action="append", dest="ids", help="Only this item; may be repeated."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant_id = tenant_by_slug(options["tenant"]).id if options["tenant"] else None
        except Tenant.DoesNotExist:
            raise CommandError(f"There is no tenant {options['tenant']!r}.") from None
        count = redrive(kind=options["kind"], tenant_id=tenant_id, ids=options["ids"])
        self.stdout.write(f"{count} items put back")

"""``migrate_tenants``: bring the public schema and every tenant's up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from tenants.models import Tenant
from tenants.scope import public_scope
from tenants.services.migrating import (
    MigrationResult,
    advisory_lock_id,
    behind,
    migrate_public,
    migrate_tenants,
)
from tenants.services.plan import schema_template


class Command(BaseCommand):
    help = "Migrate public, then all tenants' schemas; goes on past a broken one and can be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", help="Only these tenants (default: all that are behind).")
        parser.add_argument("--parallel", type=int, default=2, help="Schemas at a time (default 2).")
        parser.add_argument(
            "--verify", action="store_true", help="Look into every schema, not only at its version."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with public_scope(), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [advisory_lock_id()])
            if not cursor.fetchone()[0]:
                raise CommandError("Another migration run is under way; wait for it to end.")
            try:
                self._run(options)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [advisory_lock_id()])

    def _run(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"public: {migrate_public()} applied")
        schema_template()
        self._refuse_unknown(options["slugs"])
        todo = behind(slugs=options["slugs"], verify=options["verify"])
        results = migrate_tenants(todo, parallel=options["parallel"], report=self._report)
        failed = [r for r in results if r.error]
        self.stdout.write(f"{len(results) - len(failed)} tenants migrated, {len(failed)} failed")
        if failed:
            raise CommandError(f"Failed: {', '.join(r.slug for r in failed)}. Mend them and run this again.")

    def _refuse_unknown(self, slugs: list[str]) -> None:
        known = set(Tenant.objects.using("owner").filter(slug__in=slugs).values_list("slug", flat=True))
        for slug in slugs:
            if slug not in known:
                raise CommandError(f"There is no tenant {slug!r}.")

    def _report(self, result: MigrationResult) -> None:
        line = f"{result.slug}: " + (
            f"FAILED {result.error}" if result.error else f"{result.applied} applied"
        )
        self.stdout.write(line)

"""``migrate`` is refused: schemas are migrated by ``migrate_tenants``, which knows which tables belong where."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.migrations.autodetector import MigrationAutodetector


class Command(BaseCommand):
    help = "Refused; use migrate_tenants."
    # A system check compares it with makemigrations'.
    autodetector = MigrationAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "Use 'manage.py migrate_tenants': it migrates public first, then every tenant's schema."
        )

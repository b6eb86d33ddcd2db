"""``issue_api_key``: make an API key of a tenant and print it, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.keys import issue_api_key
from core.errors import PermanentError
from tenants.models import Tenant
from tenants.scope import public_scope
from tenants.selectors import tenant_by_slug


class Command(BaseCommand):
    help = "Make an API key; only the key is printed, so that it can be piped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="The tenant.")
        parser.add_argument("--name", required=True, help="What the key is for.")
        parser.add_argument("--scopes", required=True, help="Comma-separated: crm:read,workflow:write")

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        try:
            with public_scope():
                issued = issue_api_key(
                    tenant=tenant_by_slug(options["slug"]), name=options["name"], scopes=scopes
                )
        except Tenant.DoesNotExist:
            raise CommandError(f"There is no tenant {options['slug']!r}.") from None
        except PermanentError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(issued.secret)

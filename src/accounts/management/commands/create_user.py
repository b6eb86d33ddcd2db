"""``create_user``: make a person who can sign in, as a member of a tenant or for the platform."""

import os
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User, normal_email
from accounts.services.members import add_member
from accounts.services.users import create_user
from core.errors import PermanentError
from tenants.models import Tenant
from tenants.scope import public_scope
from tenants.selectors import tenant_by_slug


class Command(BaseCommand):
    help = "Create a user, or take one who exists into another tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--tenant", help="Slug of the tenant to make them a member of.")
        parser.add_argument("--role", default="owner", help="Their role there (default owner).")
        parser.add_argument("--superuser", action="store_true", help="Let them change the platform.")
        password = parser.add_mutually_exclusive_group()
        password.add_argument(
            "--password-env", metavar="VAR", help="The environment variable that holds the password."
        )
        password.add_argument("--random-password", action="store_true", help="Make a password and print it.")

    def handle(self, *args: Any, **options: Any) -> None:
        password = self._password(options)
        try:
            with public_scope(), transaction.atomic():
                user = self._user(options, password)
                if options["tenant"]:
                    add_member(user=user, tenant=tenant_by_slug(options["tenant"]), role=options["role"])
        except Tenant.DoesNotExist:
            raise CommandError(f"--tenant: there is no tenant {options['tenant']!r}.") from None
        except ValidationError as exc:
            raise CommandError(" ".join(exc.messages)) from exc
        except PermanentError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(
            f"{user.email}: " + (f"{options['role']} of {options['tenant']}" if options["tenant"] else "made")
        )
        if options["random_password"]:
            self.stdout.write(f"password: {password}")

    def _password(self, options: dict[str, Any]) -> str | None:
        if options["random_password"]:
            return secrets.token_urlsafe(12)
        variable = options["password_env"]
        if variable and not os.environ.get(variable):
            raise CommandError(f"--password-env: the variable {variable} is not set.")
        return os.environ[variable] if variable else None

    def _user(self, options: dict[str, Any], password: str | None) -> User:
        known = User.objects.filter(email=normal_email(options["email"])).first()
        if known is None:
            return create_user(
                email=options["email"],
                name=options["name"],
                password=password,
                is_superuser=options["superuser"],
            )
        if password is not None or options["superuser"] or not options["tenant"]:
            raise CommandError(f"{known.email} exists already; name only a --tenant to take them in there.")
        return known

"""A PostgreSQL backend whose search path is the current tenant's, or the query does not run.

django-tenants 4.0.1 keeps the tenant on the connection (wrong across threads and tasks) and goes on silently when
``SET search_path`` fails (wrong after a cancelled statement). Here the tenant is read from ``tenants.scope`` at each
cursor, and PostgreSQL 18, which reports ``search_path`` to the client, is asked without a round trip.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django_tenants.postgresql_backend import base
from psycopg.pq import TransactionStatus

from tenants.scope import TenantRef, current_schema, current_tenant


class WrongSearchPathError(OperationalError):
    """The connection is not on the current tenant's schema; the query was refused."""


def _normalise(path: str) -> list[str]:
    return [part.strip().strip('"') for part in path.split(",")]


class DatabaseWrapper(base.DatabaseWrapper):
    """Reads the tenant from the context; see the module's docstring."""

    def _get_tenant(self) -> TenantRef | None:
        return current_tenant()

    def _ignore(self, value: Any) -> None:
        """django-tenants assigns these; the context decides instead."""

    tenant = property(_get_tenant, _ignore)
    schema_name = property(lambda self: current_schema(), _ignore)
    include_public_schema = property(lambda self: True, _ignore)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Refused by doing nothing: ``tenant_scope`` is the only way to choose a tenant."""

    def reported_search_path(self) -> list[str] | None:
        """What the server says the search path is; ``None`` before PostgreSQL 18, which does not say."""
        reported = self.connection.info.parameter_status("search_path")
        return None if reported is None else _normalise(reported)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        wanted = self._get_cursor_search_paths()
        if self.reported_search_path() == wanted:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            # Only ROLLBACK can run now, and it needs no search path.
            return
        super()._handle_search_path(cursor)
        if self.reported_search_path() != wanted:
            raise WrongSearchPathError(
                f"search_path is {self.reported_search_path()}, not {wanted}; refusing to run the query"
            )

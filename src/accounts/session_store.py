"""The session engine: a session lives on the host that it was begun on, before sign-in and after it.

The table is shared by all tenants, so a cookie that is carried to another tenant's host would otherwise be good there:
with a half-done sign-in (password given, second factor not), a passkey's challenge, or a whole session.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.models import BrowserSession
from tenants.scope import current_tenant

#: Where sign-in notes who the browser is; :meth:`SessionStore.create_model_instance` writes it to columns.
CLIENT = "_client"


class SessionStore(DatabaseStore):
    """Sessions in ``accounts.BrowserSession``, each found on its own host only. ``row`` is what was read or made."""

    row: BrowserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        """Where they are kept."""
        return BrowserSession

    def _get_session_from_db(self) -> BrowserSession | None:
        key: Any = self.session_key
        found = BrowserSession.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
        if found is not None and found.tenant_id != _place():
            # Carried about by someone: it is worth nothing at home either.
            found.delete()
            found = None
        if found is None:
            self._session_key = None
        self.row = found
        return found

    async def _aget_session_from_db(self) -> BrowserSession | None:
        return await sync_to_async(self._get_session_from_db)()

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The row for ``data``, with what lists and rules need in columns."""
        row = cast(BrowserSession, super().create_model_instance(data))
        client = data.get(CLIENT) or {}
        row.user_id = data.get("_auth_user_id")
        row.ip, row.user_agent = client.get("ip"), client.get("user_agent", "")
        known = self.row
        if known is not None and known.session_key == row.session_key:
            row.public_id, row.tenant_id = known.public_id, known.tenant_id
            row.created_at, row.last_seen_at = known.created_at, known.last_seen_at
        else:
            row.tenant_id = _place()
        self.row = row
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The same."""
        return await sync_to_async(self.create_model_instance)(data)


def _place() -> UUID | None:
    tenant = current_tenant()
    return tenant.id if tenant else None

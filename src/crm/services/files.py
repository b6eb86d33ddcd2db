"""Files of contacts: kept under the tenant, written so that a crash leaves nothing doubled, and deleted in time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from core.registry import Registry
from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from tenants.scope import require_tenant, tenant_scope

FORGET = "crm.forget_file"
#: What becomes of a row whose time has come: called with its id. ``None`` when it is done with, else when to come again.
KEEPERS: Registry[Callable[[uuid.UUID], datetime | None]] = Registry("keeper of files")


def path_of(name: str) -> Path:
    """Where the current tenant's file lies. Its folder is made."""
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def append_at(name: str, offset: int, content: bytes) -> int:
    """Write at ``offset``, over whatever an attempt that failed left there; where the file ends now."""
    path = path_of(name)
    with open(path, "r+b" if path.exists() else "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
    return offset + len(content)


def delete_after_commit(name: str) -> None:
    """Once the transaction is committed."""
    tenant = require_tenant()

    def delete() -> None:
        with tenant_scope(tenant):
            default_storage.delete(name)

    if name:
        transaction.on_commit(delete)


def forget_in(keeper: str, row: uuid.UUID, after: timedelta) -> None:
    """Have the row looked at again later, in the caller's transaction."""
    _queue(keeper, row, datetime.now(UTC) + after)


def _queue(keeper: str, row: uuid.UUID, at: datetime) -> None:
    ref = f"{keeper}:{row}"
    enqueue(
        NewItem(
            lane=f"forget:{row}",
            kind=FORGET,
            ref=ref,
            dedupe_key=f"{FORGET}:{ref}:{at.isoformat()}",
            run_at=at,
        )
    )


class ForgetHandler(InternalHandler):
    """A file's time has come."""

    kind = FORGET

    def handle(self, items: Sequence[Claimed]) -> None:
        """Each by its keeper."""
        for item in items:
            keeper, _, row = item.ref.partition(":")
            again = KEEPERS.get(keeper)(uuid.UUID(row))
            if again is not None:
                _queue(keeper, uuid.UUID(row), again)


HANDLERS.add(ForgetHandler.kind, ForgetHandler())

"""The scope in which an item runs: its tenant's, or the platform's."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager

from events.queue.enqueue import PLATFORM
from events.queue.finish import LeaseLostError
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import ready_tenant


def scope_of(tenant_id: uuid.UUID) -> AbstractContextManager[object]:
    """The scope of work of ``tenant_id``. Raises ``LeaseLostError`` when the tenant is served no more."""
    if tenant_id == PLATFORM:
        return public_scope()
    tenant = ready_tenant(tenant_id)
    if tenant is None:
        raise LeaseLostError("the tenant is not ready any more")
    return tenant_scope(tenant)

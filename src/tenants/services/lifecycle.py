"""A tenant's state: who may change it from what to what."""

from __future__ import annotations

from core.errors import PermanentError
from tenants.models import Tenant, TenantState
from tenants.scope import public_scope
from tenants.selectors import forget_cached_tenants

_ALLOWED = {
    TenantState.SUSPENDED: {TenantState.READY},
    TenantState.READY: {TenantState.SUSPENDED},
    TenantState.DELETING: {
        TenantState.CREATING,
        TenantState.READY,
        TenantState.SUSPENDED,
        TenantState.DELETING,
    },
}


class StateChangeError(PermanentError):
    """The tenant cannot go to that state from the one that it is in."""


def change_state(tenant: Tenant, to: TenantState) -> Tenant:
    """Move ``tenant`` to state ``to``. Raises ``StateChangeError``. Workers and hosts follow within seconds."""
    with public_scope():
        moved = Tenant.objects.filter(id=tenant.id, state__in=_ALLOWED[to]).update(state=to)
    tenant.refresh_from_db()
    if not moved:
        raise StateChangeError(f"Tenant {tenant.slug!r} is {tenant.state}; it cannot become {to.value}.")
    forget_cached_tenants()
    return tenant

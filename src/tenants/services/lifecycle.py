"""A tenant's state: who may change it from what to what."""

from __future__ import annotations

from core.errors import PermanentError
from tenants.models import Tenant, TenantState
from tenants.scope import public_scope
from tenants.selectors import forget_cached_tenants

_ALLOWED: dict[TenantState, set[TenantState]] = {
    TenantState.CREATING: set(),
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
    """Move ``tenant`` to state ``to``. Raises ``StateChangeError``. Workers and hosts follow within seconds.

    A tenant that runs others is not deleted: nobody would answer for them.
    """
    with public_scope():
        if to == TenantState.DELETING:
            _refuse_parents(tenant)
        moved = Tenant.objects.filter(id=tenant.id, state__in=_ALLOWED[to]).update(state=to)
    tenant.refresh_from_db()
    if not moved:
        raise StateChangeError(f"Tenant {tenant.slug!r} is {tenant.state}; it cannot become {to.value}.")
    forget_cached_tenants()
    return tenant


def _refuse_parents(tenant: Tenant) -> None:
    children = list(Tenant.objects.filter(parent_id=tenant.id).values_list("slug", flat=True))
    if children:
        raise StateChangeError(
            f"Tenant {tenant.slug!r} runs other tenants: {', '.join(children)}. Delete them first, or give them another parent."
        )

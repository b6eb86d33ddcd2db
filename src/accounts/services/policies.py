"""What a tenant demands of its members' sessions."""

from __future__ import annotations

import structlog

from accounts.models import AccessPolicy
from accounts.principal import Principal
from core.errors import PermanentError
from tenants.scope import TenantLike

log = structlog.get_logger(__name__)


class SetUpYoursFirstError(PermanentError):
    """Sign in with a second factor yourself first: you would lock yourself out."""


def policy_of(tenant: TenantLike) -> AccessPolicy:
    """The rules of ``tenant``, the usual ones (not saved) where it has made none."""
    return AccessPolicy.objects.filter(tenant=tenant.id).first() or AccessPolicy(tenant_id=tenant.id)


def demand_second_factor(
    tenant: TenantLike, *, demanded: bool, by: Principal, by_gave_one: bool
) -> AccessPolicy:
    """Demand a second factor of every session of a member, from the next request on, or no longer.

    API keys are not sessions. Raises ``SetUpYoursFirstError`` when the session that asks has given none.
    """
    if demanded and not by_gave_one:
        raise SetUpYoursFirstError
    policy, _ = AccessPolicy.objects.update_or_create(
        tenant_id=tenant.id, defaults={"require_second_factor": demanded}
    )
    log.info("second factor demanded" if demanded else "second factor no longer demanded", by=by.label)
    return policy

"""Reads: who may enter which tenant, and by which door."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from accounts.models import AccessPolicy, ApiKey, Membership, User
from accounts.principal import Principal
from tenants.models import Tenant, TenantState
from tenants.scope import TenantRef


@dataclass(frozen=True, slots=True)
class Child:
    """A tenant as an agency names it: ``parent_id`` is the agency."""

    ref: TenantRef
    parent_id: uuid.UUID | None
    state: str


def tenant_named(slug: str) -> Child | None:
    """The tenant that an ``X-Tenant`` header names, whatever its state."""
    tenant = Tenant.objects.filter(slug=slug).first()
    return None if tenant is None else Child(TenantRef.of(tenant), tenant.parent_id, tenant.state)


def acts_here(granted_by: uuid.UUID, *, target: TenantRef, host: TenantRef | None) -> bool:
    """Whether a right given by the tenant ``granted_by`` may be used for ``target`` on this host (``None``: the public).

    A child's right is good on the child's host and the public one; an agency's on its own host besides. So a token
    carried to a host that has nothing to do with it opens nothing, whatever tenant the request names.
    """
    return host is None or host.id in (target.id, granted_by)


def membership_in(user: User, tenant: TenantRef) -> Membership | None:
    """The membership that lets ``user`` into ``tenant``: there, or in the agency that runs it (while that is served).

    A membership in the tenant itself comes first: what was said of this tenant in particular is what holds.
    ``demands_second_factor`` is what the tenant and the one that gave the membership ask of its sessions.
    """
    found = (
        Membership.objects.select_related("role", "tenant")
        .filter(user=user)
        .filter(Q(tenant=tenant.id) | Q(tenant__children=tenant.id, tenant__state=TenantState.READY))
        .annotate(
            demands_second_factor=Exists(
                AccessPolicy.objects.filter(
                    Q(tenant=tenant.id) | Q(tenant=OuterRef("tenant")), require_second_factor=True
                )
            )
        )
    )
    return min(found, key=lambda membership: membership.tenant_id != tenant.id, default=None)


def principal_of(membership: Membership, *, user: User, tenant: TenantRef) -> Principal:
    """The member at work for ``tenant``."""
    return Principal(
        kind="member", id=user.id, tenant=tenant, scopes=membership.scopes, role=membership.role_id, user=user
    )


def key_with_prefix(prefix: str) -> ApiKey | None:
    """The key to compare a token with."""
    return ApiKey.objects.select_related("tenant").filter(prefix=prefix).first()


def is_agency_of(parent: Tenant, tenant: TenantRef) -> bool:
    """Whether ``parent`` runs ``tenant``, and is itself being served."""
    return (
        parent.state == TenantState.READY
        and Tenant.objects.filter(id=tenant.id, parent_id=parent.id).exists()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """A tenant that a person may enter: with ``role``, given there (``member``) or by the ``agency`` that runs it."""

    tenant: Tenant
    role: str
    access: Literal["member", "agency"]


def tenants_of(user: User) -> list[Reachable]:
    """The tenants that ``user`` may enter, children of agencies included, by slug."""
    roles = dict(
        Membership.objects.filter(user=user, tenant__state=TenantState.READY).values_list(
            "tenant_id", "role_id"
        )
    )
    tenants = Tenant.objects.prefetch_related("domains").filter(
        Q(id__in=roles) | Q(parent_id__in=roles), state=TenantState.READY
    )
    found = []
    for tenant in tenants:
        own, given = roles.get(tenant.id), roles.get(tenant.parent_id) if tenant.parent_id else None
        if own is not None:
            found.append(Reachable(tenant=tenant, role=own, access="member"))
        elif given is not None:
            found.append(Reachable(tenant=tenant, role=given, access="agency"))
    return found

"""Taking people into a tenant, changing their roles, letting them go."""

from __future__ import annotations

import structlog
from django.db import transaction

from accounts.models import OWNER, Membership, Role, User, normal_email
from accounts.principal import Principal
from accounts.services.users import create_user
from core.errors import PermanentError
from tenants.models import Tenant
from tenants.scope import TenantLike, public_scope

log = structlog.get_logger(__name__)


class UnknownRoleError(PermanentError):
    """There is no such role."""


class AlreadyMemberError(PermanentError):
    """This person is a member already."""


class ManagedElsewhereError(PermanentError):
    """This account was made by another business's admin; ask the person for another e-mail."""


class OwnersOnlyError(PermanentError):
    """Only an owner may make, change or remove an owner."""


class LastOwnerError(PermanentError):
    """A tenant keeps at least one owner."""


@transaction.atomic
def add_member(*, user: User, tenant: TenantLike, role: str, by: Principal | None = None) -> Membership:
    """Make ``user`` a member; ``by`` is who asks (``None``: the platform).

    Raises ``UnknownRoleError``, ``OwnersOnlyError``, ``AlreadyMemberError``, and ``ManagedElsewhereError``: who made an
    account knows its first password, and must not come in with it elsewhere.
    """
    chosen = _role(role)
    _only_owners(by, chosen.slug)
    if user.managed_by is not None and user.managed_by not in _reach(tenant):
        raise ManagedElsewhereError
    membership, made = Membership.objects.get_or_create(
        user=user, tenant_id=tenant.id, defaults={"role": chosen}
    )
    if not made:
        raise AlreadyMemberError
    _audit("member added", membership, by)
    return membership


@transaction.atomic
def invite_member(
    *,
    email: str,
    tenant: TenantLike,
    role: str,
    by: Principal | None,
    name: str = "",
    password: str | None = None,
) -> Membership:
    """Take in the person with that e-mail; one who is new gets an account with that first password, or with none, to be
    chosen by whoever reads that mailbox: then nobody here knows it, and other tenants may take the person in too.

    For people known already ``name`` and ``password`` are not used. Raises as :func:`add_member` and ``create_user``.
    """
    user = User.objects.filter(email=normal_email(email)).first()
    if user is None:
        user = create_user(
            email=email, name=name, password=password, managed_by=tenant.id if password else None
        )
    return add_member(user=user, tenant=tenant, role=role, by=by)


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: Principal | None = None) -> Membership:
    """Give a member another role. Raises ``UnknownRoleError``, ``OwnersOnlyError``, ``LastOwnerError``."""
    chosen = _role(role)
    _only_owners(by, chosen.slug, membership.role_id)
    if chosen.slug != OWNER:
        _keep_an_owner(membership)
    membership.role = chosen
    membership.save(update_fields=["role"])
    _audit("member's role changed", membership, by)
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, by: Principal | None = None) -> None:
    """Let a member go; their account stays. Raises ``OwnersOnlyError``, ``LastOwnerError``."""
    _only_owners(by, membership.role_id)
    _keep_an_owner(membership)
    _audit("member removed", membership, by)
    membership.delete()


def _role(slug: str) -> Role:
    roles = {role.slug: role for role in Role.objects.all()}
    if slug not in roles:
        raise UnknownRoleError(f"unknown role {slug!r}; known: {', '.join(roles)}")
    return roles[slug]


def _only_owners(by: Principal | None, *roles: str) -> None:
    if by is not None and OWNER in roles and by.role != OWNER:
        raise OwnersOnlyError


def _keep_an_owner(leaving: Membership) -> None:
    if leaving.role_id != OWNER:
        return
    # All owners are locked, so that two of them cannot leave past each other.
    owners = (
        Membership.objects.select_for_update().filter(tenant=leaving.tenant_id, role=OWNER).order_by("id")
    )
    if not any(owner.id != leaving.id for owner in owners):
        raise LastOwnerError


def _reach(tenant: TenantLike) -> set[object]:
    """The tenants whose accounts may be taken in: this one and the agency that runs it."""
    with public_scope():
        return {tenant.id, Tenant.objects.values_list("parent_id", flat=True).get(id=tenant.id)}


def _audit(what: str, membership: Membership, by: Principal | None) -> None:
    log.info(
        what,
        user=str(membership.user_id),
        of_tenant=str(membership.tenant_id),
        role=membership.role_id,
        by=by.label if by else "platform",
    )

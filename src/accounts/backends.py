"""The authentication backend: e-mail and password, and Django's permissions from the role in the current tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.model_scopes import scope_for
from accounts.models import Membership, User
from accounts.scopes import allows
from accounts.selectors import membership_in
from tenants.scope import TenantRef, current_tenant


class MembershipBackend(BaseBackend):
    """On a tenant's host only its members can sign in, superusers included; every login form goes through here, so a
    right password of a stranger and a wrong one look the same."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The user with that e-mail (``username``) and password, if they may enter here."""
        if username is None or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            # Hash all the same, so that the time does not tell whether the address is known.
            User().set_password(password)
            return None
        return user if user.check_password(password) and may_enter(user) else None

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session; those switched off have none."""
        return User.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: AbstractBaseUser | AnonymousUser, perm: str, obj: Any = None) -> bool:
        """On a tenant's host: what the membership's scopes allow. On the public host superusers may do all, staff look."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return False
        tenant = current_tenant()
        if tenant is None:
            return user_obj.is_superuser or (user_obj.is_staff and ".view_" in perm)
        membership = remembered_membership(user_obj, tenant)
        scope = scope_for(perm)
        return membership is not None and scope is not None and allows(membership.scopes, scope)

    def has_module_perms(self, user_obj: AbstractBaseUser | AnonymousUser, app_label: str) -> bool:
        """Whether the app is shown at all; each of its models then asks :meth:`has_perm`."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return False
        tenant = current_tenant()
        if tenant is None:
            return user_obj.is_staff or user_obj.is_superuser
        return remembered_membership(user_obj, tenant) is not None


def may_enter(user: User) -> bool:
    """Whether the person may have a session here: on a tenant's host its members, on the public one everybody."""
    tenant = current_tenant()
    return user.is_active and (tenant is None or remembered_membership(user, tenant) is not None)


def remembered_membership(user: User, tenant: TenantRef) -> Membership | None:
    """:func:`accounts.selectors.membership_in`, asked once for each user object, which lives as long as its request."""
    known: dict[UUID, Membership | None] | None = getattr(user, "_known_memberships", None)
    if known is None:
        known = {}
        user._known_memberships = known  # type: ignore[attr-defined]
    if tenant.id not in known:
        known[tenant.id] = membership_in(user, tenant)
    return known[tenant.id]

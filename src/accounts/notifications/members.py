"""The members who can be told something or given work: active people whom the tenant admits."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from accounts.models import Membership, Role, User, normal_email
from accounts.selectors import membership_in
from core.errors import PermanentError
from tenants.scope import require_tenant


class NoSuchMemberError(PermanentError):
    """That person is not an active member here."""


class NoSuchRoleError(PermanentError):
    """There is no such role."""


def member_named(text: str) -> User:
    """The active member with that e-mail or user id, of the tenant or the agency that runs it.

    Raises ``NoSuchMemberError``.
    """
    text = text.strip()
    try:
        named = User.objects.filter(id=uuid.UUID(text))
    except ValueError:
        named = User.objects.filter(email=normal_email(text))
    user = named.filter(is_active=True).first()
    if user is None or membership_in(user, require_tenant()) is None:
        raise NoSuchMemberError(
            f"{text[:80]!r} is no active member here; write a member's e-mail or id, or take the person in first."
        )
    return user


def check_role(slug: str) -> None:
    """Raise ``NoSuchRoleError`` unless there is such a role."""
    known = list(Role.objects.values_list("slug", flat=True))
    if slug not in known:
        raise NoSuchRoleError(f"There is no role {slug[:40]!r}; known: {', '.join(known)}.")


def members_with(role: str = "") -> list[uuid.UUID]:
    """The user ids of the tenant's own active members with that role (empty: any), in the order in which they joined.

    Raises ``NoSuchRoleError``.
    """
    if role:
        check_role(role)
    members = Membership.objects.filter(tenant=require_tenant().id, user__is_active=True)
    if role:
        members = members.filter(role=role)
    return list(members.order_by("created_at", "id").values_list("user_id", flat=True))


def still_members(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these users who may still be told something here."""
    tenant = require_tenant()
    users = User.objects.filter(id__in=ids, is_active=True)
    return {user.id for user in users if membership_in(user, tenant) is not None}

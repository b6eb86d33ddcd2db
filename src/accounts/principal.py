"""The principal: who makes a request, for which tenant, with which scopes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from accounts.scopes import allows
from tenants.scope import TenantRef

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A member (``id`` is the user's) or an API key (``id`` is the key's) at work for ``tenant``.

    For an agency's member or key ``tenant`` is the child that the request is about. ``role`` and ``user`` are a
    member's only.
    """

    kind: Literal["member", "key"]
    id: uuid.UUID
    tenant: TenantRef
    scopes: frozenset[str]
    role: str | None = None
    user: User | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """How events and logs name it: ``member:<id>`` or ``key:<id>``."""
        return f"{self.kind}:{self.id}"

    def allows(self, scope: str) -> bool:
        """Whether its scopes allow ``scope``."""
        return allows(self.scopes, scope)


@dataclass(frozen=True, slots=True)
class KeyUser:
    """What stands in ``request.user`` when a key asks: nobody in the user table, and nobody anonymous either."""

    principal: Principal
    pk: None = None
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False
    is_staff: bool = False
    is_superuser: bool = False

    def __str__(self) -> str:
        return self.principal.label

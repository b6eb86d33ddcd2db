"""The tenant that this code runs for: one ContextVar, and ``tenant_scope`` as the only way to set it.

A ContextVar follows threads, async tasks and ``sync_to_async`` correctly; an attribute of the connection does not.
A fresh thread starts on the public schema, so forgetting the scope fails closed: tenant tables do not exist there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from core.errors import PermanentError

PUBLIC_SCHEMA = "public"


class NoTenantError(PermanentError):
    """This needs a tenant, and none is set: wrap the call in tenant_scope(tenant)."""


class TenantLike(Protocol):
    """Anything that names a tenant: the model, or a :class:`TenantRef`."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def schema_name(self) -> str: ...
    @property
    def slug(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TenantRef:
    """A tenant without its row: cheap to keep in caches and to pass between threads."""

    id: uuid.UUID
    schema_name: str
    slug: str

    @classmethod
    def of(cls, tenant: TenantLike) -> TenantRef:
        """The reference to ``tenant``."""
        if isinstance(tenant, TenantRef):
            return tenant
        return cls(id=tenant.id, schema_name=tenant.schema_name, slug=tenant.slug)


_tenant: ContextVar[TenantRef | None] = ContextVar("wasl_tenant", default=None)


@contextmanager
def tenant_scope(tenant: TenantLike) -> Iterator[TenantRef]:
    """Run the block for ``tenant``: every query, cache key, media path and doorbell inside is the tenant's."""
    ref = TenantRef.of(tenant)
    token = _tenant.set(ref)
    try:
        yield ref
    finally:
        _tenant.reset(token)


@contextmanager
def public_scope() -> Iterator[None]:
    """Run the block on the public schema, whatever tenant is set around it."""
    token = _tenant.set(None)
    try:
        yield
    finally:
        _tenant.reset(token)


def current_tenant() -> TenantRef | None:
    """The tenant of this context, or ``None`` on the public schema."""
    return _tenant.get()


def current_schema() -> str:
    """The schema of this context: the tenant's, or ``public``."""
    tenant = _tenant.get()
    return tenant.schema_name if tenant else PUBLIC_SCHEMA


def require_tenant() -> TenantRef:
    """The tenant of this context. Raises ``NoTenantError`` on the public schema."""
    tenant = _tenant.get()
    if tenant is None:
        raise NoTenantError
    return tenant

"""Reads: tenants by host, by slug, by id, with a short in-process cache for the hot paths."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings

from tenants.models import Tenant, TenantState
from tenants.scope import TenantRef, public_scope

V = TypeVar("V")


class TimedCache(Generic[V]):
    """A small in-process cache: values live ``ttl_s`` seconds, misses a tenth of that."""

    def __init__(self, *, ttl_s: float, max_size: int = 20_000) -> None:
        self._ttl_s = ttl_s
        self._max_size = max_size
        self._entries: dict[object, tuple[float, V]] = {}

    def get(self, key: object, load: Callable[[], V]) -> V:
        """The value under ``key``, from ``load()`` when absent or old."""
        now = time.monotonic()
        entry = self._entries.get(key)
        if entry is not None and entry[0] > now:
            return entry[1]
        value = load()
        if len(self._entries) >= self._max_size:
            self._entries.clear()
        self._entries[key] = (now + (self._ttl_s if value is not None else self._ttl_s / 10), value)
        return value

    def peek(self, key: object) -> V | None:
        """The value under ``key`` if it is here and fresh, without loading."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


#: A suspended tenant stays reachable for at most this long in a process that has it cached.
_hosts: TimedCache[tuple[TenantRef, str] | None] = TimedCache(ttl_s=5.0)
_refs: TimedCache[TenantRef | None] = TimedCache(ttl_s=5.0)


def forget_cached_tenants() -> None:
    """Drop this process's cached tenants, after a change of state."""
    _hosts.clear()
    _refs.clear()


def tenant_for_host(host: str) -> tuple[TenantRef, str] | None:
    """The tenant that answers on ``host`` and its state, or ``None`` for a host that no tenant has."""

    def load() -> tuple[TenantRef, str] | None:
        with public_scope():
            tenants = Tenant.objects.all()
            base = "." + settings.PUBLIC_HOST
            tenant = tenants.filter(domains__host=host).first()
            if tenant is None and host.endswith(base):
                tenant = tenants.filter(slug=host[: -len(base)]).first()
            return None if tenant is None else (TenantRef.of(tenant), tenant.state)

    return _hosts.get(host, load)


def ready_tenant(tenant_id: uuid.UUID) -> TenantRef | None:
    """The tenant with that id if it is ready to be worked for, else ``None``."""

    def load() -> TenantRef | None:
        with public_scope():
            tenant = Tenant.objects.filter(id=tenant_id, state=TenantState.READY).first()
            return None if tenant is None else TenantRef.of(tenant)

    return _refs.get(tenant_id, load)


def tenant_by_slug(slug: str) -> Tenant:
    """The tenant with that slug. Raises ``Tenant.DoesNotExist``."""
    with public_scope():
        return Tenant.objects.get(slug=slug)


def ready_tenants() -> list[Tenant]:
    """Every tenant that is being served, by slug."""
    with public_scope():
        return list(Tenant.objects.filter(state=TenantState.READY))

"""A new master key: everything that the old ones wrap is wrapped by the new one, after which the old can go."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from core.crypto import Keyring
from tenants.models import Tenant
from tenants.scope import public_scope

Rewrap = Callable[[Keyring], int]

_others: dict[str, Rewrap] = {}


def on_rewrap(what: str) -> Callable[[Rewrap], Rewrap]:
    """Register what else an app has wrapped by the master key: wraps it anew, returns how many. Safe to run twice."""

    def register(rewrap: Rewrap) -> Rewrap:
        _others[what] = rewrap
        return rewrap

    return register


def rewrap_all() -> dict[str, int]:
    """How many of each kind were wrapped anew; what the first key wraps already is left alone."""
    keyring = Keyring.from_env_value(settings.WASL_MASTER_KEY)
    with public_scope():
        return {
            "data keys": _data_keys(keyring),
            **{what: rewrap(keyring) for what, rewrap in _others.items()},
        }


def _data_keys(keyring: Keyring) -> int:
    changed = 0
    for tenant in Tenant.objects.only("id", "data_key").iterator():
        wrapped = bytes(tenant.data_key)
        if keyring.needs_rewrap(wrapped):
            fresh = keyring.rewrap(wrapped, aad=str(tenant.id).encode())
            # Only if nobody did it meanwhile: two runs must not undo each other.
            changed += Tenant.objects.filter(id=tenant.id, data_key=wrapped).update(data_key=fresh)
    return changed

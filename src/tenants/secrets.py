"""Secrets of a tenant at rest: encrypted with its own data key, bound to the place where they are stored."""

from __future__ import annotations

import uuid

import orjson
from django.conf import settings

from core.crypto import Keyring, decrypt, encrypt
from tenants.models import Tenant
from tenants.scope import public_scope, require_tenant
from tenants.selectors import TimedCache

_data_keys: TimedCache[bytes] = TimedCache(ttl_s=300)


def _data_key(tenant_id: uuid.UUID) -> bytes:
    def load() -> bytes:
        with public_scope():
            wrapped = Tenant.objects.values_list("data_key", flat=True).get(id=tenant_id)
        return Keyring.from_env_value(settings.WASL_MASTER_KEY).unwrap_key(
            bytes(wrapped), aad=str(tenant_id).encode()
        )

    return _data_keys.get(tenant_id, load)


def _aad(tenant_id: uuid.UUID, place: str) -> bytes:
    return f"{tenant_id}|{place}".encode()


def seal(value: dict[str, object], *, place: str) -> bytes:
    """Encrypt a JSON object for the current tenant. ``place`` is ``table|column|row id``."""
    tenant = require_tenant()
    return encrypt(_data_key(tenant.id), orjson.dumps(value), _aad(tenant.id, place))


def unseal(sealed: bytes, *, place: str) -> dict[str, object]:
    """Decrypt what :func:`seal` made, at the same place. Raises ``DecryptionError``."""
    tenant = require_tenant()
    return orjson.loads(decrypt(_data_key(tenant.id), bytes(sealed), _aad(tenant.id, place)))

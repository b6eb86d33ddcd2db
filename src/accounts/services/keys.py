"""API keys: issuing, revoking, and knowing a caller by one."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.db.models import Q

from accounts.key_format import KeyText
from accounts.models import ApiKey
from accounts.principal import Principal
from accounts.scopes import check_scopes
from accounts.selectors import acts_here, is_agency_of, key_with_prefix
from core.errors import PermanentError
from tenants.scope import TenantLike, TenantRef

log = structlog.get_logger(__name__)

#: ``last_used_at`` is told to this precision, so that a busy key does not write a row at every request.
_USED_EVERY = timedelta(minutes=1)
_NO_DIGEST = bytes(32)


class InvalidKeyError(PermanentError):
    """The API key is not valid: unknown, expired or revoked."""


class KeyNotForThisTenantError(PermanentError):
    """The API key is not for this tenant."""


class ScopeNotHeldError(PermanentError):
    """Nobody can give away a right that they do not have."""


class ExpiryInPastError(PermanentError):
    """The key's end is in the past."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key. ``secret``, its whole text, is known here and never again."""

    key: ApiKey
    secret: str


def issue_api_key(
    *,
    tenant: TenantLike,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    by: Principal | None = None,
) -> IssuedKey:
    """Make a key of ``tenant``; ``by`` is who asks (``None``: the platform).

    Raises ``UnknownScopeError``, ``ScopeNotHeldError``, ``ExpiryInPastError``.
    """
    wanted = check_scopes(scopes)
    lacking = [scope for scope in wanted if by is not None and not by.allows(scope)]
    if lacking:
        raise ScopeNotHeldError(f"You do not hold {', '.join(lacking)}. {ScopeNotHeldError.__doc__}")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise ExpiryInPastError
    text = KeyText.new()
    key = ApiKey.objects.create(
        tenant_id=tenant.id,
        name=name,
        prefix=text.prefix,
        hash=text.digest,
        scopes=wanted,
        expires_at=expires_at,
        created_by=by.user if by else None,
    )
    _audit("API key issued", key, by)
    return IssuedKey(key, str(text))


def revoke_api_key(key: ApiKey, *, by: Principal | None = None) -> ApiKey:
    """End a key, from the next request on. Revoking twice keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=datetime.now(UTC))
    key.refresh_from_db(fields=["revoked_at"])
    _audit("API key revoked", key, by)
    return key


def authenticate_key(text: str, *, tenant: TenantRef, host: TenantRef | None = None) -> Principal:
    """Who comes with the key ``text`` to work for ``tenant`` on the host of the tenant ``host`` (``None``: the public).

    Raises ``InvalidKeyError``, the same whatever is wrong with the key, and ``KeyNotForThisTenantError``.
    """
    given = KeyText.parse(text)
    key = key_with_prefix(given.prefix) if given else None
    digest = given.digest if given else _NO_DIGEST
    # Compared also when there is no such key, so that the time does not tell.
    same = hmac.compare_digest(bytes(key.hash) if key else _NO_DIGEST, digest)
    now = datetime.now(UTC)
    if key is None or not same or not key.is_live(now=now):
        raise InvalidKeyError
    of_tenant = key.tenant_id == tenant.id or is_agency_of(key.tenant, tenant)
    if not of_tenant or not acts_here(key.tenant_id, target=tenant, host=host):
        raise KeyNotForThisTenantError
    _touch(key, now)
    return Principal(kind="key", id=key.id, tenant=tenant, scopes=frozenset(key.scopes))


def _touch(key: ApiKey, now: datetime) -> None:
    if key.last_used_at is None or key.last_used_at <= now - _USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _audit(what: str, key: ApiKey, by: Principal | None) -> None:
    log.info(
        what,
        key=str(key.id),
        of_tenant=str(key.tenant_id),
        scopes=list(key.scopes),
        by=by.label if by else "platform",
    )

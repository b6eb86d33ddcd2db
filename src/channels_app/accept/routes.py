"""Where an account's webhooks belong, cached in the process: provider and account (or address key) to tenant and channel."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection

from channels_app.models import Channel
from channels_app.routing.models import ChannelRoute
from core.errors import RetryableError
from tenants.models import TenantState
from tenants.scope import TenantRef, public_scope, tenant_scope
from tenants.secrets import unseal
from tenants.selectors import TimedCache


@dataclass(frozen=True, slots=True)
class Route:
    """A channel as the accept route needs it. ``signing`` are the channel's own secrets, ``verify_token`` its own token.
    ``origins`` are the sites whose pages may post to it from a browser."""

    tenant: TenantRef
    channel_id: uuid.UUID
    account_id: str
    signing: tuple[str, ...]
    verify_token: str
    origins: tuple[str, ...] = ()


class RoutesDownError(RetryableError):
    """Where the delivery belongs cannot be looked up now; the provider must send it again."""


_routes: TimedCache[Route | None] = TimedCache(ttl_s=5.0)

#: The installation's own secrets, for the providers whose one app serves many tenants.
_SHARED_SECRETS: dict[str, Callable[[], tuple[str, ...]]] = {
    "whatsapp": lambda: tuple(settings.WHATSAPP_APP_SECRETS)
}


def _sites(channel_id: uuid.UUID) -> tuple[str, ...]:
    settings_of = Channel.objects.filter(id=channel_id).values_list("settings", flat=True)
    return tuple(settings_of.get().get("allowed_origins", ()))


#: The providers whose messages browsers post, and where the sites are named that may.
_ORIGINS: dict[str, Callable[[uuid.UUID], tuple[str, ...]]] = {"webchat": _sites}


def shared_secrets(provider: str) -> tuple[str, ...]:
    """The secrets that sign at the provider's shared address; empty when it has none."""
    return _SHARED_SECRETS.get(provider, tuple)()


async def route_by_account(provider: str, account_id: str) -> Route | None:
    """The channel of an account at the shared address; ``None`` when nobody connected it, or when it has a signing
    secret of its own: then only its own address speaks for it."""
    route = await _cached(
        (provider, "account", account_id), lambda: _load(provider=provider, account_id=account_id)
    )
    return None if route is None or route.signing else route


async def route_by_key(provider: str, key: str) -> Route | None:
    """The channel behind an address of its own."""
    return await _cached((provider, "key", key), lambda: _load(provider=provider, key=key))


def forget_cached_routes() -> None:
    """Drop this process's cached routes."""
    _routes.clear()


async def _cached(key: tuple[str, str, str], load: Callable[[], Route | None]) -> Route | None:
    kept = _routes.peek(key)
    if kept is not None:
        return kept
    try:
        return await asyncio.to_thread(_routes.get, key, load)
    except DatabaseError as exc:
        raise RoutesDownError from exc


def _load(**where: str) -> Route | None:
    try:
        with public_scope():
            row = ChannelRoute.objects.select_related("tenant").filter(is_active=True, **where).first()
        if row is None or row.tenant.state not in (TenantState.READY, TenantState.SUSPENDED):
            return None
        tenant = TenantRef.of(row.tenant)
        with tenant_scope(tenant):
            secrets = unseal(bytes(row.secrets), place=row.place)
            origins = _ORIGINS.get(row.provider, lambda channel_id: ())(row.channel_id)
        signing = secrets["signing"]
        assert isinstance(signing, list)
        verify_token = str(secrets["verify_token"])
        return Route(tenant, row.channel_id, row.account_id, tuple(signing), verify_token, origins)
    finally:
        # This thread is one of a pool of asyncio's: it must not sit on a connection.
        connection.close()

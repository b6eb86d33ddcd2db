"""Channels: set up, changed, opened for use."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import BaseModel, SecretStr, ValidationError

from channels_app.models import Channel
from channels_app.providers.base import Provider
from channels_app.providers.registry import PROVIDERS
from channels_app.routing.models import ChannelRoute
from core.errors import PermanentError
from core.ids import uuid7
from tenants.scope import require_tenant
from tenants.secrets import seal, unseal
from tenants.selectors import TimedCache


class ChannelConfigError(PermanentError):
    """The channel's credentials or settings are not valid. ``fields`` maps each to what is wrong with it."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel ready for use: its provider and its decrypted configuration."""

    id: uuid.UUID
    provider: Provider
    credentials: BaseModel
    settings: BaseModel


_open: TimedCache[OpenChannel] = TimedCache(ttl_s=5.0)


def validated(model: type[BaseModel], values: Mapping[str, Any], prefix: str) -> BaseModel:
    """``values`` as the provider's model. Raises ``ChannelConfigError``, its fields named below ``prefix``."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as exc:
        fields: dict[str, list[str]] = {}
        for error in exc.errors(include_url=False, include_input=False):
            fields.setdefault(".".join([prefix, *map(str, error["loc"])]), []).append(error["msg"])
        raise ChannelConfigError(fields) from exc


def _revealed(model: BaseModel) -> dict[str, Any]:
    """The model's values with its secrets in clear, for sealing."""
    values = model.model_dump(mode="json")
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, SecretStr):
            values[name] = value.get_secret_value()
    return values


def create_channel(
    *, provider: str, name: str, credentials: Mapping[str, Any], settings: Mapping[str, Any] | None = None
) -> Channel:
    """Set up a channel and its route. Raises ``ChannelConfigError``, and ``UnknownKeyError`` for an unknown provider."""
    adapter = PROVIDERS.get(provider)
    opened = validated(adapter.Credentials, credentials, "credentials")
    options = validated(adapter.Settings, settings or {}, "settings")
    account_id = adapter.account_id(opened)
    channel = Channel(
        id=uuid7(),
        provider=provider,
        name=name,
        account_id=account_id,
        settings=options.model_dump(mode="json"),
    )
    channel.credentials = seal(_revealed(opened), place=_place(channel.id))
    route = ChannelRoute(
        channel_id=channel.id,
        tenant_id=require_tenant().id,
        provider=provider,
        account_id=account_id,
        key=secrets.token_urlsafe(24),
    )
    route.secrets = _sealed_for(route, adapter, opened)
    try:
        with transaction.atomic():
            route.save(force_insert=True)
            channel.save(force_insert=True)
    except IntegrityError as exc:
        raise ChannelConfigError(
            {"credentials": [f"The account {account_id} is connected already."]}
        ) from exc
    return channel


def update_channel(
    channel: Channel,
    *,
    name: str | None = None,
    credentials: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Channel:
    """Change what is given: single credentials and settings replace, the others stay. Raises ``ChannelConfigError``."""
    adapter = PROVIDERS.get(channel.provider)
    if name is not None:
        channel.name = name
    if settings is not None:
        merged = {**channel.settings, **settings}
        channel.settings = validated(adapter.Settings, merged, "settings").model_dump(mode="json")
    with transaction.atomic():
        if credentials is not None:
            _replace_credentials(channel, adapter, credentials)
        channel.save(update_fields=["name", "settings"])
    _open.clear()
    return channel


def set_resend_policy(channel: Channel, after_s: int | None) -> None:
    """Send again after so many seconds what may have gone out or not; ``None``: never."""
    channel.resend_unknown_after_s = after_s
    channel.save(update_fields=["resend_unknown_after_s"])


def set_active(channel: Channel, active: bool) -> bool:
    """Switch a channel on or off; tells whether it changed. While it is off, nothing is sent and what customers write
    is not taken in. Other processes notice within five seconds."""
    if channel.is_active == active:
        return False
    channel.is_active = active
    with transaction.atomic():
        channel.save(update_fields=["is_active"])
        ChannelRoute.objects.filter(channel_id=channel.id).update(is_active=active)
    return True


def merged_credentials(channel: Channel, credentials: Mapping[str, Any]) -> BaseModel:
    """The channel's credentials with these in place of theirs. Raises ``ChannelConfigError``."""
    merged = {**unseal(bytes(channel.credentials), place=_place(channel.id)), **credentials}
    return validated(PROVIDERS.get(channel.provider).Credentials, merged, "credentials")


def _replace_credentials(channel: Channel, adapter: Provider, credentials: Mapping[str, Any]) -> None:
    opened = merged_credentials(channel, credentials)
    if adapter.account_id(opened) != channel.account_id:
        raise ChannelConfigError(
            {"credentials": ["These belong to another account; connect it as a new channel."]}
        )
    channel.credentials = seal(_revealed(opened), place=_place(channel.id))
    channel.problem = ""
    channel.save(update_fields=["credentials", "problem"])
    route = ChannelRoute.objects.get(channel_id=channel.id)
    route.secrets = _sealed_for(route, adapter, opened)
    route.save(update_fields=["secrets"])


def verify_token_of(channel: Channel) -> str:
    """The phrase by which the provider verifies the channel's own address; empty where it asks for none."""
    token = getattr(open_channel(channel.id).credentials, "verify_token", None)
    return token.get_secret_value() if isinstance(token, SecretStr) else ""


def _place(channel_id: uuid.UUID) -> str:
    return f"channels_app_channel|credentials|{channel_id}"


def _sealed_for(route: ChannelRoute, adapter: Provider, credentials: BaseModel) -> bytes:
    signing = list(adapter.signing_secrets(credentials))
    token = getattr(credentials, "verify_token", None)
    verify = token.get_secret_value() if isinstance(token, SecretStr) else ""
    return seal({"signing": signing, "verify_token": verify}, place=route.place)


def open_channel(channel_id: uuid.UUID) -> OpenChannel:
    """The channel with its secrets decrypted. Raises ``Channel.DoesNotExist``."""

    def load() -> OpenChannel:
        channel = Channel.objects.get(id=channel_id)
        adapter = PROVIDERS.get(channel.provider)
        credentials = adapter.Credentials.model_validate(
            unseal(bytes(channel.credentials), place=_place(channel.id))
        )
        return OpenChannel(
            channel.id, adapter, credentials, adapter.Settings.model_validate(channel.settings)
        )

    return _open.get((require_tenant().id, channel_id), load)

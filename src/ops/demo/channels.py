"""The demo's channels: connected to the simulator, and described for programs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from channels_app.models import Channel
from channels_app.providers.calls import narrow
from channels_app.providers.telegram.credentials import TelegramCredentials
from channels_app.providers.webchat.credentials import WebChatCredentials
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials
from channels_app.selectors import webhook_paths
from channels_app.services.channels import create_channel, open_channel, set_active, update_channel
from channels_app.simulator.client import SimulatorClient
from ops.demo.cast import ChannelCast
from ops.demo.demo_file import DemoChannel


def ensure_channel(cast: ChannelCast, simulator_url: str) -> Channel:
    """The channel, speaking to the simulator where it is now; its secrets are made once."""
    options = _SETTINGS[cast.provider](SimulatorClient(simulator_url))
    channel = Channel.objects.filter(provider=cast.provider, account_id=cast.account_id).first()
    if channel is None:
        credentials = _NEW_CREDENTIALS[cast.provider](cast)
        return create_channel(
            provider=cast.provider, name=cast.name, credentials=credentials, settings=options
        )
    set_active(channel, active=True)
    return update_channel(channel, settings=options)


def describe_channel(channel: Channel, cast: ChannelCast, *, base_url: str) -> DemoChannel:
    """The channel's address and secrets."""
    opened = open_channel(channel.id)
    path = webhook_paths([channel.id])[channel.id]
    return DemoChannel(
        provider=channel.provider,
        name=channel.name,
        account_id=channel.account_id,
        webhook_path=path,
        webhook_url=base_url + path,
        phone=cast.phone,
        username=cast.username,
        **_SECRETS[channel.provider](opened.credentials),
    )


_SETTINGS: dict[str, Callable[[SimulatorClient], dict[str, Any]]] = {
    "whatsapp": lambda simulator: {"base_url": simulator.graph_url},
    "telegram": lambda simulator: {"base_url": simulator.telegram_url},
    "webchat": lambda simulator: {},
}


def _new_whatsapp(cast: ChannelCast) -> dict[str, str]:
    return {
        "phone_number_id": cast.account_id,
        "waba_id": cast.waba_id,
        "access_token": secrets.token_urlsafe(32),
    }


_NEW_CREDENTIALS: dict[str, Callable[[ChannelCast], dict[str, str]]] = {
    "whatsapp": _new_whatsapp,
    "telegram": lambda cast: {"bot_token": f"{cast.account_id}:{secrets.token_urlsafe(26)}"},
    # The signing secret is made by the provider.
    "webchat": lambda cast: {"site_key": cast.account_id},
}


def _whatsapp_secrets(credentials: BaseModel) -> dict[str, str]:
    own = narrow(credentials, WhatsAppCredentials)
    return {
        "token": own.access_token.get_secret_value(),
        "waba_id": own.waba_id,
        "app_secret": own.app_secret.get_secret_value() or settings.WHATSAPP_APP_SECRETS[0],
        "verify_token": own.verify_token.get_secret_value() or settings.META_VERIFY_TOKEN,
    }


def _telegram_secrets(credentials: BaseModel) -> dict[str, str]:
    own = narrow(credentials, TelegramCredentials)
    return {
        "token": own.bot_token.get_secret_value(),
        "secret_token": own.secret_token.get_secret_value(),
    }


def _webchat_secrets(credentials: BaseModel) -> dict[str, str]:
    own = narrow(credentials, WebChatCredentials)
    return {"signing_secret": own.signing_secret.get_secret_value()}


_SECRETS: dict[str, Callable[[BaseModel], dict[str, str]]] = {
    "whatsapp": _whatsapp_secrets,
    "telegram": _telegram_secrets,
    "webchat": _webchat_secrets,
}

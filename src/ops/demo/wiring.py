"""Connecting a channel at the simulator, as its owner does in the provider's own console."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable

from channels_app.simulator.client import SimulatorClient, SimulatorError
from ops.demo.demo_file import DemoChannel, DemoTenant
from ops.errors import OpsError


def register_account(channel: DemoChannel, *, tenant: DemoTenant, simulator: SimulatorClient) -> None:
    """Make the channel's account known at the simulator, before anything is sent to it. Raises ``OpsError``."""
    fields = _ACCOUNTS.get(channel.provider)
    if fields is None:
        return
    try:
        simulator.register_account(
            provider=channel.provider,
            account_id=channel.account_id,
            token=channel.token,
            name=tenant.name,
            # The simulator forgets customers with each start, the product does not.
            enforce_window=False,
            **fields(channel),
        )
    except SimulatorError as error:
        raise OpsError(f"the simulator refused {channel.provider} {channel.account_id}: {error}") from error


def connect_webhook(channel: DemoChannel, *, tenant: DemoTenant, simulator: SimulatorClient) -> str:
    """Bring the provider and the running product together, and say so in a line.

    Raises ``OpsError`` when the product does not pass the provider's check.
    """
    return f"{tenant.slug}: {_CONNECT[channel.provider](channel, simulator)}"


_ACCOUNTS: dict[str, Callable[[DemoChannel], dict[str, str]]] = {
    "whatsapp": lambda channel: {
        "app_secret": channel.app_secret,
        "verify_token": channel.verify_token,
        "webhook_url": channel.webhook_url,
        "display_phone_number": channel.phone,
        "waba_id": channel.waba_id,
    },
    "telegram": lambda channel: {"username": channel.username},
}


def _connect_whatsapp(channel: DemoChannel, simulator: SimulatorClient) -> str:
    handshake = simulator.verify(channel.account_id)
    if not handshake["ok"]:
        raise OpsError(
            f"{channel.webhook_url} failed WhatsApp's verification: "
            f"HTTP {handshake['status']}, {handshake['detail']}"
        )
    return f"WhatsApp +{channel.phone} connected; webhook {channel.webhook_path} verified"


def _connect_telegram(channel: DemoChannel, simulator: SimulatorClient) -> str:
    request = urllib.request.Request(
        f"{simulator.telegram_url}/bot{channel.token}/setWebhook",
        data=json.dumps({"url": channel.webhook_url, "secret_token": channel.secret_token}).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        with error:
            reason = error.read().decode(errors="replace")
        raise OpsError(f"Telegram refused the webhook {channel.webhook_url}: {reason}") from None
    return f"Telegram @{channel.username} connected; setWebhook accepted"


def _connect_webchat(channel: DemoChannel, simulator: SimulatorClient) -> str:
    return f"Web chat {channel.account_id} ready; nobody outside is asked"


_CONNECT: dict[str, Callable[[DemoChannel, SimulatorClient], str]] = {
    "whatsapp": _connect_whatsapp,
    "telegram": _connect_telegram,
    "webchat": _connect_webchat,
}

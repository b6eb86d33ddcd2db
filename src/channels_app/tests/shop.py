"""What the accept route's tests share: a shop whose channels are committed, and requests to the route over ASGI."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from channels_app.accept.app import AcceptApp
from channels_app.models import Channel, InboundDelivery, Message
from channels_app.routing.models import ChannelRoute
from channels_app.services.channels import create_channel
from channels_app.tests.support import (
    BOT_TOKEN,
    NUMBER,
    OWN_SECRET,
    WABA,
    Answer,
    ask,
    drain,
)
from events.queue.models import Item
from tenants.scope import TenantRef, tenant_scope
from tenants.selectors import tenant_by_slug

WHATSAPP_PATH = "/webhooks/whatsapp/"
OTHERS_NUMBER = "106540352000088"
SITE = "https://boutique.example.dz"


def whatsapp_credentials(**more: str) -> dict[str, str]:
    """The shop's credentials."""
    return {"phone_number_id": NUMBER, "waba_id": WABA, "access_token": "EAAGtoken", **more}


@dataclass(frozen=True, slots=True)
class Shop:
    """Demo with a channel of each kind, other with one."""

    demo: TenantRef
    other: TenantRef
    whatsapp: Channel
    telegram: Channel
    webchat: Channel
    others: Channel

    def path(self, channel: Channel) -> str:
        """The channel's own address."""
        key = ChannelRoute.objects.get(channel_id=channel.id).key
        return f"/webhooks/{channel.provider}/{key}/"

    def stored(self) -> int:
        """Deliveries in both tenants, each with its item."""
        counts = []
        for tenant in (self.demo, self.other):
            with tenant_scope(tenant):
                counts.append(InboundDelivery.objects.count())
        assert Item.objects.count() == sum(counts)
        return sum(counts)

    def texts(self, tenant: TenantRef) -> list[str]:
        """What was said, once the queue is worked off."""
        drain()
        with tenant_scope(tenant):
            return [row.text for row in Message.objects.order_by("created_at", "seq")]


def open_shop() -> Shop:
    """Connect the channels; needs a database with real commits."""
    demo, other = TenantRef.of(tenant_by_slug("demo")), TenantRef.of(tenant_by_slug("other"))
    with tenant_scope(demo):
        whatsapp = create_channel(provider="whatsapp", name="واتساب", credentials=whatsapp_credentials())
        telegram = create_channel(
            provider="telegram", name="بوت", credentials={"bot_token": BOT_TOKEN, "secret_token": OWN_SECRET}
        )
        webchat = create_channel(
            provider="webchat",
            name="الموقع",
            credentials={"site_key": "wc_0123456789ab", "signing_secret": OWN_SECRET},
            settings={"allowed_origins": [SITE]},
        )
    with tenant_scope(other):
        others = create_channel(
            provider="whatsapp",
            name="فروشگاه",
            credentials={
                **whatsapp_credentials(app_secret="a-secret-of-the-other"),
                "phone_number_id": OTHERS_NUMBER,
            },
        )
    return Shop(demo, other, whatsapp, telegram, webchat, others)


def ask_all(*requests: dict[str, Any]) -> list[Answer]:
    """All at once, of one accept route."""

    async def run() -> list[Answer]:
        app = AcceptApp()
        try:
            return list(await asyncio.gather(*(ask(app, **request) for request in requests)))
        finally:
            if app._committer is not None:
                await app._committer._disconnect()

    return asyncio.run(run())


def post(path: str, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    return ask_all({"path": path, "body": body, "headers": headers, **more})[0]


def get(path: str) -> Answer:
    return ask_all({"path": path, "method": "GET"})[0]

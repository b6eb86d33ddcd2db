"""What the inbox's tests share: bodies as providers send them, an ASGI client, and the queue run in this process."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from channels_app.models import Channel, InboundDelivery
from channels_app.providers.base import Fragment
from channels_app.providers.registry import PROVIDERS
from channels_app.providers.tests.support import recorded
from channels_app.services.updates import INBOUND
from events.queue.drain import Drain
from events.queue.enqueue import NewItem, enqueue

NUMBER = "106540352000077"
WABA = "104201337000001"
AMINA = "213555010203"
#: As config.settings.test has them.
SHARED_SECRET = "test-app-secret"
OWN_SECRET = "a-secret-of-the-shop-0123456789"
BOT_TOKEN = "7000000001:AAEtestTokenOfTheBot"

WHATSAPP = recorded("whatsapp")
TELEGRAM = recorded("telegram")
WEBCHAT = recorded("webchat")


def whatsapp_body(*, number: str = NUMBER, contacts: Any = None, **lists: list[dict[str, Any]]) -> bytes:
    """A body with these ``messages`` or ``statuses``."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "213770000077", "phone_number_id": number},
        **({"contacts": contacts} if contacts else {}),
        **lists,
    }
    entry = {"id": WABA, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False).encode()


def message(
    number: int | str, text: str = "سلام، کد تخفیف دارید؟", *, of: str = AMINA, **item: Any
) -> dict[str, Any]:
    """A text that came just now."""
    return {
        "from": of,
        "id": f"wamid.IN{number}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
        **item,
    }


def text_body(
    text: str = "سلام، کد تخفیف دارید؟", *, number: int | str = 1, of: str = AMINA, name: str = "أمينة"
) -> bytes:
    """A body with one text."""
    return whatsapp_body(
        messages=[message(number, text, of=of)], contacts=[{"profile": {"name": name}, "wa_id": of}]
    )


def status(
    state: str, *, message_id: str, at: int = 1_760_003_600, effect_key: str = "", **item: Any
) -> dict[str, Any]:
    """A status of a message of ours."""
    key = {"biz_opaque_callback_data": effect_key} if effect_key else {}
    return {"id": message_id, "status": state, "timestamp": str(at), "recipient_id": AMINA, **key, **item}


def meta_signature(body: bytes, secret: str = SHARED_SECRET) -> dict[str, str]:
    """Meta's header for a body."""
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def fragments(channel: Channel, body: bytes) -> list[Fragment]:
    """A body's fragments for the channel's account."""
    found = PROVIDERS.get(channel.provider).split(body)
    return [fragment for fragment in found if fragment.account_id in ("", channel.account_id)]


def deliver(channel: Channel, *bodies: bytes) -> list[InboundDelivery]:
    """Store and queue what is in the bodies, as the accept route does, inside this test's transaction."""
    rows = []
    for body in bodies:
        for fragment in fragments(channel, body):
            row, fresh = InboundDelivery.objects.get_or_create(
                channel_id=channel.id,
                key=fragment.key,
                defaults={
                    "lane": f"in:{channel.id}:{fragment.lane}",
                    "body": orjson.dumps(fragment.payload).decode(),
                },
            )
            if fresh:
                enqueue(NewItem(lane=row.lane[:200], kind=INBOUND, ref=str(row.id)))
            rows.append(row)
    return rows


def drain() -> int:
    """Work off the internal queue."""
    return Drain().run_until_empty()


def receive(channel: Channel, *bodies: bytes) -> None:
    """Deliver and work off."""
    deliver(channel, *bodies)
    drain()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


async def ask(
    app: Any,
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    host: str = "localhost",
    chunks: int = 1,
    declared: int | None = None,
) -> Answer:
    """One HTTP request to an ASGI application, in process. ``chunks`` cuts the body; ``declared`` is a false length."""
    raw = {
        "host": host,
        "content-length": str(len(body) if declared is None else declared),
        **(headers or {}),
    }
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in raw.items()],
        "client": ("127.0.0.1", 1),
        "server": (host, 80),
    }
    size = max(1, -(-len(body) // chunks))
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        for number, piece in enumerate(pieces)
    ]
    sent: list[dict[str, Any]] = []

    async def receive_() -> dict[str, Any]:
        return waiting.pop(0) if waiting else await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await asyncio.wait_for(app(scope, receive_, send), timeout=20)
    return Answer(
        status=sent[0]["status"],
        headers={name.decode().lower(): value.decode() for name, value in sent[0]["headers"]},
        body=b"".join(event.get("body", b"") for event in sent[1:]),
    )

"""The cast of the simulator's tests: a running simulator, and a product that receives its webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels_app.simulator.config import Limits, SimulatorConfig
from channels_app.simulator.server import create_app

Client = TestClient[web.Request, web.Application]
APP_SECRET = "كلمة السر"
CUSTOMER = "213555123456"


@dataclass
class Product:
    """Stands for Wasl: answers the handshake, keeps every webhook, answers with the next of ``statuses``."""

    verify_token: str = "vérifie-moi"
    statuses: list[int] = field(default_factory=list)
    hooks: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    async def receive(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            good = request.query.get("hub.verify_token") == self.verify_token
            return web.Response(
                text=request.query["hub.challenge"] if good else "no", status=200 if good else 403
            )
        self.hooks.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.hooks]

    def values(self) -> list[dict[str, Any]]:
        """WhatsApp's ``value`` of every change received."""
        return [change["value"] for body in self.bodies() for e in body["entry"] for change in e["changes"]]

    def texts(self) -> list[str]:
        return [m["text"]["body"] for value in self.values() for m in value.get("messages", [])]

    def states(self) -> list[str]:
        return [s["status"] for value in self.values() for s in value.get("statuses", [])]

    async def until(self, met: Callable[[], bool], *, timeout_s: float = 5.0) -> None:
        """Wait until ``met``; what did not come fails the test."""
        async with asyncio.timeout(timeout_s):
            while not met():
                await asyncio.sleep(0.01)


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    product = Product()
    app = web.Application()
    app.router.add_route("*", "/hook", product.receive)
    async with TestServer(app) as server:
        product.url = str(server.make_url("/hook"))
        yield product


@pytest.fixture
def limits() -> Limits:
    """Small and quick; a module overrides this fixture to test a limit."""
    return Limits(retry_delays_s=(0.02, 0.04), retry_for_s=2.0)


@pytest.fixture
async def sim(limits: Limits) -> AsyncIterator[Client]:
    server = TestServer(create_app(SimulatorConfig(limits=limits)))
    async with TestClient(server) as client:
        yield client


async def call(
    sim: Client, method: str, path: str, body: Any = None, *, status: int = 200, **kwargs: Any
) -> Any:
    """A JSON request that must be answered with ``status``."""
    async with sim.request(method, path, json=body, **kwargs) as response:
        answer = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


@pytest.fixture
async def whatsapp(sim: Client, product: Product) -> dict[str, Any]:
    """A registered WhatsApp account whose statuses come fast."""
    spec = {
        "provider": "whatsapp",
        "account_id": "106540352242922",
        "token": "EAAG-token",
        "app_secret": APP_SECRET,
        "verify_token": product.verify_token,
        "webhook_url": product.url,
        "waba_id": "102290129340398",
        "name": "بوتيك ياسمين",
        "status_delays_ms": [10, 20, 30],
    }
    return await call(sim, "POST", "/control/accounts", spec, status=201)


@pytest.fixture
async def telegram(sim: Client, product: Product) -> dict[str, Any]:
    """A registered Telegram bot."""
    spec = {
        "provider": "telegram",
        "account_id": "shop_bot",
        "token": "7001:AAF-token",
        "secret_token": "s3cret_token",
        "webhook_url": product.url,
        "name": "متجر",
    }
    return await call(sim, "POST", "/control/accounts", spec, status=201)


Inbound = Callable[..., Awaitable[dict[str, Any]]]
Send = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def writes(sim: Client, whatsapp: dict[str, Any]) -> Inbound:
    """The customer writes on WhatsApp."""

    async def write(text: str = "سلام", *, status: int = 200, **fields: Any) -> dict[str, Any]:
        body = {"from": CUSTOMER, "name": "سارا", "text": text, **fields}
        return await call(
            sim, "POST", f"/control/accounts/{whatsapp['account_id']}/inbound", body, status=status
        )

    return write


@pytest.fixture
def sends(sim: Client, whatsapp: dict[str, Any]) -> Send:
    """The product sends on WhatsApp; without content it is a text."""

    async def send(*, status: int = 200, token: str = "EAAG-token", **content: Any) -> dict[str, Any]:
        content = content or {"type": "text", "text": {"body": "سلام سارا"}}
        body = {"messaging_product": "whatsapp", "to": CUSTOMER, **content}
        path = f"/graph/v25.0/{whatsapp['account_id']}/messages"
        headers = {"Authorization": f"Bearer {token}"}
        return await call(sim, "POST", path, body, status=status, headers=headers)

    return send

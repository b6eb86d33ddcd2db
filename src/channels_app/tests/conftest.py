"""The cast of the inbox's tests: demo's shop on WhatsApp, Telegram and its web site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from rest_framework.test import APIClient

from channels_app.accept.routes import forget_cached_routes
from channels_app.models import Channel, Conversation
from channels_app.selectors import forget_business_hours
from channels_app.services import channels as services
from channels_app.services.channels import create_channel
from channels_app.services.inbox_time.timers import forget_wanted
from channels_app.simulator.client import SimulatorClient
from channels_app.simulator.testing import running_simulator
from channels_app.tests.inbox_time_support import Clock
from channels_app.tests.shop import Shop, open_shop, whatsapp_credentials
from channels_app.tests.support import BOT_TOKEN, NUMBER, OWN_SECRET, WABA, receive, text_body
from core.http import HttpThread
from events.models import Event
from events.queue.pump import Pump
from tenants.scope import tenant_scope


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    """Channels, opening hours and what timers wait for live in caches for some seconds: longer than a test."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    services._open.clear()
    forget_cached_routes()
    forget_wanted()
    forget_business_hours()


@pytest.fixture
def inside(demo) -> Iterator[None]:
    """The test runs in demo's scope, as a worker's batch does."""
    with tenant_scope(demo):
        yield


@pytest.fixture
def clock(inside) -> Iterator[Clock]:
    """Python's clock, standing still."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture(scope="session")
def simulator() -> Iterator[SimulatorClient]:
    """The outside world."""
    with running_simulator() as client:
        yield client


@pytest.fixture
def world(simulator) -> Iterator[SimulatorClient]:
    """The outside world, with the shop's number and nobody's history."""
    simulator.reset(accounts=True)
    simulator.register_account(
        provider="whatsapp",
        account_id=NUMBER,
        token="EAAGtoken",
        app_secret=OWN_SECRET,
        waba_id=WABA,
        enforce_window=False,
        statuses=False,
    )
    simulator.register_account(
        provider="telegram", account_id="shop_bot", token=BOT_TOKEN, enforce_window=False
    )
    yield simulator
    simulator.reset(accounts=True)


@pytest.fixture
def whatsapp(inside, world) -> Channel:
    """The shop's number, signed by the installation's app, calling the simulator."""
    return create_channel(
        provider="whatsapp",
        name="واتساب المتجر",
        credentials=whatsapp_credentials(),
        settings={"base_url": world.graph_url, "timeout_s": 5},
    )


@pytest.fixture
def telegram(inside, world) -> Channel:
    """The shop's bot."""
    return create_channel(
        provider="telegram",
        name="تيليغرام",
        credentials={"bot_token": BOT_TOKEN, "secret_token": OWN_SECRET},
        settings={"base_url": world.telegram_url, "timeout_s": 5},
    )


@pytest.fixture
def webchat(inside) -> Channel:
    """The chat on the shop's site."""
    return create_channel(
        provider="webchat",
        name="الموقع",
        credentials={"site_key": "wc_0123456789ab", "signing_secret": OWN_SECRET},
        settings={"allowed_origins": ["https://boutique.example.dz"], "greeting": "مرحبا بك!"},
    )


@pytest.fixture
def conversation(whatsapp) -> Conversation:
    """Amina wrote just now."""
    receive(whatsapp, text_body())
    return Conversation.objects.get()


@pytest.fixture
def pump(world) -> Iterator[Callable[[], int]]:
    """``pump()`` makes the calls that wait, to the simulator."""
    port = world.base_url.rpartition(":")[2]
    thread = HttpThread(allowed_private=[f"127.0.0.1:{port}"])
    yield lambda: Pump(thread).run_until_empty()
    thread.close()


@pytest.fixture
def published(demo) -> Callable[..., list[Event]]:
    """``published("MESSAGE_RECEIVED")``: the events of these types, oldest first."""

    def find(*types: str) -> list[Event]:
        with tenant_scope(demo):
            return list(Event.objects.filter(type__in=types).order_by("id"))

    return find


@pytest.fixture
def agent(api, demo_key) -> APIClient:
    """A program that works the inbox."""
    return api("demo.localhost", key=demo_key("inbox:write"))


@pytest.fixture
def operator(api, demo_key) -> APIClient:
    """A program that looks after channels."""
    return api("demo.localhost", key=demo_key("channels:admin", "inbox:read"))


@pytest.fixture
def shop(committed_db) -> Shop:
    """The shop with real commits, for what comes in over other connections."""
    return open_shop()


@pytest.fixture
def bobs(api, bob) -> APIClient:
    """Bob's browser."""
    return api("demo.localhost", user=bob)


@pytest.fixture
def alices(api, alice) -> APIClient:
    """Alice's browser."""
    return api("demo.localhost", user=alice)

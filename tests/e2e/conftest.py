"""A whole installation with a browser before it: PostgreSQL, Redis, web, worker, scheduler, the simulated phones, Chromium.

Everything is asynchronous and lives in one event loop, because a browser does. What a failed test showed is kept as
a picture in ``var/e2e/``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from channels_app.simulator.client import SimulatorClient
from ops.browser import FLAGS, MISSING, find_chromium
from ops.demo.api import Api, bearer
from ops.demo.demo_file import DemoFile, DemoTenant
from ops.demo.narrator import Narrator
from ops.demo.script import play
from ops.demo.site import passing_site
from ops.paths import VAR
from ops.stack import Stack
from ops.throwaway import throwaway_stack
from tests.e2e.phones import Phone
from tests.e2e.windows import Windows

PICTURES = VAR / "e2e"
#: Development's, with an action that the web UI has never heard of.
SETTINGS = "tests.e2e.settings"
#: A busy machine is no failure.
expect.set_options(timeout=15_000)


@dataclass(frozen=True, slots=True)
class Place:
    """A running site: its addresses, keys and logins."""

    file: DemoFile
    stack: Stack

    @property
    def simulator(self) -> SimulatorClient:
        """The outside world."""
        return SimulatorClient(self.file.simulator_url)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one these tests are skipped, and say so; in CI that is a failure."""
    path = find_chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(f"no browser test was run: {MISSING}")
    return path


@pytest.fixture(scope="session")
def site(chromium: str) -> Iterator[Place]:
    """The demo's two tenants, after the demo's script: conversations, contacts, executions are there.

    ``E2E_SITE`` names the ``demo.json`` of a site that runs already (``var/demo.json`` while ``./wasl demo`` does): for
    those who write a test and do not want to wait for a new site each time.
    """
    running = os.environ.get("E2E_SITE")
    if running:
        yield Place(DemoFile.load(Path(running)), Stack(Path(running).parent, environ={}, throwaway=True))
        return
    narrator = Narrator()
    with (
        throwaway_stack(VAR / "e2e-stack") as stack,
        passing_site(narrator, stack, settings=SETTINGS) as started,
    ):
        failures = play(started.file, started.simulator, narrator)
        assert failures == [], "the demo's script came true"
        yield Place(started.file, stack)


@pytest.fixture
def demo(site: Place) -> DemoTenant:
    """The Algerian shop."""
    return site.file.tenant("demo")


@pytest.fixture
def api(demo: DemoTenant) -> Api:
    """The shop's REST API with its key, for what a test needs to be there."""
    return Api(demo.base_url, bearer(demo.api_key))


@pytest.fixture
def new_phone(site: Place, demo: DemoTenant) -> Callable[[], Phone]:
    """Makes a customer whom nobody knows yet."""
    return lambda: Phone(channel=demo.channel("whatsapp"), simulator=site.simulator)


@pytest.fixture
def phone(new_phone: Callable[[], Phone]) -> Phone:
    """One of them."""
    return new_phone()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for all tests; each opens windows of its own."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        await opened.close()


@pytest.fixture(scope="session")
def states() -> dict[str, Any]:
    """Sessions by login: people sign in once, the tests of signing in do it themselves."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def windows(
    browser: Browser, demo: DemoTenant, states: dict[str, Any], request: pytest.FixtureRequest
) -> AsyncIterator[Windows]:
    """Windows of one test. A page that logged an error or threw one fails the test."""
    opened = Windows(browser=browser, tenant=demo, states=states)
    yield opened
    failed: Callable[[], bool] = getattr(request.node, "failed_call", lambda: False)
    if failed():
        await opened.take_pictures(PICTURES, request.node.name)
    await opened.close()
    assert opened.complaints == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember how the test itself ended, for the fixture that takes pictures."""
    report = yield
    if call.when == "call":
        item.failed_call = lambda: report.failed  # type: ignore[attr-defined]
    return report

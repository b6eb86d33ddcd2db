"""A whole installation with a browser before it: PostgreSQL, Redis, web, worker, scheduler, the simulated phones, Chromium.

Everything is asynchronous and lives in one event loop, because a browser does. What a failed test showed is kept as
a picture in ``var/e2e/``.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from channels_app.simulator.client import SimulatorClient
from ops.demo.demo_file import DemoTenant, Login
from ops.demo.narrator import Narrator
from ops.demo.script import play
from ops.demo.site import Site, passing_site
from ops.paths import VAR
from ops.throwaway import throwaway_stack
from tests.e2e.chromium import FLAGS, find_chromium

PICTURES = VAR / "e2e"
DESKTOP = {"width": 1366, "height": 820}
PHONE = {"width": 390, "height": 844}
_MISSING = "browser tests need Chromium: install the package chromium, or name one in CHROMIUM"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one these tests are skipped, and say so; in CI that is a failure."""
    path = find_chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail(_MISSING)
    if path is None:
        pytest.skip(_MISSING)
    return path


@pytest.fixture(scope="session")
def site(chromium: str) -> Iterator[Site]:
    """The demo's two tenants, after the demo's script: conversations, contacts, executions are there."""
    narrator = Narrator()
    with throwaway_stack(VAR / "e2e-stack") as stack, passing_site(narrator, stack) as running:
        failures = play(running.file, running.simulator, narrator)
        assert failures == [], "the demo's script came true"
        yield running


@pytest.fixture
def demo(site: Site) -> DemoTenant:
    """The Algerian shop."""
    return site.file.tenant("demo")


@pytest.fixture
def phones(site: Site) -> SimulatorClient:
    """The customers' phones."""
    return site.simulator


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for all tests; each opens windows of its own."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        await opened.close()


@dataclass
class Windows:
    """Opens pages, signed in or not, and remembers what they complained about."""

    browser: Browser
    tenant: DemoTenant
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(
        self,
        path: str,
        *,
        login: Login | None,
        language: str = "en",
        theme: str = "light",
        viewport: dict[str, int] | None = None,
    ) -> Page:
        """A new window on that path, signed in as ``login``."""
        size = viewport or DESKTOP
        context = await self.browser.new_context(
            base_url=self.tenant.base_url,
            viewport={"width": size["width"], "height": size["height"]},
            locale=language,
            has_touch=size == PHONE,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        await context.add_init_script(
            f"localStorage.setItem('wasl-language', '{language}');"
            f"localStorage.setItem('mantine-color-scheme-value', '{theme}')"
        )
        page = await context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if login is not None:
            await sign_in(page, login)
        await page.goto(path)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        # Answers that are no success are the pages' business: they show them.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


async def sign_in(page: Page, login: Login) -> None:
    """By the sign-in page, as people do."""
    await page.goto("/sign-in")
    await page.locator("input[type=email], input[autocomplete=username]").first.fill(login.email)
    await page.locator("input[type=password]").fill(login.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/(inbox|dashboard|contacts|workflows)"))


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser, demo: DemoTenant, request: pytest.FixtureRequest) -> AsyncIterator[Windows]:
    """Windows of one test. A page that logged an error or threw one fails the test."""
    opened = Windows(browser, demo)
    yield opened
    failed: Callable[[], bool] = getattr(request.node, "failed_call", lambda: False)
    if failed():
        PICTURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(page for context in opened.contexts for page in context.pages):
            await page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png")
    for context in opened.contexts:
        await context.close()
    assert opened.complaints == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember how the test itself ended, for the fixture that takes pictures."""
    report = yield
    if call.when == "call":
        item.failed_call = lambda: report.failed  # type: ignore[attr-defined]
    return report

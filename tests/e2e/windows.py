"""Browser windows of one test: signed in or not, in a language, a theme and a size, with an ear for complaints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from ops.demo.demo_file import DemoTenant, Login

DESKTOP = (1366, 820)
PHONE = (390, 844)
#: What the browser itself says of answers and sockets that are no success: showing them is the page's business.
_NOT_THE_PAGE = ("Failed to load resource", "WebSocket connection to")


@dataclass(kw_only=True)
class Windows:
    """Opens pages and remembers what they complained about. ``states`` keeps the session of each login across tests."""

    browser: Browser
    tenant: DemoTenant
    states: dict[str, Any]
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(
        self,
        path: str,
        *,
        login: Login | None,
        language: str = "en",
        theme: str = "light",
        size: tuple[int, int] = DESKTOP,
        fresh: bool = False,
    ) -> Page:
        """A new window on that path, signed in as ``login``; ``fresh`` signs in by the page though a session is known."""
        known = None if fresh or login is None else self.states.get(login.email)
        context = await self.browser.new_context(
            base_url=self.tenant.base_url,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=size == PHONE,
            reduced_motion="reduce",
            storage_state=known,
        )
        self.contexts.append(context)
        await context.add_init_script(
            f"if (location.protocol.startsWith('http')) localStorage.setItem('wasl-language', '{language}')"
        )
        page = await context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if login is not None and known is None:
            await sign_in(page, login)
            if not fresh:
                self.states[login.email] = await context.storage_state()
        await page.goto(path)
        return page

    async def take_pictures(self, folder: Path, name: str) -> None:
        """What each window shows now, as files."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages):
            await page.screenshot(path=folder / f"{name}-{number}.png")

    async def close(self) -> None:
        """Close them all."""
        for context in self.contexts:
            await context.close()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_NOT_THE_PAGE):
            self.complaints.append(message.text)


async def sign_in(page: Page, login: Login) -> None:
    """By the sign-in page, as people do."""
    await page.goto("/sign-in")
    await page.get_by_role("textbox").first.fill(login.email)
    await page.locator("input[type=password]").fill(login.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/(inbox|dashboard|contacts|workflows)"))

"""Browser windows of one test: signed in or not, in any look, with an ear for what their pages complain of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from ops.browser import Look, new_window, sign_in
from ops.demo.demo_file import DemoTenant, Login

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
        self, path: str, *, login: Login | None, look: Look | None = None, fresh: bool = False
    ) -> Page:
        """A new window on that path, signed in as ``login``; ``fresh`` signs in by the page though a session is known."""
        known = None if fresh or login is None else self.states.get(login.email)
        context = await new_window(self.browser, self.tenant.base_url, look=look or Look(), state=known)
        self.contexts.append(context)
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

"""A Chromium that this machine has, and windows of the web UI in it: in a language, a theme and a size, signed in."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from ops.demo.demo_file import Login

#: Names under which distributions install it; ``CHROMIUM`` names another.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Without a sandbox where root runs it (containers, CI); and no calls home, which a closed network answers late.
FLAGS = [
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

MISSING = "there is no Chromium: install the package chromium, or name one in CHROMIUM"
DESKTOP = (1366, 820)
PHONE = (390, 844)


def find_chromium() -> str | None:
    """The path of the browser; ``None`` when there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a window shows the web UI, unless its member has chosen otherwise in their account."""

    language: str = "en"
    theme: str = "light"
    size: tuple[int, int] = DESKTOP

    def __str__(self) -> str:
        device = "phone" if self.size == PHONE else "desktop"
        return f"{device}-{self.theme}-{self.language}"


async def new_window(browser: Browser, base_url: str, *, look: Look, state: Any = None) -> BrowserContext:
    """A window with cookies of its own; ``state`` is a session that another one kept."""
    width, height = look.size
    context = await browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        locale=look.language,
        color_scheme="dark" if look.theme == "dark" else "light",
        has_touch=look.size == PHONE,
        reduced_motion="reduce",
        storage_state=state,
    )
    # Empty pages have no storage.
    await context.add_init_script(
        f"if (location.protocol.startsWith('http')) localStorage.setItem('wasl-language', '{look.language}')"
    )
    return context


async def sign_in(page: Page, login: Login) -> None:
    """By the sign-in page, as people do."""
    await page.goto("/sign-in")
    await page.locator("input[type=email]").fill(login.email)
    await page.locator("input[type=password]").fill(login.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/(inbox|dashboard|contacts|workflows)"))


#: A page may be drawn, then wait once more for words or a part that it loads on demand: calm is what lasts.
_CALM = """() => {
    // What a closed part will show once it is opened waits for that.
    const busy = [...document.querySelectorAll('[aria-busy=true], .mantine-Skeleton-root')].some(
        (part) => part.checkVisibility() && part.closest('[aria-hidden=true], [inert]') === null);
    const drawn = !busy && document.querySelector('h1') !== null && document.fonts.status === 'loaded';
    window.calmSince = drawn ? (window.calmSince ?? performance.now()) : null;
    return drawn && performance.now() - window.calmSince > 300;
}"""


async def settle(page: Page) -> None:
    """Wait until the page shows what it has to show: nothing is fetched, nothing is a skeleton, its letters are there.

    Raises playwright's ``TimeoutError``.
    """
    await page.wait_for_load_state("networkidle")
    await page.wait_for_function(_CALM)

"""Every page for everybody: axe finds nothing serious, one heading leads, and the keyboard gets to what matters."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from ops.browser import PHONE, Look
from ops.demo.api import Api
from ops.demo.demo_file import DemoTenant
from ops.paths import ROOT
from ops.screenshots.command import show
from ops.screenshots.pages import PAGES, ShownPage
from ops.screenshots.stage import set_the_stage
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
#: Between them both themes, both directions and both sizes.
LOOKS = (Look(language="en", theme="light"), Look(language="ar", theme="dark", size=PHONE))
#: So many pages are looked at side by side: most of their time is waiting.
WINDOWS = 3
_RUN = """() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
    .then(({violations}) => violations
        .filter(({impact}) => ['serious', 'critical'].includes(impact))
        .map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 160)).slice(0, 3).join(' | ')}`))"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a page in a look."""

    page: str
    look: str
    what: str


async def examine(window: Page, page: ShownPage, look: Look) -> list[Finding]:
    """What axe says of the page that the window shows, and how many headings of the first rank it has."""
    violations: list[str] = await window.evaluate(_RUN)
    headings = await window.get_by_role("heading", level=1).count()
    if headings != 1:
        violations.append(f"{headings} headings of rank 1")
    return [Finding(page.name, str(look), violation) for violation in violations]


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_no_page_shuts_anybody_out(windows: Windows, demo: DemoTenant, api: Api, look: Look) -> None:
    set_the_stage(api)
    axe = AXE.read_text()
    queue = list(PAGES)

    async def work() -> list[Finding]:
        shown: dict[bool, Page] = {
            True: await windows.open("/settings/tags", login=demo.login, look=look),
            False: await windows.open("/sign-in", login=None, look=look),
        }
        found: list[Finding] = []
        while queue:
            page = queue.pop()
            await show(shown[page.signed_in], page, page.find(api))
            # By the debugger: the page's own policy lets no script in.
            await shown[page.signed_in].evaluate(axe)
            found += await examine(shown[page.signed_in], page, look)
        return found

    findings = await asyncio.gather(*(work() for _ in range(WINDOWS)))
    assert [finding for part in findings for finding in part] == []


async def test_the_keyboard_reaches_what_matters(windows: Windows, demo: DemoTenant) -> None:
    """First a way past the navigation; then every stop can be seen, and the page's main action is among them."""
    page = await windows.open("/contacts", login=demo.login)
    await expect(page.get_by_role("button", name="New contact")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    stops: list[dict[str, Any]] = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        stop: dict[str, Any] = await page.evaluate(
            """() => {
                const box = document.activeElement.getBoundingClientRect();
                const style = getComputedStyle(document.activeElement);
                return {name: document.activeElement.textContent.trim(), seen: box.width > 0 && box.height > 0,
                        marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.borderStyle !== 'none'};
            }"""
        )
        stops.append(stop)
        if stop["name"] == "New contact":
            break
    assert stops[-1]["name"] == "New contact"
    assert [stop for stop in stops if not (stop["seen"] and stop["marked"])] == []

    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New contact")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="New contact")).to_be_focused()

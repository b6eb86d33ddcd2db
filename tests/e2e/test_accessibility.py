"""Every page for everybody: axe finds nothing serious, one heading leads, and the keyboard gets to what matters."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from playwright.async_api import Error, Page, expect

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


async def examine(window: Page, page: ShownPage, path: str, axe: str) -> list[str]:
    """What is wrong with a page: what axe says, how many headings lead it, and whether it comes to rest at all."""
    try:
        await show(window, page, path)
    except Error as error:
        return [f"{page.name}: {error.message.splitlines()[0]}"]
    # By the debugger: the page's own policy lets no script in.
    await window.evaluate(axe)
    wrong: list[str] = await window.evaluate(_RUN)
    headings = await window.get_by_role("heading", level=1).count()
    # A dialog hides the page behind it.
    if headings != 1 and not page.keys:
        wrong.append(f"{headings} headings of the first rank")
    return [f"{page.name}: {what}" for what in wrong]


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_no_page_shuts_anybody_out(windows: Windows, demo: DemoTenant, api: Api, look: Look) -> None:
    set_the_stage(api)
    axe = AXE.read_text()
    queue = list(PAGES)

    async def work() -> list[str]:
        shown: dict[bool, Page] = {
            True: await windows.open("/settings/tags", login=demo.login, look=look),
            False: await windows.open("/sign-in", login=None, look=look),
        }
        wrong: list[str] = []
        while queue:
            page = queue.pop()
            wrong += await examine(shown[page.signed_in], page, page.find(api), axe)
        return wrong

    found = await asyncio.gather(*(work() for _ in range(WINDOWS)))
    wrong = sorted(itertools.chain.from_iterable(found))
    assert not wrong, "\n".join(wrong)


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

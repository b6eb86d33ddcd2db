"""Speed that people feel: what is fetched first, when the inbox can be used, how a long list scrolls.

The bounds here are wide, for a busy machine; ``./wasl bench ui`` prints the hard figures.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bench.crowd import gather_crowd
from bench.watching import SHELL, fetched, files_of, interactive_ms, scroll
from playwright.async_api import Browser, Page

from ops.browser import Look, new_window, settle, sign_in
from ops.demo.demo_file import DemoTenant
from tests.e2e.conftest import Place
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONVERSATIONS = 2_000
#: Loaded where they are used, and nowhere else: the builder's canvas, charts, the code editor.
ON_DEMAND = (
    "src/components/graph/canvas/Canvas.tsx",
    "src/features/dashboard/pages/DashboardPage.tsx",
    "src/components/code/Editor.tsx",
)


@pytest_asyncio.fixture(loop_scope="session")
async def crowded(browser: Browser, site: Place) -> AsyncIterator[Page]:
    """A window on the other business, whose inbox is long: no other test looks there."""
    tenant = site.file.tenant("other")
    gather_crowd(site.stack.info.superuser_url, schema="t_other", count=CONVERSATIONS)
    window = await new_window(browser, tenant.base_url, look=Look())
    page = await window.new_page()
    await sign_in(page, tenant.login)
    yield page
    await window.close()


async def test_the_shell_is_light_and_the_heavy_parts_wait(windows: Windows, demo: DemoTenant) -> None:
    page = await windows.open("about:blank", login=demo.login)
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Network.clearBrowserCache")
    async with fetched(page) as files:
        await page.goto("/inbox")
        await settle(page)
    shell = files_of("index.html", *SHELL)
    assert shell <= set(files), "what the build calls the shell is what the browser fetched"
    assert sum(files[name] for name in shell) < 300 * 1024
    inbox = files_of("src/features/inbox/pages/InboxPage.tsx")
    heavy = files_of(*ON_DEMAND) - shell - inbox
    assert heavy, "there is something that waits"
    assert heavy & set(files) == set()


async def test_the_inbox_answers_soon_and_scrolls_smoothly(crowded: Page) -> None:
    await interactive_ms(crowded)
    assert min([await interactive_ms(crowded) for _ in range(3)]) < 6_000
    before = await crowded.get_by_role("link", name="Conversation with").first.get_attribute("aria-label")
    turned = await scroll(crowded, steps=120)
    assert turned.first_row != before
    assert turned.rows < 80, "only what is near the eye is in the page"
    assert sum(turned.long_tasks) < 0.5 * sum(turned.frames), "most of the time the page could answer"

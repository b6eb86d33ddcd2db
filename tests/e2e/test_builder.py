"""The builder: the coupon workflow by mouse and by keyboard alone, run and watched; and an action made elsewhere."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.async_api import Locator, Page, expect

from ops.demo.api import Api
from ops.demo.demo_file import DemoTenant
from ops.demo.product import EXECUTIONS
from ops.web_ui import FRONTEND
from tests.e2e.phones import Phone
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_STOPS = 60


@pytest.fixture
def word() -> str:
    """What customers write to get their coupon; no other test's customers do."""
    return f"تخفیف {secrets.token_hex(3)}"


async def new_workflow(page: Page, name: str) -> None:
    """An empty one, by mouse."""
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem").first.click()
    await page.get_by_role("dialog").get_by_role("textbox").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Start with a trigger")).to_be_visible()


def palette(page: Page) -> Locator:
    """Where steps are searched."""
    return page.get_by_role("combobox", name="Search steps and triggers")


def trigger_panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Settings of the trigger")


def step_panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Settings of the step")


def canvas(page: Page) -> Locator:
    """The graph."""
    return page.get_by_role("application")


async def tab_to(page: Page, target: Locator, *, back: bool = False) -> None:
    """Press Tab until ``target`` has the focus."""
    for _ in range(MOST_STOPS):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Shift+Tab" if back else "Tab")
    await expect(target).to_be_focused()


async def watch_it_run(page: Page, phone: Phone, *, name: str, word: str, coupon: str) -> None:
    """The customer writes, gets the coupon, and the run is on its page."""
    await phone.writes(word)
    await phone.hears(coupon)
    await page.get_by_role("link", name="Executions", exact=True).click()
    row = page.get_by_role("link", name=re.compile(re.escape(name))).first
    await expect(row).to_be_visible()
    await row.click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    await expect(page.get_by_text("Send a message").first).to_be_visible()


async def test_the_coupon_by_mouse(windows: Windows, demo: DemoTenant, phone: Phone, word: str) -> None:
    name = f"قسيمة {word}"
    page = await windows.open("/workflows", login=demo.login)
    await new_workflow(page, name)
    await page.get_by_role("button", name="Add a trigger").click()
    await palette(page).fill("message received")
    await page.get_by_role("option", name="Message received").click()
    panel = trigger_panel(page)
    await panel.get_by_role("button", name="Add a condition").click()
    await panel.get_by_role("button", name=re.compile("^Field:")).click()
    await page.get_by_placeholder("Search fields").fill("content")
    await page.get_by_role("option", name="Content").click()
    await panel.get_by_role("textbox", name="Value for Content").fill(word)

    await page.get_by_role("button", name="Add a step", exact=True).click()
    await palette(page).fill("send a message")
    await page.get_by_role("option", name="Send a message").drag_to(canvas(page))
    await canvas(page).get_by_text("Send a message").click()
    await (
        step_panel(page)
        .get_by_role("textbox", name="Text", exact=True)
        .fill("کد شما WASL-{{ user.id | slice: -6, 6 | upcase }}")
    )
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await page.get_by_role("button", name="Publish").click()
    publish = page.get_by_role("dialog", name="Publish")
    await expect(publish.get_by_text("2 added")).to_be_visible()
    await publish.get_by_role("button", name="Publish and activate").click()
    await expect(publish).to_have_count(0)
    await watch_it_run(page, phone, name=name, word=word, coupon="کد شما WASL-")


async def test_the_coupon_by_keyboard_alone(
    windows: Windows, demo: DemoTenant, phone: Phone, word: str
) -> None:
    name = f"بالمفاتيح {word}"
    page = await windows.open("/workflows", login=demo.login)
    new = page.get_by_role("button", name="New", exact=True)
    await expect(new).to_be_visible()
    await tab_to(page, new)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Start with a trigger")).to_be_visible()

    await page.keyboard.press("a")
    await expect(palette(page)).to_be_focused()
    await page.keyboard.type("message received")
    await page.keyboard.press("Enter")
    panel = trigger_panel(page)
    await expect(panel.get_by_role("combobox", name="Event")).to_be_focused()
    await tab_to(page, panel.get_by_role("button", name="Add a condition"))
    await page.keyboard.press("Enter")
    field = panel.get_by_role("button", name=re.compile("^Field:"))
    await expect(field).to_be_visible()
    await tab_to(page, field, back=True)
    await page.keyboard.press("Enter")
    await expect(page.get_by_placeholder("Search fields")).to_be_focused()
    await page.keyboard.type("content")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    value = panel.get_by_role("textbox", name="Value for Content")
    await expect(value).to_be_visible()
    await tab_to(page, value)
    await page.keyboard.type(word)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("group", name=re.compile("^Message received"))).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(palette(page)).to_be_focused()
    await page.keyboard.type("send a message")
    await page.keyboard.press("Enter")
    text = step_panel(page).get_by_role("textbox", name="Text", exact=True)
    await expect(text).to_be_visible()
    await tab_to(page, text)
    await page.keyboard.type("برای شما WASL")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await tab_to(page, page.get_by_role("button", name="Publish"), back=True)
    await page.keyboard.press("Enter")
    go = page.get_by_role("dialog").get_by_role("button", name="Publish and activate")
    await expect(go).to_be_enabled()
    await tab_to(page, go)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await watch_it_run(page, phone, name=name, word=word, coupon="برای شما WASL")


async def test_an_action_of_another_app_needs_no_front_end(
    windows: Windows, demo: DemoTenant, phone: Phone, api: Api, word: str
) -> None:
    """Registered by an app that only this site has: it is in the palette, its form is drawn, and it runs."""
    sources = (FRONTEND / "src").rglob("*.ts*")
    assert not any("pack_parcel" in source.read_text(encoding="utf-8") for source in sources)
    name = f"طرد {word}"
    page = await windows.open("/workflows", login=demo.login)
    await new_workflow(page, name)
    await page.get_by_role("button", name="Add a trigger").click()
    await palette(page).fill("by hand")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Add a step", exact=True).click()
    await palette(page).fill("parcel")
    await expect(
        page.get_by_role("option", name=re.compile("Have the warehouse pack what was ordered"))
    ).to_be_visible()
    await page.keyboard.press("Enter")
    panel = step_panel(page)
    await expect(panel.get_by_text("Have the warehouse pack what was ordered")).to_be_visible()
    await panel.get_by_role("textbox", name="Wilaya").fill("{{ user.name }}، وهران")
    await panel.get_by_label("Fragile").check()
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await page.get_by_role("button", name="Publish").click()
    publish = page.get_by_role("dialog", name="Publish")
    await publish.get_by_role("button", name="Publish and activate").click()
    await expect(publish).to_have_count(0)

    await phone.writes("سلام")
    await phone.hears("خوش آمدید")
    contact = api.results("/api/v1/crm/contacts/", phone=f"+{phone.number}")[0]
    (made,) = api.results("/api/v1/workflow/workflows/", search=name)
    api.post(f"/api/v1/workflow/workflows/{made['id']}/execute/", {"user_id": contact["id"]})
    await page.goto("/executions")
    await page.get_by_role("link", name=re.compile(re.escape(name))).first.click()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    (run,) = api.results(EXECUTIONS, workflow=made["id"])
    steps = api.get(f"{EXECUTIONS}{run['id']}/")["steps"]
    assert any(step.get("output") == {"note": f"small: {phone.name}، وهران (!)"} for step in steps)

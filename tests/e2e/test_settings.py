"""Settings that change what people see and can do at once: a channel, a canned reply, the language, the colour, dead letters."""

from __future__ import annotations

import asyncio
import re
import secrets

import pytest
from playwright.async_api import Page, expect

from ops.demo.api import Api, eventually
from ops.demo.demo_file import DemoTenant
from ops.demo.people import new_telegram_id
from tests.e2e.conftest import Place
from tests.e2e.members import new_member
from tests.e2e.parcels import ANSWER
from tests.e2e.phones import Phone
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

_COLOR = "getComputedStyle(document.body).getPropertyValue('--mantine-primary-color-filled').trim()"
_PRIMARY = f"() => {_COLOR}"
_CHANGED = f"before => {_COLOR} !== before"


async def test_a_channel_is_connected_by_its_form(windows: Windows, demo: DemoTenant, site: Place) -> None:
    """Against the simulated Telegram: a wrong token is refused with the reason, the right one connects."""
    bot = new_telegram_id()
    token = f"{bot}:{secrets.token_urlsafe(26)}"
    site.simulator.register_account(
        provider="telegram", account_id=bot, token=token, username=f"amina_{bot}_bot"
    )
    page = await windows.open("/settings/channels", login=demo.login)
    await page.get_by_role("link", name="Connect a channel").click()
    await page.get_by_role("link", name=re.compile("^Telegram")).click()
    await expect(page.get_by_role("heading", name="Connect Telegram")).to_be_visible()
    await page.get_by_label("Name in the inbox").fill(f"روبوت {bot}")
    await page.get_by_role("button", name="1 advanced setting").click()
    await page.get_by_label("Bot API address").fill(site.simulator.telegram_url)

    await page.get_by_role("textbox", name="Bot token").fill(f"{bot}:{secrets.token_urlsafe(26)}")
    await page.get_by_role("button", name="Test without connecting").click()
    await expect(page.get_by_text("The provider does not accept the token")).to_be_visible()
    await page.get_by_role("textbox", name="Bot token").fill(token)
    await page.get_by_role("button", name="Test without connecting").click()
    await expect(page.get_by_text("The provider knows these credentials.")).to_be_visible()
    await page.get_by_role("button", name="Connect", exact=True).click()
    await expect(page.get_by_role("heading", level=1, name=f"روبوت {bot}")).to_be_visible()
    await page.get_by_role("button", name="Test", exact=True).click()
    await expect(page.get_by_text("All is well")).to_be_visible()


async def test_a_canned_reply_is_written_once_and_used(
    windows: Windows, demo: DemoTenant, phone: Phone
) -> None:
    shortcut = f"prix-{secrets.token_hex(3)}"
    page = await windows.open("/settings/canned", login=demo.login)
    await page.get_by_role("button", name="New reply").click()
    dialog = page.get_by_role("dialog", name="New reply")
    await dialog.get_by_label("Shortcut").fill(shortcut)
    await dialog.get_by_label("Title").fill("الأسعار")
    await dialog.get_by_role("textbox", name="Text", exact=True).fill(
        "مرحبا {{ user.first_name }}، السعر 4500 دج"
    )
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text(f"/{shortcut}")).to_be_visible()

    await phone.writes("بكم الحقيبة؟")
    await page.get_by_role("link", name="Inbox").click()
    await page.get_by_role("link", name=re.compile(re.escape(phone.name))).click()
    composer = page.get_by_role("textbox", name="Message to the customer")
    await composer.press_sequentially(f"/{shortcut}")
    await expect(page.get_by_role("option", name=re.compile(shortcut))).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(composer).to_have_value(re.compile("4500"))
    await page.keyboard.press("Enter")
    heard = await phone.hears("4500")
    assert heard["text"] == "مرحبا أمينة، السعر 4500 دج"


async def test_the_language_is_switched_and_remembered(windows: Windows, api: Api) -> None:
    nadia = new_member(api)
    page = await windows.open("/contacts", login=nadia, fresh=True)
    await page.get_by_role("button", name=re.compile("Your account and preferences")).click()
    async with page.expect_response(re.compile("/api/v1/auth/me/")):
        await page.get_by_role("menuitem", name="العربية").click()
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.get_by_role("heading", level=1, name="جهات الاتصال")).to_be_visible()
    # Remembered with the account: another machine shows it too.
    elsewhere = await windows.open("/contacts", login=nadia, fresh=True)
    await expect(elsewhere.get_by_role("heading", level=1, name="جهات الاتصال")).to_be_visible()
    await expect(elsewhere.locator("html")).to_have_attribute("lang", "ar")


async def primary(page: Page) -> str:
    """The colour of main buttons."""
    color: str = await page.evaluate(_PRIMARY)
    return color


async def test_the_brand_colours_every_page(windows: Windows, demo: DemoTenant, api: Api) -> None:
    before = api.get("/api/v1/tenant/brand/")["colors"]["color"]
    page = await windows.open("/settings/brand", login=demo.login)
    field = page.get_by_role("textbox", name="Colour")
    await expect(field).to_be_visible()
    plain = await primary(page)
    try:
        await field.fill("#6d28d9")
        await field.press("Tab")
        await page.get_by_role("button", name="Save").click()
        await page.wait_for_function(_CHANGED, arg=plain)
        colored = await primary(page)
        elsewhere = await windows.open("/inbox", login=demo.agent_login)
        await expect(elsewhere.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
        assert await primary(elsewhere) == colored != plain
    finally:
        api.call("PATCH", "/api/v1/tenant/brand/", {"color": before})


async def test_a_dead_letter_is_put_back_when_its_cause_is_mended(
    windows: Windows, demo: DemoTenant, api: Api, phone: Phone
) -> None:
    await phone.writes("أين طرد ضائع لي؟")
    page = await windows.open("/dead-letters", login=demo.login)
    letter = page.get_by_role("listitem").filter(has_text="Nobody knows where the parcel is").first
    await expect(letter).to_be_visible()
    (contact,) = api.results("/api/v1/crm/contacts/", phone=f"+{phone.number}")
    api.post(f"/api/v1/crm/contacts/{contact['id']}/tags/", {"tag": "found"})
    await letter.get_by_role("button", name="Put back").click()
    notes = f"/api/v1/crm/contacts/{contact['id']}/notes/"
    await asyncio.to_thread(eventually, lambda: api.results(notes) or None, what="the note")
    assert [note["text"] for note in api.results(notes)] == [ANSWER]
    await page.reload()
    await expect(page.get_by_text("Nothing was given up")).to_be_visible()
    await expect(page.get_by_text("Nobody knows where the parcel is")).to_have_count(0)

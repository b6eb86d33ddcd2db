"""The inbox before a customer with a phone: live, without losing or doubling anything, by mouse, by keyboard, in Arabic."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from ops.browser import PHONE, Look
from ops.demo.demo_file import DemoTenant
from tests.e2e.phones import Phone
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")


def row(page: Page, phone: Phone) -> Locator:
    """Their conversation in the list."""
    return page.get_by_role("link", name=re.compile(re.escape(phone.name)))


def thread(page: Page) -> Locator:
    """The messages of the open conversation."""
    return page.get_by_role("log")


def bubble(page: Page, text: str) -> Locator:
    """The message with that text."""
    return thread(page).get_by_role("article").filter(has_text=text)


def composer(page: Page) -> Locator:
    """Where messages are written."""
    return page.get_by_role("textbox", name="Message to the customer")


_MOVED = "before => (document.activeElement?.getAttribute('aria-label') ?? '') !== before"
_FOCUSED = "() => document.activeElement?.getAttribute('aria-label') ?? ''"


async def focused(page: Page) -> str:
    """What a reader of the screen hears of the element that has the focus."""
    label: str = await page.evaluate(_FOCUSED)
    return label


async def open_thread(page: Page, phone: Phone) -> None:
    """By the list."""
    await row(page, phone).click()
    await expect(page.get_by_role("heading", name=phone.name)).to_be_visible()
    await expect(thread(page)).to_be_visible()


async def test_a_message_arrives_and_the_answer_is_read(
    windows: Windows, demo: DemoTenant, phone: Phone
) -> None:
    """Without a reload: in the list, in the thread, on the phone, and back as delivered and read."""
    await phone.reads(reads=False)
    page = await windows.open("/inbox", login=demo.agent_login)
    await expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    await expect(row(page, phone)).to_have_count(0)

    await phone.writes("سلام، آیا ارسال به وهران دارید؟")
    await open_thread(page, phone)
    await expect(bubble(page, "ارسال به وهران")).to_have_count(1)

    await composer(page).fill("بله، فردا می‌رسد 🚚")
    await page.get_by_role("button", name="Send", exact=True).click()
    answer = bubble(page, "فردا می‌رسد")
    await expect(answer).to_have_count(1)
    assert (await phone.hears("فردا می‌رسد"))["text"] == "بله، فردا می‌رسد 🚚"
    await expect(answer.get_by_role("img", name=re.compile("^Delivered"))).to_be_visible()
    await expect(composer(page)).to_have_value("")

    await phone.reads(reads=True)
    await composer(page).fill("چیز دیگری لازم دارید؟")
    await page.get_by_role("button", name="Send", exact=True).click()
    await phone.hears("چیز دیگری", state="read")
    more = bubble(page, "چیز دیگری")
    await expect(more.get_by_role("img", name=re.compile("^Read"))).to_be_visible()


async def test_take_over_silences_the_bot_until_it_is_handed_back(
    windows: Windows, demo: DemoTenant, phone: Phone
) -> None:
    await phone.writes("سلام")
    await phone.hears("خوش آمدید")
    page = await windows.open("/inbox", login=demo.agent_login)
    await open_thread(page, phone)

    await page.get_by_role("button", name="Take over").click()
    await expect(page.get_by_role("button", name="Hand back")).to_be_visible()
    before = len(await phone.heard())
    await phone.writes("ارسال سریع دارید؟")
    await expect(bubble(page, "ارسال سریع")).to_have_count(1)
    await composer(page).fill("من اینجا هستم")
    await composer(page).press("Enter")
    await phone.hears("من اینجا هستم")
    assert len(await phone.heard()) == before + 1, "nobody but the member answered"

    await page.get_by_role("button", name="Hand back").click()
    await page.get_by_role("menuitem", name="To the bot").click()
    await expect(page.get_by_role("button", name="Take over")).to_be_visible()
    await phone.writes("ارسال سریع دارید؟")
    await phone.hears("الان بررسی می‌کنم")


async def test_nothing_is_lost_or_doubled_when_the_socket_drops(
    windows: Windows, demo: DemoTenant, phone: Phone
) -> None:
    """Two messages come while the window hears nothing; afterwards each is there once."""
    await phone.writes("پیام پیش از قطعی")
    page = await windows.open("/inbox", login=demo.agent_login)
    sockets: list[WebSocketRoute] = []
    down = False

    async def through(socket: WebSocketRoute) -> None:
        if down:
            await socket.close()
        else:
            sockets.append(socket)
            socket.connect_to_server()

    await page.route_web_socket(re.compile("/ws/"), through)
    await page.reload()
    await open_thread(page, phone)
    await expect(bubble(page, "پیش از قطعی")).to_have_count(1)

    down = True
    await page.context.set_offline(True)
    for socket in sockets:
        await socket.close()
    await expect(page.get_by_text("You are offline")).to_be_visible()
    await phone.writes("پیام نخست در قطعی")
    await phone.writes("پیام دوم در قطعی")
    await expect(bubble(page, "در قطعی")).to_have_count(0)

    down = False
    await page.context.set_offline(False)
    await expect(bubble(page, "نخست در قطعی")).to_have_count(1)
    await expect(bubble(page, "دوم در قطعی")).to_have_count(1)
    await expect(bubble(page, "پیش از قطعی")).to_have_count(1)
    await expect(page.get_by_text("You are offline")).to_have_count(0)
    await phone.writes("پیام پس از قطعی")
    await expect(bubble(page, "پس از قطعی")).to_have_count(1)


async def test_the_same_in_arabic_and_dark_on_a_phone(
    windows: Windows, demo: DemoTenant, phone: Phone
) -> None:
    await phone.writes("مرحبا، هل لديكم حقائب جلدية؟")
    page = await windows.open(
        "/inbox", login=demo.agent_login, look=Look(language="ar", theme="dark", size=PHONE)
    )
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.locator("html")).to_have_attribute("lang", "ar")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await open_thread(page, phone)
    await expect(bubble(page, "حقائب جلدية")).to_have_count(1)
    await page.get_by_role("textbox", name="رسالة إلى العميل").fill("نعم، تصل غدا إن شاء الله")
    await page.get_by_role("button", name="إرسال", exact=True).click()
    assert (await phone.hears("تصل غدا"))["text"] == "نعم، تصل غدا إن شاء الله"
    await expect(bubble(page, "تصل غدا")).to_have_count(1)
    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, "nothing makes the phone scroll sideways"


async def test_a_note_stays_in_the_team(windows: Windows, demo: DemoTenant, phone: Phone) -> None:
    await phone.writes("سلام")
    await phone.hears("خوش آمدید")
    page = await windows.open("/inbox", login=demo.agent_login)
    await open_thread(page, phone)
    await page.get_by_role("tab", name="Private note").click()
    await page.get_by_role("textbox", name="Note for the team").fill("مشتری قدیمی است، تخفیف بده")
    await page.get_by_role("button", name="Add note").last.click()
    await expect(bubble(page, "مشتری قدیمی")).to_contain_text("Private note")

    # A message behind the note: when it is there, the note would be there too.
    await page.get_by_role("tab", name="Reply").click()
    await composer(page).fill("در خدمتم")
    await composer(page).press("Enter")
    await phone.hears("در خدمتم")
    assert not any("مشتری قدیمی" in text for text in await phone.heard())


async def test_by_keyboard_alone(windows: Windows, demo: DemoTenant, new_phone: Callable[[], Phone]) -> None:
    """j moves to a conversation, Enter opens it, r writes, Enter sends, e resolves."""
    first, second = new_phone(), new_phone()
    await first.writes("اول")
    await second.writes("دوم")
    page = await windows.open("/inbox", login=demo.agent_login)
    await expect(row(page, second)).to_be_visible()
    await expect(row(page, first)).to_be_visible()

    for _ in range(20):
        before = await focused(page)
        if first.name in before:
            break
        await page.keyboard.press("j")
        await page.wait_for_function(_MOVED, arg=before)
    await expect(row(page, first)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=first.name)).to_be_visible()
    await expect(bubble(page, "اول")).to_be_visible()
    await page.keyboard.press("r")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("در خدمت شما هستم")
    await page.keyboard.press("Enter")
    await first.hears("در خدمت شما")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(row(page, first)).to_have_count(0)
    await expect(row(page, second)).to_be_visible()

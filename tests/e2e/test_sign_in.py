"""Doors: passwords, second steps, passkeys, links from mails, and from one tenant to the next."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from ops.browser import sign_in
from ops.demo.api import Api, bearer
from ops.demo.demo_file import DemoTenant, Login
from tests.e2e import mailbox, totp
from tests.e2e.conftest import Place
from tests.e2e.members import PASSWORD, new_member
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def type_password(page: Page, login: Login) -> None:
    """On the sign-in page."""
    await page.get_by_label("E-mail").fill(login.email)
    await page.get_by_label("Password", exact=True).fill(login.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def confirm(page: Page, login: Login) -> None:
    """Changing how one signs in asks for the password once more."""
    dialog = page.get_by_role("dialog", name="Is it you?")
    await dialog.get_by_label("Your password").fill(login.password)
    await dialog.get_by_role("button", name="Continue").click()


async def choose_password(page: Page, link: str, password: str) -> None:
    """By the link of a mail."""
    await page.goto(link)
    await page.get_by_label("New password").fill(password)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Your password is set")).to_be_visible()


async def test_wrong_and_right_password_lead_to_the_page_that_was_wanted(windows: Windows, api: Api) -> None:
    nadia = new_member(api)
    page = await windows.open("/contacts", login=None)
    await page.wait_for_url(re.compile("/sign-in"))
    await type_password(page, Login(email=nadia.email, password="not-it-at-all"))
    await expect(page.get_by_text("Wrong e-mail or password.")).to_be_visible()
    await type_password(page, nadia)
    await page.wait_for_url(re.compile("/contacts"))
    await expect(page.get_by_role("heading", level=1, name="Contacts")).to_be_visible()


async def test_an_authenticator_app_is_asked_for_from_then_on(windows: Windows, api: Api) -> None:
    nadia = new_member(api)
    page = await windows.open("/settings/security", login=nadia, fresh=True)
    await page.get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog", name="Set up an authenticator app")
    secret = (await dialog.locator("code, pre").inner_text()).strip()
    await dialog.get_by_label("Code from the app").fill(totp.code(secret))
    await confirm(page, nadia)
    await dialog.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_role("button", name="Turn off")).to_be_visible()

    elsewhere = await windows.open("/sign-in", login=None)
    await type_password(elsewhere, nadia)
    await expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    right = totp.code(secret)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    await elsewhere.get_by_label("Code from your app").fill(wrong)
    await expect(elsewhere.get_by_text("This code is not right")).to_be_visible()
    await elsewhere.get_by_label("Code from your app").fill(totp.code(secret))
    await elsewhere.get_by_role("button", name="Continue").click()
    await elsewhere.wait_for_url(re.compile("/inbox"))


async def test_a_passkey_signs_in_without_a_password(windows: Windows, api: Api) -> None:
    """With Chromium's own authenticator behind the page, as a fingerprint reader would be."""
    nadia = new_member(api)
    page = await windows.open("/settings/security", login=nadia, fresh=True)
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("textbox", name="Name").fill("هاتف نادية")
    await page.get_by_role("button", name="Continue").click()
    await confirm(page, nadia)
    await expect(page.get_by_role("button", name="Rename هاتف نادية")).to_be_visible()

    await page.context.clear_cookies()
    await page.goto("/sign-in")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url(re.compile("/inbox"))


async def test_a_forgotten_password_is_chosen_anew_by_mail(windows: Windows, api: Api) -> None:
    nadia = new_member(api)
    page = await windows.open("/sign-in", login=None)
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("E-mail").fill(nadia.email)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_text(nadia.email)).to_be_visible()
    link = await mailbox.link_for(nadia.email)
    await choose_password(page, link, "یک-رمز-کاملا-تازه-9")
    await page.goto("about:blank")
    await page.goto(link)
    await expect(page.get_by_role("heading", name="This link is not good any more")).to_be_visible()

    await page.goto("/sign-in")
    await type_password(page, nadia)
    await expect(page.get_by_text("Wrong e-mail or password.")).to_be_visible()
    await type_password(page, Login(email=nadia.email, password="یک-رمز-کاملا-تازه-9"))
    await page.wait_for_url(re.compile("/inbox"))


async def test_a_member_of_two_tenants_is_handed_over(
    windows: Windows, api: Api, site: Place, demo: DemoTenant
) -> None:
    """Invited by one, taken in by the other; the switch needs no second sign-in and opens nothing for others."""
    other = site.file.tenant("other")
    nadia = new_member(api, password="")
    link = await mailbox.link_for(nadia.email)
    page = await windows.open("/sign-in", login=None)
    await choose_password(page, link, PASSWORD)
    Api(other.base_url, bearer(other.api_key)).post(
        "/api/v1/members/", {"email": nadia.email, "role": "agent"}
    )

    await sign_in(page, Login(email=nadia.email, password=PASSWORD))
    await page.get_by_role("button", name="Switch workspace").click()
    await page.get_by_role("menuitem", name=other.name).click()
    await page.wait_for_url(re.compile(re.escape(other.host) + r"(:\d+)?/inbox"))
    await expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    # The other side is open, and this one still is.
    await page.goto(f"{demo.base_url}/inbox")
    await expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()


async def test_a_session_that_was_ended_elsewhere_leads_to_the_door(windows: Windows, api: Api) -> None:
    nadia = new_member(api)
    lost = await windows.open("/inbox", login=nadia, fresh=True)
    await expect(lost.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    page = await windows.open("/settings/security", login=nadia, fresh=True)
    await page.get_by_role("button", name="End all others").click()
    await expect(page.get_by_text("1 session was ended")).to_be_visible()
    await lost.get_by_role("link", name="Contacts").click()
    await expect(lost).to_have_url(re.compile("/sign-in"))
    await page.reload()
    await expect(page.get_by_role("heading", name="Sign-in and security")).to_be_visible()

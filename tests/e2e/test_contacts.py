"""Contacts: five thousand from a file, one found and corrected, two made one."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ops.browser import settle
from ops.demo.api import Api
from ops.demo.demo_file import DemoTenant
from ops.demo.people import new_phone
from ops.demo.product import CONTACTS
from tests.e2e.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOOD = 4_997
#: Line in the file, and what is wrong with it.
BAD = {2: "Not a phone number", 2_500: "Not an e-mail address", 5_001: "Has neither phone"}
FAMILIES = ("بوعلام", "حداد", "رستمی", "زروال", "قاسمي")


@pytest.fixture
def run() -> str:
    """Something that only this run's contacts have in their names."""
    return secrets.token_hex(3)


def write_file(path: Path, run: str) -> None:
    """Five thousand rows with headings in three languages, three rows of them bad."""
    lines = ["الاسم,Téléphone,E-mail"]
    start = int(new_phone()) // 10_000 * 10_000
    for number in range(2, 5_002):
        name = f"{FAMILIES[number % 5]} {run} {number}"
        phone, email = f"+{start + number}", f"c{number}-{run}@example.com"
        if number == 2:
            phone = "12"
        elif number == 2_500:
            email = "بلا عنوان"
        elif number == 5_001:
            phone = email = ""
        lines.append(f"{name},{phone},{email}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


async def open_contact(page: Page, contact: dict[str, str]) -> None:
    """Their page."""
    await page.goto(f"/contacts/{contact['id']}")
    await expect(page.get_by_role("heading", level=1, name=contact["name"])).to_be_visible()


async def test_five_thousand_come_in_and_the_bad_rows_are_named(
    windows: Windows, demo: DemoTenant, run: str, tmp_path: Path
) -> None:
    file = tmp_path / f"clients-{run}.csv"
    write_file(file, run)
    page = await windows.open("/contacts", login=demo.login)
    await settle(page)
    await page.goto("/contacts/import")
    await page.get_by_label("Choose a file").set_input_files(file)
    await expect(page.get_by_role("heading", level=1, name=file.name)).to_be_visible()

    # What the columns hold was guessed from headings in two languages.
    await expect(page.get_by_role("combobox", name="What الاسم holds")).to_have_value("Name")
    await expect(page.get_by_role("combobox", name="What Téléphone holds")).to_have_value("Phone")
    await expect(page.get_by_role("combobox", name="What E-mail holds")).to_have_value("E-mail")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("switch", name="Silently").check()
    await page.get_by_role("button", name="Check the file").click()
    begin = page.get_by_role("button", name="Import now")
    await expect(begin).to_be_enabled(timeout=40_000)
    await expect(page.get_by_text("would be left out").locator("..")).to_contain_text("3")
    await begin.click()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await expect(page.get_by_role("link", name="Show contacts")).to_be_visible(timeout=60_000)

    await expect(page.get_by_text("new", exact=True).locator("..")).to_contain_text("4,997")
    report = page.get_by_role("region", name="Rows that were left out")
    for line, what in BAD.items():
        await expect(report.get_by_role("row", name=re.compile(f"^{line} "))).to_contain_text(what)
    async with page.expect_download() as download:
        await report.get_by_role("link", name="Download report").click()
    saved = Path(await (await download.value).path()).read_text(encoding="utf-8-sig")
    assert len(saved.strip().splitlines()) == 1 + len(BAD)

    await page.get_by_role("link", name="Show contacts").click()
    await page.get_by_role("searchbox").fill(f"رستمی {run} 4242")
    await expect(page.get_by_role("link", name=f"رستمی {run} 4242")).to_have_count(1)
    await expect(page.get_by_role("link", name=f"{FAMILIES[1]} {run} 4241")).to_have_count(0)


async def test_a_wrong_value_is_refused_at_its_field_and_then_mended(
    windows: Windows, demo: DemoTenant, api: Api, run: str
) -> None:
    nassima = api.post(CONTACTS, {"name": f"نسيمة {run}", "email": f"n-{run}@example.com"})
    page = await windows.open("/contacts", login=demo.login)
    await open_contact(page, nassima)
    await page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit contact")
    await form.get_by_label("E-mail").fill("لا عنوان")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    assert api.get(f"{CONTACTS}{nassima['id']}/")["email"] == f"n-{run}@example.com"

    await form.get_by_label("E-mail").fill(f"nassima-{run}@example.com")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(page.get_by_text(f"nassima-{run}@example.com")).to_be_visible()
    assert api.get(f"{CONTACTS}{nassima['id']}/")["email"] == f"nassima-{run}@example.com"


async def test_two_of_one_name_become_one(windows: Windows, demo: DemoTenant, api: Api, run: str) -> None:
    """Found as duplicates; what the one lacks comes from the other."""
    kept = api.post(CONTACTS, {"name": f"حمید رستمی {run}", "email": f"h-{run}@example.com"})
    gone = api.post(CONTACTS, {"name": f"حمید رستمی {run}", "phone": f"+{new_phone()}"})
    page = await windows.open("/contacts", login=demo.login)
    await open_contact(page, kept)
    await page.get_by_role("button", name="Compare and merge").click()
    dialog = page.get_by_role("dialog", name="Merge contacts")
    await expect(dialog.get_by_text("will live on in this contact")).to_be_visible()
    await dialog.get_by_role("button", name="Merge", exact=True).click()
    await expect(page.get_by_text("Contacts merged")).to_be_visible()
    left = api.get(f"{CONTACTS}{kept['id']}/")
    assert (left["email"], left["phone"]) == (kept["email"], gone["phone"])
    # The one that is gone leads to the one that is left.
    await page.goto(f"/contacts/{gone['id']}")
    await page.wait_for_url(re.compile(re.escape(kept["id"])))

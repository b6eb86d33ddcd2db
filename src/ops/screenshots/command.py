"""Takes the pictures: each page in both sizes, both themes and both directions of writing."""

from __future__ import annotations

import argparse
import asyncio
import itertools
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Page, async_playwright

from ops.browser import DESKTOP, FLAGS, MISSING, PHONE, Look, find_chromium, new_window, settle, sign_in
from ops.demo.api import Api, ApiError, bearer
from ops.demo.demo_file import DemoFile
from ops.demo.narrator import Narrator
from ops.demo.script import play
from ops.demo.site import passing_site
from ops.errors import OpsError
from ops.paths import VAR
from ops.screenshots.pages import ShownPage, named
from ops.screenshots.stage import set_the_stage
from ops.throwaway import throwaway_stack

#: All four languages are looked at: two on each size.
LOOKS = tuple(
    Look(size=size, theme=theme, language=language)
    for (size, languages), theme in itertools.product(
        ((DESKTOP, ("en", "ar")), (PHONE, ("fr", "fa"))), ("light", "dark")
    )
    for language in languages
)


def main(argv: list[str]) -> int:
    """Take them; status 1 when a page could not be shown."""
    parser = argparse.ArgumentParser(prog="./wasl screenshots", description=__doc__)
    parser.add_argument("--page", action="append", default=[], help="only this page; may be given again")
    parser.add_argument("--look", action="append", default=[], help="only this look, such as phone-dark-fa")
    parser.add_argument("--out", type=Path, default=VAR / "screenshots", help="default: %(default)s")
    parser.add_argument(
        "--site", type=Path, help="demo.json of a site that runs (var/demo.json), instead of a new one"
    )
    options = parser.parse_args(argv)
    chromium = find_chromium()
    if chromium is None:
        raise OpsError(MISSING)
    try:
        pages = list(named(options.page))
    except LookupError as error:
        raise OpsError(str(error)) from None
    looks = [look for look in LOOKS if not options.look or str(look) in options.look]
    camera = _Camera(chromium, options.out, Narrator())
    if options.site is not None:
        return camera.shoot(DemoFile.load(options.site), pages, looks)
    with (
        throwaway_stack(VAR / "screenshots-stack") as stack,
        passing_site(camera.narrator, stack) as site,
    ):
        failures = play(site.file, site.simulator, camera.narrator)
        return camera.shoot(site.file, pages, looks) or int(bool(failures))


class _Camera:
    """One round of pictures of one site."""

    def __init__(self, chromium: str, out: Path, narrator: Narrator) -> None:
        self._chromium, self._out, self.narrator = chromium, out, narrator
        self._state: Any = None

    def shoot(self, file: DemoFile, pages: list[ShownPage], looks: list[Look]) -> int:
        """All of them; returns the exit status."""
        tenant = file.tenant("demo")
        api = Api(tenant.base_url, bearer(tenant.api_key))
        set_the_stage(api)
        found, missing = [], 0
        for page in pages:
            try:
                found.append((page, page.find(api)))
            except (LookupError, ApiError) as error:
                self.narrator.failed(f"{page.name}: {error}")
                missing += 1
        self._out.mkdir(parents=True, exist_ok=True)
        missing += asyncio.run(self._all(file, found, looks))
        self.narrator.done(f"pictures are in {self._out}")
        return int(missing > 0)

    async def _all(self, file: DemoFile, pages: list[tuple[ShownPage, str]], looks: list[Look]) -> int:
        missing = 0
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=self._chromium, args=FLAGS)
            for look in looks:
                with self.narrator.step(str(look)):
                    missing += await self._look(browser, file, pages, look)
            await browser.close()
        return missing

    async def _look(
        self, browser: Browser, file: DemoFile, pages: list[tuple[ShownPage, str]], look: Look
    ) -> int:
        """Everything in one look, in two windows: one with a session, one without."""
        tenant, missing = file.tenant("demo"), 0
        if self._state is None:
            first = await new_window(browser, tenant.base_url, look=look)
            await sign_in(await first.new_page(), tenant.login)
            self._state = await first.storage_state()
            await first.close()
        inside = await new_window(browser, tenant.base_url, look=look, state=self._state)
        outside = await new_window(browser, tenant.base_url, look=look)
        windows = {True: await inside.new_page(), False: await outside.new_page()}
        for page, path in pages:
            try:
                await show(windows[page.signed_in], page, path)
            except Error as error:
                self.narrator.failed(f"{page.name}, {look}: {error.message.splitlines()[0]}")
                missing += 1
            # What stands there in its place is worth a look too.
            await windows[page.signed_in].screenshot(path=self._out / f"{page.name}-{look}.png")
        await inside.close()
        await outside.close()
        return missing


async def show(window: Page, page: ShownPage, path: str) -> None:
    """Bring ``window`` to the page, as it is to be looked at. Raises playwright's ``Error``."""
    # Within the same document only the hash would change.
    await window.goto("about:blank")
    await window.goto(path)
    await settle(window)
    for key in page.keys:
        await window.keyboard.press(key)
        await window.get_by_role("dialog").first.wait_for()

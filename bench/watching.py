"""What a browser tells of a page: what it fetched, when it could be used, and how smoothly it scrolled."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Page, Response

from ops.web_ui import DIST

SHELL = ("src/app/shell/Shell.tsx", "src/app/locales/en.json", "src/components/feedback/locales/en.json")
ROW = re.compile("^Conversation with")

_COUNT_FRAMES = """() => {
    const told = {frames: [], longTasks: []};
    new PerformanceObserver((list) => told.longTasks.push(...list.getEntries().map(({duration}) => duration)))
        .observe({entryTypes: ['longtask']});
    let before = performance.now();
    const frame = (now) => { told.frames.push(now - before); before = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    window.told = told;
}"""


@dataclass(frozen=True, slots=True)
class Scroll:
    """One scroll through the list: milliseconds of each frame and of each task over 50 ms, rows in the page at its end."""

    frames: list[float]
    long_tasks: list[float]
    rows: int
    first_row: str


@asynccontextmanager
async def fetched(page: Page) -> AsyncIterator[dict[str, int]]:
    """The scripts and styles that the page fetches meanwhile: bytes by file, compressed as a server sends them."""
    files: dict[str, int] = {}
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    yield files
    page.remove_listener("response", note)
    for answer in answers:
        _, found, name = answer.url.partition("/static/app/")
        if found and name.endswith((".js", ".css")):
            files[name] = len(gzip.compress(await answer.body(), 9))


def files_of(*sources: str) -> set[str]:
    """The files of the build that these sources need before they run."""
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    wanted, seen = list(sources), set()
    while wanted:
        key = wanted.pop()
        if key not in seen:
            seen.add(key)
            wanted += manifest[key].get("imports", [])
    return {file for key in seen for file in (manifest[key]["file"], *manifest[key].get("css", []))}


async def interactive_ms(page: Page) -> float:
    """Open the inbox: milliseconds from the navigation until a key moves the focus to a row."""
    await page.goto("/inbox", wait_until="commit")
    await page.get_by_role("link", name=ROW).first.wait_for()
    while not await _row_has_focus(page):
        await page.keyboard.press("j")
        await asyncio.sleep(0.01)
    reached: float = await page.evaluate("performance.now()")
    return reached


async def scroll(page: Page, *, steps: int, by_px: int = 240) -> Scroll:
    """Turn the wheel over the list ``steps`` times, sixty times a second."""
    row = page.get_by_role("link", name=ROW)
    await row.nth(3).hover()
    await page.evaluate(_COUNT_FRAMES)
    for _ in range(steps):
        await page.mouse.wheel(0, by_px)
        await asyncio.sleep(1 / 60)
    told = await page.evaluate("window.told")
    first = await row.first.get_attribute("aria-label") or ""
    return Scroll(told["frames"][1:], told["longTasks"], await row.count(), first)


async def _row_has_focus(page: Page) -> bool:
    label = await page.evaluate("document.activeElement?.getAttribute('aria-label') ?? ''")
    return ROW.match(label) is not None

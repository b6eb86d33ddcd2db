"""``ui``: the web UI in a real Chromium: what it fetches first, when the inbox can be used, and how fifty thousand scroll."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.async_api import Browser, async_playwright

from bench.crowd import gather_crowd
from bench.results import emit, percentile, say
from bench.watching import SHELL, Scroll, fetched, files_of, interactive_ms, scroll
from ops.browser import FLAGS, MISSING, Look, find_chromium, new_window, settle, sign_in
from ops.demo.demo_file import DemoTenant
from ops.demo.narrator import Narrator
from ops.demo.site import passing_site
from ops.errors import OpsError
from ops.paths import VAR
from ops.throwaway import throwaway_stack

SUMMARY = "the web UI in Chromium: first load, time to a usable inbox, scrolling of many conversations"
FRAME_MS = 1_000 / 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--conversations", type=int, default=50_000, help="in the list (default 50,000)")
    parser.add_argument("--loads", type=int, default=7, help="times the inbox is opened (default 7)")
    parser.add_argument(
        "--steps", type=int, default=600, help="turns of the wheel (default 600, ten seconds)"
    )


def main(options: argparse.Namespace) -> int:
    """Three lines: ``first_load``, ``inbox``, ``scrolling``."""
    chromium = find_chromium()
    if chromium is None:
        raise OpsError(MISSING)
    with (
        _stdout_is_for_results(),
        throwaway_stack(VAR / "bench-ui") as stack,
        passing_site(Narrator(), stack) as site,
    ):
        say(f"writing {options.conversations:,} conversations")
        gather_crowd(stack.info.superuser_url, schema="t_demo", count=options.conversations)
        results = asyncio.run(_measure(chromium, site.file.tenant("demo"), options))
    for result in results:
        emit(result)
    return 0


@contextmanager
def _stdout_is_for_results() -> Iterator[None]:
    """Whatever is told meanwhile, by child processes too, goes to stderr."""
    kept = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        yield
    finally:
        os.dup2(kept, sys.stdout.fileno())
        os.close(kept)


async def _measure(chromium: str, tenant: DemoTenant, options: argparse.Namespace) -> list[dict[str, Any]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        window = await new_window(browser, tenant.base_url, look=Look())
        page = await window.new_page()
        await sign_in(page, tenant.login)
        say("first load, with nothing cached")
        first = await _first_load(browser, tenant, await window.storage_state())
        say(f"opening the inbox {options.loads} times")
        times = [await interactive_ms(page) for _ in range(options.loads)]
        say("scrolling")
        turned = await scroll(page, steps=options.steps)
        await browser.close()
    inbox = {
        "scenario": "ui.inbox",
        "conversations": options.conversations,
        "interactive_ms": round(percentile(times, 0.5)),
        "slowest_ms": round(max(times)),
    }
    return [first, inbox, _scrolling(turned, options.steps)]


async def _first_load(browser: Browser, tenant: DemoTenant, state: Any) -> dict[str, Any]:
    window = await new_window(browser, tenant.base_url, look=Look(), state=state)
    page = await window.new_page()
    async with fetched(page) as files:
        await page.goto("/inbox")
        await settle(page)
    await window.close()
    shell = files_of("index.html", *SHELL)
    kilobytes = {name: size / 1024 for name, size in files.items()}
    return {
        "scenario": "ui.first_load",
        "shell_kb": round(sum(size for name, size in kilobytes.items() if name in shell), 1),
        "with_inbox_kb": round(sum(kilobytes.values()), 1),
        "files": len(files),
    }


def _scrolling(turned: Scroll, steps: int) -> dict[str, Any]:
    return {
        "scenario": "ui.scrolling",
        "steps": steps,
        "frames": len(turned.frames),
        "frame_ms_median": round(percentile(turned.frames, 0.5), 1),
        "frame_ms_p95": round(percentile(turned.frames, 0.95), 1),
        "late_frames": sum(frame > 1.5 * FRAME_MS for frame in turned.frames),
        "long_tasks": len(turned.long_tasks),
        "longest_task_ms": round(max(turned.long_tasks, default=0)),
        "rows_in_page": turned.rows,
    }

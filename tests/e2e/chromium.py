"""The browser of the end-to-end tests: a Chromium that the machine has, found or plainly missing."""

from __future__ import annotations

import os
import shutil

#: Names under which distributions install it; ``CHROMIUM`` names another.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Without a sandbox where root runs it (containers, CI); and no calls home, which a closed network answers late.
FLAGS = [
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The path of the browser; ``None`` when there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)

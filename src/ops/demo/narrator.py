"""What the demo says in the terminal: one line a step, with the time since the start."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Narrator:
    """Prints steps as they happen. ``since`` is the Unix time that the clock in the margin counts from."""

    def __init__(self, *, since: float | None = None) -> None:
        self.since = time.time() if since is None else since
        self._live = sys.stdout.isatty()

    def title(self, text: str) -> None:
        """A heading."""
        print(f"\n{text}", flush=True)

    def note(self, text: str) -> None:
        """A line under the step before it."""
        print(f"             {text}", flush=True)

    def done(self, text: str) -> None:
        """Something is done."""
        self._line("✓", text)

    def failed(self, text: str) -> None:
        """Something did not work."""
        self._line("✗", text)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Name what takes a while, then how long it took."""
        started = time.monotonic()
        if self._live:
            print(f"  {self._clock()}  · {text} …", end="", flush=True)
        try:
            yield
        except BaseException:
            self._clear()
            self.failed(text)
            raise
        self._clear()
        self.done(f"{text} ({time.monotonic() - started:.1f} s)")

    def _line(self, mark: str, text: str) -> None:
        print(f"  {self._clock()}  {mark} {text}", flush=True)

    def _clock(self) -> str:
        return f"{time.time() - self.since:5.1f} s"

    def _clear(self) -> None:
        if self._live:
            print("\r\x1b[K", end="", flush=True)

"""Lock files that the kernel releases when their holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def _open(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a")


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold ``path`` alone, waiting for whoever holds it now."""
    with _open(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def exclusive_or_refuse(path: Path) -> Iterator[None]:
    """Hold ``path`` alone. Raises ``BlockingIOError`` at once when somebody else holds it."""
    with _open(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


class SharedLock:
    """Many may hold ``path`` at once; whoever leaves can ask whether somebody else is still there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Join the holders."""
        self._file = _open(self.path)
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        """Leave the holders."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def held_by_anyone(self) -> bool:
        """Whether any live process holds the lock, this one included."""
        with _open(self.path) as probe:
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

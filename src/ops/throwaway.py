"""A stack of its own for one run of the tests or checks, deleted afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.locks import exclusive
from ops.paths import VAR
from ops.stack import Stack


@contextmanager
def throwaway_stack(parent: Path = VAR / "test") -> Iterator[Stack]:
    """A fresh, empty, fast and forgetful stack in a new directory under ``parent``.

    Always embedded: tests never touch the servers that ``DATABASE_URL`` names. Stacks that killed runs left behind are
    removed first. Any number of runs may go on side by side.
    """
    lock = parent / "lock"
    with exclusive(lock):
        for leftover in parent.iterdir():
            if leftover.is_dir():
                _remove_if_unused(leftover)
        stack = Stack(Path(tempfile.mkdtemp(prefix="stack-", dir=parent)), environ={}, throwaway=True)
        stack.__enter__()
    try:
        yield stack
    finally:
        with exclusive(lock):
            stack.__exit__(None, None, None)
            _remove_if_unused(stack.root)


def _remove_if_unused(root: Path) -> None:
    stack = Stack(root, environ={}, throwaway=True)
    if not stack.in_use():
        stack.reset()
        shutil.rmtree(root)

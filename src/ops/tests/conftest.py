"""A stack of the tests' own, apart from the one that the suite runs on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.stack import Stack
from ops.stack_state import StackState


@contextmanager
def passable_directory() -> Iterator[Path]:
    """A directory that the server's account can pass through (pytest's own are closed to others)."""
    directory = Path(tempfile.mkdtemp(prefix="wasl-ops-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def root() -> Iterator[Path]:
    """An empty directory for a stack."""
    with passable_directory() as directory:
        yield directory


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    """One running stack for the tests that only look."""
    with passable_directory() as directory:
        stack = Stack(directory, environ={}, throwaway=True)
        with stack:
            yield stack
        stack.reset()


@pytest.fixture(scope="session")
def initialised() -> Iterator[Path]:
    """A stack that ran once and is down: copies of it spare most tests the second that initdb takes."""
    with passable_directory() as directory:
        stack = Stack(directory, environ={}, throwaway=True)
        stack.start()
        stack.stop()
        yield directory
        stack.reset()


@pytest.fixture
def stack(root: Path, initialised: Path) -> Iterator[Stack]:
    """A stack that ran before and is down; whatever the test leaves of it is removed."""
    subprocess.run(["cp", "-a", f"{initialised}/.", root], check=True)
    state = StackState.load(root / "run" / "stack.json")
    assert state is not None
    fresh = StackState().model_dump(include={"postgres_port", "redis_port"})
    state.model_copy(update={"postgres_home": root / "postgres", **fresh}).save(root / "run" / "stack.json")
    # Killing processes needs no durable disk.
    stack = Stack(root, environ={}, throwaway=True)
    yield stack
    stack.reset()

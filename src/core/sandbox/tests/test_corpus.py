"""Nothing that hostile code does reaches the outside, and the parent answers the next question."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.sandbox import CodeError, Sandbox
from core.sandbox.tests.corpus import CORPUS, Snippet

LONGEST_S = 3.0
GROWTH_KB = 64 << 10
CHILD_KB = 128 << 10


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for the whole corpus, so that what one snippet leaves behind would meet the next."""
    sandbox = Sandbox(size=1)
    assert sandbox.run("1 + 1", inputs={}).value == 2
    resident = _status(os.getpid(), "VmRSS")
    yield sandbox
    assert _status(os.getpid(), "VmRSS") - resident < GROWTH_KB
    sandbox.close()


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _family(sandbox: Sandbox) -> list[int]:
    """The process around the interpreter, and the interpreter."""
    (worker,) = sandbox._slots.queue
    if worker is None:
        return []
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return [worker.pid, *map(int, children)]


def test_the_corpus_is_whole():
    assert len(CORPUS) >= 79
    assert len({snippet.name for snippet in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("snippet", CORPUS, ids=lambda snippet: snippet.name)
def test_hostile_code(sandbox, snippet: Snippet):
    started = time.monotonic()
    if snippet.error is None:
        result = sandbox.run(snippet.code, inputs={}, limits=snippet.limits)
        assert (result.value, result.printed) == (snippet.value, "")
    else:
        with pytest.raises(CodeError) as caught:
            sandbox.run(snippet.code, inputs={}, limits=snippet.limits)
        assert type(caught.value) is snippet.error, caught.value
        assert snippet.says in str(caught.value)
        assert len(str(caught.value)) < 1_000
        assert not any(path in str(caught.value) for path in (sys.prefix, os.getcwd(), "core.sandbox"))
    assert time.monotonic() - started < LONGEST_S
    assert all(_status(pid, "VmHWM") < CHILD_KB for pid in _family(sandbox))
    assert sandbox.run("n * 2", inputs={"n": 21}).value == 42

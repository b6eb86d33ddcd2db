"""The corpus of templates: each ends as it states, in time, with the pool at work and the memory of both sides bounded."""

from __future__ import annotations

import contextlib
import re
import time

import pytest

from core.templating import LiquidPool, TemplateError, limits
from core.tests.liquid_corpus import CONTEXT, CORPUS, CPU_BOMBS, HONEST, MEMORY_BOMBS

LONGEST_S = 5
WHOLE_S = 90
PARENT_GROWTH_BYTES = 64 * 1024 * 1024


def memory_of(pid: int | str, field: str) -> int:
    """Bytes of a field such as ``VmRSS`` in the status of a process."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(f"{field}:"))


@pytest.fixture(scope="module")
def pool():
    pool = LiquidPool(timeout_s=LONGEST_S)
    pool.render("{{ 1 }}", {})
    started, before = time.monotonic(), memory_of("self", "VmRSS")
    yield pool
    pool.close()
    assert time.monotonic() - started < WHOLE_S
    assert memory_of("self", "VmRSS") - before < PARENT_GROWTH_BYTES


@contextlib.contextmanager
def bounded(pool):
    """What happens inside ends in time, and the next render is right."""
    before = memory_of("self", "VmRSS")
    started = time.monotonic()
    yield
    assert time.monotonic() - started < LONGEST_S
    assert memory_of("self", "VmRSS") - before < PARENT_GROWTH_BYTES
    assert pool.render("مرحبا {{ user.name }}", CONTEXT) == "مرحبا علی"
    (child,) = [slot for slot in pool._slots.queue if slot is not None]
    assert memory_of(child.pid, "VmHWM") <= limits.MEMORY_BYTES


def test_the_corpus_is_broad():
    assert len({attempt.source for attempt in CORPUS}) == len(CORPUS) >= 60
    assert len(MEMORY_BOMBS) >= 20
    assert len(CPU_BOMBS) >= 15
    assert len(HONEST) >= 20
    assert all((attempt.text is None) != (attempt.error is None) for attempt in CORPUS)


@pytest.mark.parametrize("attempt", CORPUS, ids=lambda attempt: attempt.name)
def test_attempt(pool, attempt):
    with bounded(pool):
        (result,) = pool.render_many([(attempt.source, CONTEXT)])
    if attempt.error is None:
        assert result == attempt.text
    else:
        assert isinstance(result, TemplateError)
        assert re.search(attempt.error, result.reason)
        assert len(str(result)) < 400
        # The author reads what is wrong with the template, nothing of the machine that it runs on.
        assert not re.search(r"Traceback|/site-packages/|/src/|object at 0x", str(result))


@pytest.mark.parametrize("attempt", CORPUS, ids=lambda attempt: attempt.name)
def test_checking_an_attempt(pool, attempt):
    """A check answers in time, and accepts whatever renders."""
    problem = None
    with bounded(pool):
        try:
            pool.check(attempt.source)
        except TemplateError as error:
            problem = error
    assert problem is None or attempt.error is not None


@pytest.mark.parametrize("attempt", MEMORY_BOMBS[::6] + CPU_BOMBS[::6], ids=lambda attempt: attempt.name)
def test_a_batch_with_one_attempt_keeps_its_other_texts(pool, attempt):
    jobs = (
        [("{{ user.name }}", CONTEXT)] * 3 + [(attempt.source, CONTEXT)] + [("{{ user.name }}!", CONTEXT)] * 3
    )
    with bounded(pool):
        results = pool.render_many(jobs)
    assert isinstance(results.pop(3), TemplateError)
    assert results == ["علی"] * 3 + ["علی!"] * 3

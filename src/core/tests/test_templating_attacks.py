"""Children that fall, hang or are killed: the guilty job fails alone, and the pool works on. Templates: liquid_corpus."""

import concurrent.futures
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import pytest

from core.templating import LiquidPool, TemplateEngineError, TemplateError, limits, worker

X = {"x": "x" * 1000, "list": list(range(1000)), "user": {"name": "علی"}}

# Stays under every limit of the library and of memory, and would take some ten seconds.
SLOW = "{% for a in list %}{% for b in (1..9) %}{{ x | replace: 'x', x | upcase | downcase | size }}{% endfor %}{% endfor %}"


@pytest.fixture(scope="module")
def pool():
    pool = LiquidPool(timeout_s=5)
    pool.render("{{ 1 }}", {})
    yield pool
    pool.close()


def assert_alive(pool: LiquidPool) -> None:
    assert pool.render("مرحبا {{ user.name }}", X) == "مرحبا علی"


def test_one_bomb_does_not_spoil_its_batch(pool):
    jobs = [(f"{{{{ user.name }}}} {number}", X) for number in range(200)]
    jobs[77] = (SLOW, X)
    started = time.monotonic()
    results = pool.render_many(jobs)
    assert time.monotonic() - started < 5
    assert isinstance(results.pop(77), TemplateError)
    assert results == [f"علی {number}" for number in range(200) if number != 77]


def test_the_same_slow_template_costs_its_time_once(pool):
    started = time.monotonic()
    results = pool.render_many([(SLOW, {**X, "n": number}) for number in range(50)])
    assert time.monotonic() - started < 5
    assert all("too long" in str(result) for result in results)
    assert_alive(pool)


class Sabotage:
    """Lets a template do to its child what no Liquid can: a filter that we add only to this child's code."""

    CODE = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from core.templating import child, engine, filters
def die(value): os.kill(os.getpid(), signal.SIGKILL)
def hang(value):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])
    time.sleep(60)
def hoard(value): return len("x" * (1 << 30))
filters.FILTERS.update(die=die, hang=hang, hoard=hoard)
child.main()
"""


@pytest.fixture
def sabotaged(monkeypatch):
    popen = worker.subprocess.Popen

    def start(command, **options):
        code = Sabotage.CODE.format(root=str(options["cwd"]))
        return popen([command[0], "-s", "-E", "-c", code, command[-1]], **options)

    monkeypatch.setattr(worker.subprocess, "Popen", start)
    pool = LiquidPool(timeout_s=0.5)
    yield pool
    pool.close()


@pytest.mark.parametrize("filter_name", ["die", "hang", "hoard"])
def test_only_the_guilty_fails_when_the_child_falls(sabotaged, filter_name):
    jobs = [("{{ n }}", {"n": number}) for number in range(100)]
    guilty = {0: "a", 13: "b", 50: "a", 99: "c"}
    for position, mark in guilty.items():
        jobs[position] = (f"{{{{ n | {filter_name} }}}}{mark}", {"n": position})
    results = sabotaged.render_many(jobs)
    assert {at for at, result in enumerate(results) if isinstance(result, TemplateError)} == set(guilty)
    assert [r for r in results if isinstance(r, str)] == [str(n) for n in range(100) if n not in guilty]
    assert sabotaged.render("{{ 1 }}", {}) == "1"


def test_a_child_killed_from_outside_costs_no_result(pool):
    assert_alive(pool)
    (child,) = [slot for slot in pool._slots.queue if slot is not None]
    os.kill(child.pid, signal.SIGKILL)
    assert pool.render_many([("{{ n }}", {"n": n}) for n in range(5)]) == list("01234")


def test_no_process_is_left_behind():
    pool = LiquidPool()
    pool.render("{{ 1 }}", {})
    (child,) = [slot for slot in pool._slots.queue if slot is not None]
    pid = child.pid
    os.kill(pid, 0)
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert pool.render("{{ 2 }}", {}) == "2"  # starts again
    (child,) = [slot for slot in pool._slots.queue if slot is not None]
    pid = child.pid
    del child, pool
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_child_has_no_environment_and_little_memory(pool):
    assert_alive(pool)
    (child,) = [slot for slot in pool._slots.queue if slot is not None]
    with open(f"/proc/{child.pid}/environ", "rb") as file:
        assert file.read() == b""
    with open(f"/proc/{child.pid}/limits") as file:
        address_space = next(line for line in file if line.startswith("Max address space"))
    assert str(limits.MEMORY_BYTES) in address_space
    open_files = [os.readlink(f"/proc/{child.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{child.pid}/fd")]
    assert sum("socket" in name for name in open_files) == 1  # no connection of the parent's came along


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("core.templating.child", {"django", "pydantic", "psycopg", "aiohttp"}),
        ("core.templating", {"django", "liquid", "babel"}),
        ("core.http", {"django"}),
    ],
)
def test_imports_stay_small(module, unwanted):
    code = f"import sys, {module}; print(*sys.modules)"
    root = worker._IMPORT_ROOT
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert not unwanted & set(loaded.stdout.split())


def test_threads_share_the_pool():
    pool = LiquidPool(size=2)

    def work(number: int) -> list:
        return pool.render_many([("{{ n }} سلام", {"n": f"{number}-{at}"}) for at in range(20)])

    with concurrent.futures.ThreadPoolExecutor(8) as executor:
        results = list(executor.map(work, range(40)))
    assert results == [[f"{number}-{at} سلام" for at in range(20)] for number in range(40)]
    assert len([slot for slot in pool._slots.queue if slot is not None]) == 2
    pool.close()


def test_a_fork_gets_children_of_its_own(pool):
    assert_alive(pool)
    (mine,) = [slot.pid for slot in pool._slots.queue if slot is not None]
    reader, writer = os.pipe()
    forked = os.fork()
    if forked == 0:  # pragma: no cover
        try:
            text = pool.render("{{ user.name }}", X)
            (its,) = [slot.pid for slot in pool._slots.queue if slot is not None]
            os.write(writer, f"{text} {its}".encode())
            pool.close()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answers:
        text, its = answers.read().split()
    os.waitpid(forked, 0)
    assert text == "علی"
    assert int(its) != mine
    assert_alive(pool)
    assert [slot.pid for slot in pool._slots.queue if slot is not None] == [mine]


def test_a_fork_while_another_thread_renders(pool):
    """The lock and the child of a thread that does not exist after the fork must not matter there."""
    stop = threading.Event()

    def keep_busy() -> None:
        while not stop.is_set():
            pool.render("{{ user.name }}", X)

    thread = threading.Thread(target=keep_busy)
    thread.start()
    time.sleep(0.05)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of what is tested here
        forked = os.fork()
    if forked == 0:  # pragma: no cover
        code = 1
        try:
            code = 0 if pool.render("{{ user.name }}", X) == "علی" else 2
            pool.close()
        finally:
            os._exit(code)
    _, status = os.waitpid(forked, 0)
    stop.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0
    assert_alive(pool)


def test_a_child_that_does_not_start_is_our_fault(monkeypatch):
    monkeypatch.setattr(worker.sys, "executable", "/bin/false")
    pool = LiquidPool()
    with pytest.raises(TemplateEngineError):
        pool.render("{{ 1 }}", {})
    monkeypatch.undo()
    assert pool.render("{{ 1 }}", {}) == "1"
    pool.close()

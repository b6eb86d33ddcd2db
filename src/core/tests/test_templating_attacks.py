"""Hostile templates: each ends in an error in time, with the parent alive and the next render right."""

import concurrent.futures
import contextlib
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

BOMBS = {
    "range join": "{{ (1..1000000000) | join: ',' }}",
    "range reverse": "{{ (1..1000000000) | reverse }}",
    "range size": "{{ (1..99999999999999999999) | size }}",
    "range sort": "{% assign r = (1..100000000) | sort %}{{ r }}",
    "range from data": "{% assign n = 1000000000 %}{{ (1..n) | join: x }}",
    "loop": "{% for i in (1..10000000) %}{{ i }}{% endfor %}",
    "nested loops": "{% for a in list %}{% for b in list %}{% for c in list %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
    "silent loops": "{% for a in list %}{% for b in list %}{% endfor %}{% endfor %}",
    "tablerow": "{% tablerow i in (1..10000000) %}{{ i }}{% endtablerow %}",
    "doubling by assign": "{% assign a = x %}" + "{% assign a = a | append: a %}" * 40 + "{{ a }}",
    "doubling by capture": "{% assign a = x %}"
    + "{% capture b %}{{ a }}{{ a }}{% endcapture %}{% assign a = b %}" * 30
    + "{{ a }}",
    "replace": "{{ x | replace: 'x', x | replace: 'x', x | replace: 'x', x | size }}",
    "split and join": "{% assign a = x | split: '' | join: x | split: '' | join: x | split: '' | join: x %}{{ a | size }}",
    "split alone": "{% assign a = x | replace: 'x', x | split: '' %}{{ a | size }}",
    "concat": "{% assign a = list %}" + "{% assign a = a | concat: a %}" * 30 + "{{ a | size }}",
    "power": "{% assign n = 9 %}" + "{% assign n = n | times: n %}" * 60 + "{{ n }}",
    "power in a loop": "{% assign n = 9 %}{% for i in list %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
    "digits": "{{ '" + "9" * 5000 + "' | plus: 1 }}",
    "output": "{% for i in list %}{{ x }}{{ x }}{% endfor %}",
    "many outputs": "{{ x }}" * 9000,
    "deep blocks": "{% if true %}" * 3000 + "{% endif %}" * 3000,
    "many conditions": "{% if " + "a == b or " * 6000 + "a %}y{% endif %}{% cycle %}",
    "deep brackets": "{{ a" + "[a" * 5000 + "]" * 5000 + " }}",
    "date width": "{{ 'now' | date: '%999999999d' }}{{ y | nope }}",
    "url decoding": "{{ x | url_encode | replace: 'x', '%25' | url_decode | replace: '%', x | replace: 'x', x | size }}",
    "truncate": "{{ x | truncate: 999999999999 | replace: 'x', x | replace: 'x', x | size }}",
    "recursion": "{% render 'self' %}",
    "include": "{% include '/etc/passwd' %}",
    "huge source": "{{ x }}" + "x" * 1_000_000,
}

# Stays under every limit of the library and of memory, and would take some ten seconds.
SLOW = "{% for a in list %}{% for b in (1..9) %}{{ x | replace: 'x', x | upcase | downcase | size }}{% endfor %}{% endfor %}"

UNREACHABLE = [
    "{{ user.__class__ }}",
    "{{ user.name.__class__.__mro__ }}",
    "{{ user['__class__'] }}",
    "{{ x.upper }}",
    "{{ list.append }}",
    "{{ list.__len__ }}",
    "{{ user.keys }}{{ user.items }}",
    "{{ __builtins__ }}{{ self }}{{ context }}{{ env }}{{ globals }}",
    "{{ forloop.__init__ }}",
    "{{ nothing.__class__ }}{{ nothing.name }}{{ nothing.token }}",
    "{% assign c = '__class__' %}{{ user[c] }}{{ x[c] }}",
    "{{ " + "user." * 10000 + "__class__ }}",
    "{% assign u = list | map: '__class__' %}{{ u[0] }}",
]


@pytest.fixture(scope="module")
def pool():
    pool = LiquidPool(timeout_s=5)
    pool.render("{{ 1 }}", {})
    yield pool
    pool.close()


def assert_alive(pool: LiquidPool) -> None:
    assert pool.render("مرحبا {{ user.name }}", X) == "مرحبا علی"


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS.keys())
def test_bomb(pool, source):
    started = time.monotonic()
    with pytest.raises(TemplateError):
        pool.render(source, X)
    assert time.monotonic() - started < 5
    assert_alive(pool)


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS.keys())
def test_checking_a_bomb(pool, source):
    started = time.monotonic()
    with contextlib.suppress(TemplateError):  # either answer is right, as long as there is one
        pool.check(source)
    assert time.monotonic() - started < 5
    assert_alive(pool)


@pytest.mark.parametrize("source", UNREACHABLE)
def test_python_is_out_of_reach(pool, source):
    (result,) = pool.render_many([(source, X)])
    assert isinstance(result, TemplateError) or result.strip() == ""


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

"""The processes of the sandbox: bounded, replaced when they fall, shared by threads, safe across a fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import RetryableError
from core.sandbox import CodeLimitError, CodeLimits, Sandbox, SandboxError
from core.sandbox.worker import _IMPORT_ROOT


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(size=1)
    yield sandbox
    sandbox.close()


def _worker_pid(sandbox: Sandbox) -> int:
    (worker,) = sandbox._slots.queue
    return worker.pid


def _interpreter_pid(sandbox: Sandbox) -> int:
    pid = _worker_pid(sandbox)
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _alive(sandbox: Sandbox) -> bool:
    return sandbox.run("n * 2", inputs={"n": 21}).value == 42


def test_the_interpreter_has_nothing(sandbox):
    assert _alive(sandbox)
    for pid in (_worker_pid(sandbox), _interpreter_pid(sandbox)):
        assert Path(f"/proc/{pid}/environ").read_bytes() == b""
        assert "NoNewPrivs:\t1" in Path(f"/proc/{pid}/status").read_text()
    limits = Path(f"/proc/{_interpreter_pid(sandbox)}/limits").read_text()
    bounds = dict(line[:60].rsplit(maxsplit=2)[:2] for line in limits.splitlines() if line[26:].strip())
    assert {bounds[name] for name in ("Max open files",)} == {"3"}
    assert bounds["Max address space"] == str(512 << 20)
    assert bounds["Max file size"] == "0"


@pytest.mark.parametrize("victim", [_worker_pid, _interpreter_pid])
def test_a_process_that_something_else_killed_is_replaced(sandbox, victim: Callable[[Sandbox], int]):
    assert _alive(sandbox)
    killed = victim(sandbox)
    os.kill(killed, signal.SIGKILL)

    assert _alive(sandbox)
    assert victim(sandbox) != killed


def test_a_process_that_does_not_answer_is_replaced():
    sandbox = Sandbox(size=1)
    assert _alive(sandbox)
    stuck = _worker_pid(sandbox)
    os.kill(stuck, signal.SIGSTOP)

    with pytest.raises(SandboxError) as caught:
        sandbox.run("1", inputs={}, limits=CodeLimits(time_s=0.1))

    assert isinstance(caught.value, RetryableError)
    assert not Path(f"/proc/{stuck}").exists()
    assert _alive(sandbox)
    sandbox.close()


def test_code_whose_interpreter_dies_twice_is_to_blame():
    sandbox = Sandbox(size=1)
    assert _alive(sandbox)
    worker = _worker_pid(sandbox)
    children = Path(f"/proc/{worker}/task/{worker}/children")

    def kill_two() -> None:
        killed: set[str] = set()
        while len(killed) < 2:
            for pid in set(children.read_text().split()) - killed:
                time.sleep(0.3)  # it is at work by then
                os.kill(int(pid), signal.SIGKILL)
                killed.add(pid)

    killer = threading.Thread(target=kill_two)
    killer.start()
    with pytest.raises(CodeLimitError, match="brings the interpreter down"):
        sandbox.run("while True: pass", inputs={}, limits=CodeLimits(time_s=2))
    killer.join()
    assert _alive(sandbox)
    sandbox.close()


@pytest.mark.parametrize("executable", ["/nonexistent", "/bin/false"])
def test_a_process_that_cannot_be_started(monkeypatch, executable):
    monkeypatch.setattr(sys, "executable", executable)
    sandbox = Sandbox(size=1)

    with pytest.raises(SandboxError, match="did not start"):
        sandbox.run("1", inputs={})
    monkeypatch.undo()
    assert _alive(sandbox)
    sandbox.close()


def test_a_busy_sandbox_says_so():
    sandbox = Sandbox(size=1, wait_s=0.05)
    assert _alive(sandbox)
    with ThreadPoolExecutor(1) as threads:
        looping = threads.submit(sandbox.run, "while True: pass", inputs={}, limits=CodeLimits(time_s=0.6))
        time.sleep(0.2)
        with pytest.raises(SandboxError, match="busy"):
            sandbox.run("1", inputs={})
        assert isinstance(looping.exception(), CodeLimitError)
    assert _alive(sandbox)
    sandbox.close()


def test_threads_share_a_sandbox():
    sandbox = Sandbox(size=2)

    def work(number: int) -> list[int]:
        return [sandbox.run("n * 1000 + at", inputs={"n": number, "at": at}).value for at in range(25)]

    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(work, range(6)))

    assert results == [[number * 1000 + at for at in range(25)] for number in range(6)]
    sandbox.close()


def test_both_sides_of_a_fork(sandbox):
    assert _alive(sandbox)
    before = _worker_pid(sandbox)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        value = sandbox.run("n + 1", inputs={"n": 1}).value
        os.write(writer, f"{value} {_worker_pid(sandbox)}".encode())
        sandbox.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    value, pid = os.read(reader, 100).split()
    os.close(reader)
    os.close(writer)

    assert (int(value), int(pid) == before) == (2, False)
    assert _alive(sandbox)
    assert _worker_pid(sandbox) == before


def test_no_process_outlives_its_parent():
    code = (
        "import os, signal\nfrom core.sandbox import Sandbox\ns = Sandbox(size=1)\ns.run('1', inputs={})\n"
        "pid = s._slots.queue[0].pid\nprint(pid, open(f'/proc/{pid}/task/{pid}/children').read(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=_IMPORT_ROOT, capture_output=True, text=True)
    pids = ended.stdout.split()

    assert len(pids) == 2
    deadline = time.monotonic() + 5
    while any(_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(_running(pid) for pid in pids)


def _running(pid: str) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("core.sandbox.child", {"django", "pydantic", "psycopg", "aiohttp", "jsonschema"}),
        ("core.sandbox", {"django", "pydantic_monty", "jsonschema"}),
    ],
)
def test_imports_stay_small(module, unwanted):
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=_IMPORT_ROOT, capture_output=True, text=True, check=True
    )
    assert not unwanted & set(loaded.stdout.split())

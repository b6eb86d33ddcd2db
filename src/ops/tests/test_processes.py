"""The supervisor starts, watches, kills and restarts real processes, children included."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ops.errors import OpsError
from ops.paths import SRC
from ops.ports import free_port
from ops.processes import ProcessSpec, Supervisor, scheduler, simulator, web, worker

SLEEPER = "import time; time.sleep(600)"
FAMILY = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); {SLEEPER}"


def python(name: str, script: str, **more: str) -> ProcessSpec:
    return ProcessSpec(name=name, argv=(sys.executable, "-c", script), **more)


def http_server(port: int) -> ProcessSpec:
    argv = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port))
    return ProcessSpec(name="web", argv=argv, health_url=f"http://127.0.0.1:{port}/")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(env=dict(os.environ), log_dir=tmp_path / "log", run_dir=tmp_path / "run") as supervisor:
        yield supervisor


def eventually(true: object, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def test_wait_kill_and_restart(supervisor: Supervisor) -> None:
    port = free_port()
    first = supervisor.start(http_server(port))
    supervisor.wait_healthy("web")
    assert supervisor.rss_bytes()["web"] > 1_000_000
    with pytest.raises(ValueError, match="runs already"):
        supervisor.start(http_server(port))

    supervisor.kill("web")
    assert not supervisor.alive("web")
    assert supervisor.ended() == {"web": -signal.SIGKILL}
    assert supervisor.restart("web") != first
    supervisor.wait_healthy("web")
    assert "GET / HTTP" in supervisor.log("web").read_text()


def test_children_go_with_their_parent(supervisor: Supervisor) -> None:
    parent = supervisor.start(python("worker", FAMILY))
    eventually(lambda: psutil.Process(parent).children())
    child = psutil.Process(parent).children()[0]
    supervisor.kill("worker")
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_one_that_ignores_sigterm_is_killed(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.processes.STOP_TIMEOUT_S", 0.5)
    pid = supervisor.start(python("worker", STUBBORN))
    eventually(lambda: "up" in supervisor.log("worker").read_text())
    supervisor.stop("worker")
    assert not psutil.pid_exists(pid)
    assert supervisor.ended() == {}, "it was asked to end"


def test_one_that_dies_at_once_is_reported_with_its_log(supervisor: Supervisor) -> None:
    spec = python("web", "raise SystemExit('کلید نیست: no key')", health_url="http://127.0.0.1:1/")
    supervisor.start(spec)
    with pytest.raises(OpsError, match="no key"):
        supervisor.wait_healthy("web")


def test_one_that_never_answers_is_reported(supervisor: Supervisor) -> None:
    supervisor.start(python("web", SLEEPER, health_url="http://127.0.0.1:1/"))
    with pytest.raises(OpsError, match="did not become healthy"):
        supervisor.wait_healthy("web", timeout_s=0.3)


def test_echo_goes_to_the_terminal_and_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Supervisor(env=dict(os.environ), log_dir=tmp_path, run_dir=tmp_path, echo=True) as supervisor:
        supervisor.start(python("scheduler", "print('سلام')"))
        eventually(
            lambda: supervisor.log("scheduler").exists() and "سلام" in supervisor.log("scheduler").read_text()
        )
    eventually(lambda: "scheduler | سلام" in capsys.readouterr().out)


def test_the_owners_password_reaches_the_scheduler_only(tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_OWNER_URL": "secret", "DATABASE_SUPERUSER_URL": "secret"}
    show = "import os; print(sorted(name for name, value in os.environ.items() if value == 'secret'), flush=True)"
    with Supervisor(env=env, log_dir=tmp_path, run_dir=tmp_path) as supervisor:
        for spec in (web(8000), worker(), simulator(8020), scheduler()):
            supervisor.start(
                ProcessSpec(name=spec.name, argv=(sys.executable, "-c", show), without=spec.without)
            )
        eventually(lambda: len(supervisor.ended()) == 4)
        said = {
            name: supervisor.log(name).read_text().strip()
            for name in ("web", "worker", "simulator", "scheduler")
        }
    assert said.pop("scheduler") == "['DATABASE_OWNER_URL', 'DATABASE_SUPERUSER_URL']"
    assert set(said.values()) == {"[]"}


def test_the_next_supervisor_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from ops.processes import ProcessSpec, Supervisor\n"
        "s = Supervisor(env=dict(os.environ), log_dir=Path(sys.argv[1]), run_dir=Path(sys.argv[1]))\n"
        f"print(s.start(ProcessSpec(name='worker', argv=(sys.executable, '-c', {SLEEPER!r}))), flush=True)\n"
        "time.sleep(600)"
    )
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, env=env
    ) as killed:
        assert killed.stdout is not None
        left = psutil.Process(int(killed.stdout.readline()))
        with Supervisor(env=env, log_dir=tmp_path, run_dir=tmp_path):
            assert left.is_running(), "its supervisor lives"
        killed.kill()
    assert left.is_running()
    with Supervisor(env=env, log_dir=tmp_path, run_dir=tmp_path):
        eventually(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE)
    assert list(tmp_path.glob("processes-*.json")) == []

"""A small supervisor: starts Wasl's processes, watches, kills and restarts them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from ops.errors import OpsError, log_tail
from ops.paths import ROOT, VAR
from ops.ports import LOOPBACK

PYTHON = sys.executable
STOP_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """How to start one process. ``health_url`` answers 200 when it is ready; ``without`` names variables it may not see."""

    name: str
    argv: tuple[str, ...]
    health_url: str = ""
    without: tuple[str, ...] = ()


#: Requests and jobs work with the role that owns nothing; only commands and the scheduler hold the owner's password.
OWNER_VARIABLES = ("DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL")


def web(port: int, *, name: str = "web") -> ProcessSpec:
    """The HTTP and WebSocket server."""
    server = (PYTHON, "-m", "granian", "--interface", "asgi", "config.asgi:application")
    # Asked to end while its worker still starts, granian would wait for that worker for ever.
    patience = ("--workers-kill-timeout", "5")
    return ProcessSpec(
        name=name,
        argv=(*server, "--host", LOOPBACK, "--port", str(port), "--workers", "1", *patience),
        health_url=f"http://{LOOPBACK}:{port}/health/ready",
        without=OWNER_VARIABLES,
    )


def worker(*, name: str = "worker", concurrency: int = 2) -> ProcessSpec:
    """A Celery worker that drains the durable queue when the doorbell rings."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return ProcessSpec(
        name=name,
        argv=(
            PYTHON, "-m", "celery", "-A", "config.celery", "worker", "--pool", "threads",
            "--concurrency", str(concurrency), *quiet, "-Q", "doorbell,celery", "-n", f"{name}@%h",
        ),
        without=OWNER_VARIABLES,
    )  # fmt: skip


def scheduler() -> ProcessSpec:
    """The process that polls, fires schedules and provisions tenants."""
    return ProcessSpec(name="scheduler", argv=(PYTHON, "manage.py", "run_scheduler"))


def simulator(port: int) -> ProcessSpec:
    """The outside world for development: the providers' APIs on this machine."""
    return ProcessSpec(
        name="simulator",
        argv=(PYTHON, "-m", "channels_app.simulator", "--port", str(port)),
        health_url=f"http://{LOOPBACK}:{port}/control/health",
        without=OWNER_VARIABLES,
    )


class Supervisor:
    """Processes by name. Each leads a process group of its own, so that none of its children is left behind.

    ``env`` is the whole environment of the children; output goes to ``log_dir/<name>.log`` and, with ``echo``, also to
    the terminal behind the process's name. What a killed supervisor left running is ended by the next one on the same
    ``run_dir``.
    """

    def __init__(
        self,
        *,
        env: Mapping[str, str],
        log_dir: Path = VAR / "log",
        run_dir: Path = VAR / "run",
        echo: bool = False,
    ) -> None:
        self.env = dict(env)
        self.log_dir = log_dir
        self.echo = echo
        self._specs: dict[str, ProcessSpec] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        log_dir.mkdir(parents=True, exist_ok=True)
        run_dir.mkdir(parents=True, exist_ok=True)
        self._record = run_dir / f"processes-{os.getpid()}-{id(self)}.json"
        end_leftovers(run_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.log_dir / f"{name}.log"

    def start(self, spec: ProcessSpec) -> int:
        """Start a process and return its id. Raises ``ValueError`` when one of that name runs already."""
        if self.alive(spec.name):
            raise ValueError(f"process {spec.name!r} runs already")
        env = {name: value for name, value in self.env.items() if name not in spec.without}
        with self.log(spec.name).open("ab") as log:
            process = subprocess.Popen(
                spec.argv, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                stdout=subprocess.PIPE if self.echo else log, start_new_session=True,
            )  # fmt: skip
        if process.stdout is not None:
            threading.Thread(target=self._copy_output, args=(spec.name, process.stdout), daemon=True).start()
        self._specs[spec.name] = spec
        self._running[spec.name] = process
        self._write_record()
        return process.pid

    def wait_healthy(self, name: str, *, timeout_s: float = 60.0) -> None:
        """Wait until the process's health address answers 200. Raises ``OpsError`` if it dies or takes too long."""
        url = self._specs[name].health_url
        if not url:
            raise ValueError(f"process {name!r} has no health address")
        deadline = time.monotonic() + timeout_s
        while not _answers(url):
            if not self.alive(name) or time.monotonic() > deadline:
                what = "did not become healthy" if self.alive(name) else "ended"
                raise OpsError(f"{name} {what}; the end of {self.log(name)}:\n{log_tail(self.log(name))}")
            time.sleep(0.1)

    def alive(self, name: str) -> bool:
        """Whether the process of that name runs."""
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        """The process id of a started process."""
        return self._running[name].pid

    def pids(self) -> dict[str, int]:
        """The process ids by name."""
        return {name: process.pid for name, process in list(self._running.items())}

    def ended(self) -> dict[str, int]:
        """Processes that ended without being asked to, with their exit status."""
        return {
            name: status for name, process in self._running.items() if (status := process.poll()) is not None
        }

    def rss_bytes(self) -> dict[str, int]:
        """Resident memory by process name, children included."""
        return {name: _rss(process.pid) for name, process in self._running.items() if process.poll() is None}

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children, as the kernel does when memory runs out."""
        process = self._running[name]
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()

    def restart(self, name: str) -> int:
        """Stop the process if it still runs, start it again the same way, return its new id."""
        self.stop(name)
        return self.start(self._specs[name])

    def stop(self, name: str) -> None:
        """SIGTERM, some patience, then SIGKILL."""
        self._stop([name])

    def stop_all(self) -> None:
        """Stop every process, side by side."""
        self._stop(list(self._running))
        self._record.unlink(missing_ok=True)

    def _stop(self, names: Sequence[str]) -> None:
        processes = {name: self._running.pop(name) for name in names if name in self._running}
        for process in processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for process in processes.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _signal_group(process.pid, signal.SIGKILL)  # children that outlived their parent
        self._write_record()

    def _copy_output(self, name: str, stream: IO[bytes]) -> None:
        with self.log(name).open("ab", buffering=0) as log, stream:
            for line in stream:
                log.write(line)
                print(f"{name:10}| {line.decode(errors='replace').rstrip()}", flush=True)

    def _write_record(self) -> None:
        owner = {"pid": os.getpid(), "born": psutil.Process().create_time()}
        children = [
            {"pid": process.pid, "born": _born(process.pid)}
            for process in self._running.values()
            if process.poll() is None
        ]
        self._record.write_text(json.dumps({"owner": owner, "children": children}))


def end_leftovers(run_dir: Path) -> int:
    """Kill the processes of supervisors that were killed themselves, and say how many there were.

    A number that now means another process is spared.
    """
    ended = 0
    for record in run_dir.glob("processes-*.json"):
        try:
            known = json.loads(record.read_text())
        except (FileNotFoundError, ValueError):
            continue  # being written, or already dealt with
        if _born(known["owner"]["pid"]) == known["owner"]["born"]:
            continue
        for child in known["children"]:
            if _born(child["pid"]) == child["born"]:
                _signal_group(child["pid"], signal.SIGKILL)
                ended += 1
        record.unlink(missing_ok=True)
    return ended


def _born(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # all gone
        os.killpg(pid, number)


def _rss(pid: int) -> int:
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue  # ended between the two looks
    return total


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

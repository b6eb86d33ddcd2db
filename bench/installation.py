"""An installation of its own for one run: durable servers, Wasl's processes on production settings, and the sink."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import sink
from bench.messages import APP_SECRET
from bench.results import say
from bench.usage import CpuClock, pss_mb
from ops.environment import process_env
from ops.errors import OpsError
from ops.locks import exclusive
from ops.paths import ROOT, SRC, VAR
from ops.ports import LOOPBACK, free_port
from ops.processes import PYTHON, Supervisor, end_leftovers, scheduler, web, worker
from ops.stack import Stack

PARENT = VAR / "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a scenario works with. ``env`` is the environment of every process on it."""

    stack: Stack
    supervisor: Supervisor
    env: dict[str, str]
    web_port: int
    sink_port: int
    workers: tuple[str, ...]

    @property
    def sink_url(self) -> str:
        """Where the workflow's call goes."""
        return f"http://{LOOPBACK}:{self.sink_port}/hook"

    def start_web(self) -> None:
        """The web process, ready to accept."""
        self.supervisor.start(web(self.web_port))
        self.supervisor.wait_healthy("web")

    def start_workers(self) -> None:
        """The workers and the scheduler. They are ready within seconds; what came before them waits in the queue."""
        for name in self.workers:
            self.supervisor.start(worker(name=name))
        self.supervisor.start(scheduler())

    def check_alive(self) -> None:
        """Raises ``OpsError`` when a process has died."""
        ended = self.supervisor.ended()
        if ended:
            raise OpsError(f"processes ended: {ended}; their logs are in {self.supervisor.log_dir}")

    def own_mb(self) -> float:
        """Memory of web, workers and scheduler."""
        names = [name for name in ("web", *self.workers, "scheduler") if self.supervisor.alive(name)]
        return pss_mb(self.supervisor.pid(name) for name in names)

    def cpu(self, others: Mapping[str, int] | None = None) -> CpuClock:
        """CPU time used until now: by our processes, the servers, the sink, the client (this process) and ``others``."""
        started = ("web", *self.workers, "scheduler", "sink")
        families = {name: [self.supervisor.pid(name)] for name in started if self.supervisor.alive(name)}
        workers = [pid for name in self.workers for pid in families.pop(name, [])]
        servers = {s.name.lower(): [s.pid] for s in self.stack.status() if s.pid is not None}
        more = {name: [pid] for name, pid in (others or {}).items()}
        clock = CpuClock.read({**families, **servers, **more, **({"workers": workers} if workers else {})})
        return CpuClock({**clock.by_name, "client": time.process_time()}, clock.machine)

    def servers_mb(self) -> dict[str, float]:
        """Memory of PostgreSQL and Redis."""
        return {s.name.lower(): pss_mb([s.pid]) for s in self.stack.status() if s.pid is not None}

    def django(self, module: str, *arguments: str) -> Any:
        """Run a module of the benchmark that needs Django; returns the JSON that it prints last."""
        done = subprocess.run(
            [PYTHON, "-m", module, *arguments], env=self.env, cwd=ROOT, stdout=subprocess.PIPE, check=False
        )
        if done.returncode != 0:
            raise OpsError(f"{module} {' '.join(arguments)} failed")
        return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def installation(*, workers: int) -> Iterator[Installation]:
    """A fresh one under ``var/bench``: migrated, the sink running, nothing else started; deleted at the end."""
    with _stack() as stack:
        sink_port = free_port()
        env = process_env(stack.info, settings="production") | {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "PYTHONPATH": f"{SRC}:{ROOT}",
            "OUTBOUND_ALLOWED_PRIVATE": f"{LOOPBACK}:{sink_port}",
            "WHATSAPP_APP_SECRETS": APP_SECRET,
            "LOG_LEVEL": "WARNING",
        }
        say("making the database's tables")
        done = subprocess.run(
            [PYTHON, "manage.py", "migrate_tenants"], env=env, cwd=ROOT, capture_output=True, text=True, check=False
        )  # fmt: skip
        if done.returncode != 0:
            raise OpsError(f"migrating failed:\n{done.stdout}{done.stderr}")
        # The logs outlive the stack: whoever looks into a bad run needs them.
        with Supervisor(env=env, log_dir=PARENT / "log", run_dir=stack.run) as supervisor:
            supervisor.start(sink.spec(sink_port))
            supervisor.wait_healthy("sink")
            yield Installation(
                stack=stack,
                supervisor=supervisor,
                env=env,
                web_port=free_port(),
                sink_port=sink_port,
                workers=tuple(f"worker-{number}" for number in range(1, workers + 1)),
            )


@contextmanager
def _stack() -> Iterator[Stack]:
    """Fully durable, unlike the tests' throw-away stack; what a killed run left behind is removed first."""
    say("starting a PostgreSQL and a Redis of its own")
    with exclusive(PARENT / "lock"):
        for leftover in PARENT.glob("stack-*"):
            _remove_if_unused(leftover)
        stack = Stack(Path(tempfile.mkdtemp(prefix="stack-", dir=PARENT)), environ={})
        stack.__enter__()
    try:
        yield stack
    finally:
        with exclusive(PARENT / "lock"):
            stack.__exit__(None, None, None)
            _remove_if_unused(stack.root)


def _remove_if_unused(root: Path) -> None:
    stack = Stack(root, environ={})
    if not stack.in_use():
        end_leftovers(stack.run)
        stack.reset()
        shutil.rmtree(root)

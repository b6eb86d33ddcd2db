"""An embedded PostgreSQL 18 server: its files, its start after whatever happened before, its end."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path

import psutil

from ops.account import Account, as_account
from ops.errors import OpsError, log_tail
from ops.ports import LOOPBACK
from ops.postgres_files import software
from ops.stack_state import write_private

SETTINGS = {
    "listen_addresses": LOOPBACK,
    # TCP only: a socket's path may be too long in a deep checkout, and one form of URL suits every client.
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # A schema per tenant means very many files; syncing each after a crash takes minutes.
    "recovery_init_sync_method": "syncfs",
    # Queue tables turn over quickly: vacuum them before their dead rows show in the claim's plan.
    "autovacuum_naptime": "10s",
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
#: A cluster that is thrown away after the run need not survive a power cut. It does survive its own crashes.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}

START_TIMEOUT_S = 60
ORPHAN_PATIENCE_S = 5.0


class PortTakenError(OpsError):
    """Another program listens on the port."""


class Postgres:
    """One cluster. ``home`` belongs to ``account`` and holds ``data/``; the server's output goes to ``log``."""

    def __init__(self, *, home: Path, log: Path, account: Account | None, throwaway: bool = False) -> None:
        self.home = home
        self.log = log
        self.account = account
        self.throwaway = throwaway
        self.settings = SETTINGS | (THROWAWAY_SETTINGS if throwaway else {})
        self.data = home / "data"
        # Shows in the title of every server process, so ours are told from others' without reading /proc/*/cwd,
        # which root may not do in a container.
        self.cluster_name = "wasl-" + hashlib.sha256(str(self.data).encode()).hexdigest()[:12]

    @cached_property
    def bin(self) -> Path:
        """The directory of ``initdb``, ``pg_ctl`` and ``psql``, where the account can run them."""
        return software(self.account)

    def exists(self) -> bool:
        """Whether the cluster was initialised to the end."""
        return (self.data / "PG_VERSION").exists() and not self._unfinished.exists()

    @property
    def _unfinished(self) -> Path:
        return self.home / "initdb-unfinished"

    def initialise(self, *, password: str) -> None:
        """Make the cluster with the superuser ``postgres``; half of one, left by a crash, is replaced."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._unfinished.touch()
        password_file = self.home / "password"
        write_private(password_file, password + "\n")
        if self.account is not None:
            self.account.own(password_file)
        self._run(
            "initdb", "--pgdata", str(self.data), "--username=postgres", "--auth=scram-sha-256",
            f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-sync" if self.throwaway else "--sync-method=syncfs",
        )  # fmt: skip
        password_file.unlink()
        self._unfinished.unlink()

    def reset_password(self, password: str) -> None:
        """Give the superuser a new password while the server is down (its record was lost)."""
        statement = f"ALTER ROLE postgres PASSWORD '{password}'\n"
        self._run("postgres", "--single", "-D", str(self.data), "postgres", stdin=statement)

    def start(self, port: int) -> None:
        """Start on ``port`` and wait until it takes connections; recovers after a crash.

        Raises ``PortTakenError`` when somebody else listens there, ``OpsError`` with the log's end otherwise.
        """
        if self.pid() is not None:
            return
        self.clear_leftovers()
        settings = self.settings | {"port": str(port), "cluster_name": self.cluster_name}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            offset = log.tell()
            done = subprocess.run(
                [self.bin / "pg_ctl", "start", "-D", self.data, "-w", "-t", str(START_TIMEOUT_S), "-o", options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", check=False, **as_account(self.account),
            )  # fmt: skip
        if done.returncode != 0:
            with self.log.open("rb") as log:
                log.seek(offset)
                said = log.read().decode(errors="replace")
            if "Address already in use" in said or "could not bind" in said:
                raise PortTakenError(f"port {port} is taken")
            raise OpsError(f"PostgreSQL did not start; the end of {self.log}:\n{log_tail(self.log)}")

    def stop(self, mode: str = "fast") -> None:
        """Stop and wait. ``mode`` is pg_ctl's: ``smart``, ``fast`` or ``immediate`` (a crash, in effect)."""
        if self.pid() is None:
            return
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w", "-t", str(START_TIMEOUT_S))

    def kill(self) -> None:
        """SIGKILL to the postmaster, as the kernel does when memory runs out."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL)
        while self._is_ours(pid):
            time.sleep(0.01)

    def pid(self) -> int | None:
        """The postmaster's process id, or ``None`` when it is not running."""
        recorded = self._recorded_pid()
        return recorded if recorded is not None and self._is_ours(recorded) else None

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _is_ours(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return (
                process.name() == "postgres"
                and process.status() != psutil.STATUS_ZOMBIE
                and self.cluster_name in " ".join(process.cmdline())
            )
        except psutil.Error:
            return False

    def clear_leftovers(self) -> None:
        """Wait for the children of a killed postmaster, then drop a pid file that names a stranger.

        The children leave by themselves unless they are busy; with their postmaster gone, what they do can no longer
        be committed safely, so after some patience they are killed. While one of them lives a new postmaster refuses to
        start. A pid file whose number now belongs to another program would also stop it.
        """
        deadline = time.monotonic() + ORPHAN_PATIENCE_S
        while orphans := [pid for pid in psutil.pids() if self._is_ours(pid)]:
            if time.monotonic() > deadline:
                for pid in orphans:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        recorded = self._recorded_pid()
        if recorded is not None and psutil.pid_exists(recorded):
            (self.data / "postmaster.pid").unlink()

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        done = subprocess.run(
            [self.bin / program, *arguments], input=stdin, text=True, capture_output=True, cwd="/", check=False,
            **as_account(self.account),
        )  # fmt: skip
        if done.returncode != 0:
            raise OpsError(f"{program} failed:\n{(done.stdout + done.stderr).strip()[-2000:]}")

"""The stack under Wasl on one machine: an embedded PostgreSQL and Redis, or the servers that the environment names."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from ops.account import server_account
from ops.errors import OpsError
from ops.locks import SharedLock, exclusive
from ops.paths import VAR
from ops.ports import LOOPBACK, free_port, wait_until_free
from ops.postgres_files import data_home
from ops.postgres_server import PortTakenError, Postgres
from ops.redis_server import RedisServer
from ops.stack_state import StackState, installation_secrets

DATABASE = "wasl"
ROLES_SQL = Path(__file__).with_name("roles.sql")
READY_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StackInfo:
    """Where a running stack listens. URLs carry their passwords.

    ``superuser_url`` may do anything to the server (tests, extensions), ``owner_url`` owns the database (migrations,
    provisioning), ``app_url`` serves requests and owns nothing.
    """

    superuser_url: str
    owner_url: str
    app_url: str
    redis_url: str
    secrets: Mapping[str, str]

    def env(self) -> dict[str, str]:
        """The variables that the settings read."""
        return {
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
            **self.secrets,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """One server: ``pid`` is ``None`` when it is not running or not ours to run (``external``)."""

    name: str
    pid: int | None
    where: str
    external: bool = False


class Stack:
    """PostgreSQL and Redis of one checkout, everything under ``root``.

    ``DATABASE_URL`` (with ``DATABASE_OWNER_URL``, ``DATABASE_SUPERUSER_URL``, each defaulting to the one before) and
    ``REDIS_URL`` in ``environ`` name servers of your own: the stack then starts nothing for that part. ``environ``
    defaults to the process's; pass ``{}`` to be sure of the embedded servers. ``throwaway`` turns durability off and
    lets the owner role make further databases, for tests.

    As a context manager the stack is shared: the last process to leave stops it, unless ``pin()`` was called.
    """

    def __init__(
        self, root: Path = VAR, *, environ: Mapping[str, str] | None = None, throwaway: bool = False
    ) -> None:
        self.root = root.resolve()
        self.run = self.root / "run"
        self.throwaway = throwaway
        self._environ = os.environ if environ is None else environ
        self._state_file = self.run / "stack.json"
        self._pin_file = self.run / "stack.pinned"
        self._users = SharedLock(self.run / "stack.users")
        self._account = server_account()

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> StackInfo:
        """Start what is not running, whatever happened before, and say where it is. Safe to call again, and at once."""
        with self._locked():
            state = self._state_to_start_with()
            if not self._external_database:
                state = self._start_postgres(state)
            if not self._external_redis:
                state = self._start_redis(state)
        return self._info(state)

    def stop(self, mode: str = "fast") -> None:
        """Stop both servers; ``mode`` is PostgreSQL's: ``smart``, ``fast`` or ``immediate``. Forgets ``pin()``."""
        with self._locked():
            self._pin_file.unlink(missing_ok=True)
            self._stop(mode)

    def reset(self) -> None:
        """Stop, then delete the databases. The installation's secret keys stay."""
        with self._locked():
            self._pin_file.unlink(missing_ok=True)
            self._stop("immediate")
            state = StackState.load(self._state_file)
            if state is not None and state.postgres_home is not None:
                shutil.rmtree(state.postgres_home, ignore_errors=True)
            for path in (self.root / "postgres", self.root / "redis"):
                shutil.rmtree(path, ignore_errors=True)
            self._state_file.unlink(missing_ok=True)

    def pin(self) -> None:
        """Keep the stack running after its last user leaves, until ``stop()``."""
        self._pin_file.touch()

    def in_use(self) -> bool:
        """Whether a live process is inside ``with Stack(...)`` on this root."""
        return self._users.held_by_anyone()

    def __enter__(self) -> Self:
        self._make_directories()
        with self._locked():
            self._users.acquire()
        try:
            self.start()
        except BaseException:
            self._users.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._locked():
            self._users.release()
            if not self._users.held_by_anyone() and not self._pin_file.exists():
                self._stop("fast")

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def info(self) -> StackInfo:
        """Where the stack listens. Raises ``OpsError`` when it was never started."""
        return self._info(self._state())

    def status(self) -> list[ServerStatus]:
        """What runs now: PostgreSQL, then Redis."""
        state = StackState.load(self._state_file)
        postgres = self._postgres(state) if state and state.postgres_home else None
        redis = self._redis(state) if state else None
        return [
            ServerStatus(
                name="PostgreSQL",
                external=self._external_database,
                pid=None if self._external_database or postgres is None else postgres.pid(),
                where="DATABASE_URL"
                if self._external_database
                else f"{LOOPBACK}:{state.postgres_port}"
                if state
                else "",
            ),
            ServerStatus(
                name="Redis",
                external=self._external_redis,
                pid=None if self._external_redis or redis is None else redis.pid(),
                where="REDIS_URL"
                if self._external_redis
                else f"{LOOPBACK}:{state.redis_port}"
                if state
                else "",
            ),
        ]

    # -- one server at a time, for chaos runs -------------------------------------------------------------------------

    def restart_postgres(self, mode: str = "immediate") -> None:
        """Stop PostgreSQL in ``mode`` and start it again on the same port."""
        with self._locked():
            server = self._postgres(self._state())
            server.stop(mode)
            server.start(self._state().postgres_port)

    def kill_postgres(self) -> None:
        """SIGKILL to the postmaster; ``start()`` brings it back."""
        self._postgres(self._state()).kill()

    def restart_redis(self) -> None:
        """Stop Redis and start it again, empty, on the same port."""
        self._redis(self._state()).stop()
        self.start_redis()

    def kill_redis(self) -> None:
        """SIGKILL to Redis, and wait until it is gone."""
        self._redis(self._state()).stop(signal.SIGKILL)

    def start_redis(self) -> None:
        """Start Redis on its port if it is down."""
        with self._locked():
            server = self._redis(self._state())
            if server.pid() is None:
                wait_until_free(server.port, seconds=5)
                server.start()

    # -- inside -------------------------------------------------------------------------------------------------------

    @property
    def _external_database(self) -> bool:
        return bool(self._environ.get("DATABASE_URL"))

    @property
    def _external_redis(self) -> bool:
        return bool(self._environ.get("REDIS_URL"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._make_directories()
        with exclusive(self.run / "stack.lock"):
            yield

    def _make_directories(self) -> None:
        try:
            self.run.mkdir(parents=True, exist_ok=True)
            self.run.chmod(0o700)
            (self.root / "log").mkdir(exist_ok=True)
        except PermissionError:
            raise OpsError(
                f"{self.run} belongs to another user, who ran ./wasl here before (root, perhaps).\n"
                f"Go on as that user, or have them run `./wasl stack stop` and delete {self.root}."
            ) from None

    def _state(self) -> StackState:
        state = StackState.load(self._state_file)
        if state is None:
            raise OpsError("the stack was never started here: ./wasl stack start")
        return state

    def _state_to_start_with(self) -> StackState:
        state = StackState.load(self._state_file) or StackState()
        if not self._external_database and (state.postgres_home is None or not state.postgres_home.exists()):
            home = data_home(self.root / "postgres", self._account)
            state = state.model_copy(update={"postgres_home": home})
        if not self._external_database:
            self._initialise(state)
        state.save(self._state_file)
        return state

    def _initialise(self, state: StackState) -> None:
        server = self._postgres(state)
        if not server.exists():
            server.initialise(password=state.superuser_password)
        elif not self._state_file.exists() and server.pid() is None:
            # Somebody deleted run/ and kept the data: the passwords are new.
            server.reset_password(state.superuser_password)

    def _start_postgres(self, state: StackState) -> StackState:
        server = self._postgres(state)
        if server.pid() is not None:
            self._wait_until_ready(state)
            return state
        server.clear_leftovers()
        for _ in range(5):
            # The same port as before, if it can be had: processes that outlive a crash of the server reconnect to it.
            if not wait_until_free(state.postgres_port, seconds=2):
                state = state.model_copy(update={"postgres_port": free_port()})
                state.save(self._state_file)
            try:
                server.start(state.postgres_port)
            except PortTakenError:
                continue
            self._make_roles(state)
            return state
        raise OpsError("PostgreSQL found no free port; see " + str(server.log))

    def _start_redis(self, state: StackState) -> StackState:
        server = self._redis(state)
        if server.pid() is not None and server.answers():
            return state
        server.stop(signal.SIGKILL)
        if not wait_until_free(state.redis_port, seconds=2):
            state = state.model_copy(update={"redis_port": free_port()})
            state.save(self._state_file)
        self._redis(state).start()
        return state

    def _wait_until_ready(self, state: StackState) -> None:
        # A launcher killed during the start leaves a server that is still recovering.
        deadline = time.monotonic() + READY_TIMEOUT_S
        while True:
            try:
                psycopg.connect(
                    self._url(state, "postgres", state.superuser_password), connect_timeout=5
                ).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise OpsError(f"PostgreSQL runs but refuses connections: {error}") from error
                time.sleep(0.1)
            else:
                return

    def _make_roles(self, state: StackState) -> None:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PGPASSWORD": state.superuser_password,
            "WASL_OWNER_PASSWORD": state.owner_password,
            "WASL_APP_PASSWORD": state.app_password,
        }
        command = [
            str(self._postgres(state).bin / "psql"), "--no-psqlrc", "--quiet", "--host", LOOPBACK, "--port",
            str(state.postgres_port), "--username", "postgres", "--dbname", "postgres", "--file", str(ROLES_SQL),
        ]  # fmt: skip
        if self.throwaway:
            command += ["--command", "ALTER ROLE wasl_owner CREATEDB"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise OpsError(f"making the database's roles failed:\n{done.stderr.strip()}")

    def _stop(self, mode: str) -> None:
        state = StackState.load(self._state_file)
        if state is None:
            return
        if state.postgres_home is not None:
            self._postgres(state).stop(mode)
        self._redis(state).stop()

    def _postgres(self, state: StackState) -> Postgres:
        assert state.postgres_home is not None
        return Postgres(
            home=state.postgres_home,
            log=self.root / "log" / "postgres.log",
            account=self._account,
            throwaway=self.throwaway,
        )

    def _redis(self, state: StackState) -> RedisServer:
        return RedisServer(
            home=self.root / "redis",
            run=self.run,
            log=self.root / "log" / "redis.log",
            port=state.redis_port,
            password=state.redis_password,
        )

    def _url(self, state: StackState, role: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{password}@{LOOPBACK}:{state.postgres_port}/{database}"

    def _info(self, state: StackState) -> StackInfo:
        environ = self._environ
        if self._external_database:
            app = environ["DATABASE_URL"]
            owner = environ.get("DATABASE_OWNER_URL") or app
            superuser = environ.get("DATABASE_SUPERUSER_URL") or owner
        else:
            app = self._url(state, "wasl_app", state.app_password)
            owner = self._url(state, "wasl_owner", state.owner_password)
            superuser = self._url(state, "postgres", state.superuser_password)
        made = installation_secrets(self.run / "secrets.env")
        return StackInfo(
            superuser_url=superuser,
            owner_url=owner,
            app_url=app,
            redis_url=environ["REDIS_URL"] if self._external_redis else self._redis(state).url,
            secrets={name: environ.get(name) or value for name, value in made.items()},
        )

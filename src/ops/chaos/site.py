"""The installation that a chaos run strikes: a stack of its own with every process, durable settings, short leases."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pydantic import TypeAdapter

from channels_app.simulator.client import SimulatorClient
from ops import processes
from ops.chaos.plan import Account
from ops.environment import process_env
from ops.errors import OpsError
from ops.locks import exclusive_or_refuse
from ops.paths import ROOT, SRC, VAR
from ops.ports import LOOPBACK, free_port
from ops.processes import Supervisor
from ops.stack import Stack, StackInfo

HOME = VAR / "chaos"
WORKERS = ("worker-1", "worker-2")
#: Short, so that work comes back soon after a kill; a healthy batch takes a fraction of it.
LEASE_S = 3


@dataclass(frozen=True, slots=True)
class Site:
    """What runs."""

    stack: Stack
    supervisor: Supervisor
    simulator: SimulatorClient
    accounts: tuple[Account, ...]
    web_port: int


@contextmanager
def running_site() -> Iterator[Site]:
    """Start it all on an empty stack under ``var/chaos`` (never the servers that ``DATABASE_URL`` names); the logs stay.

    Raises ``OpsError``.
    """
    HOME.mkdir(parents=True, exist_ok=True)
    with ExitStack() as cleanup:
        try:
            cleanup.enter_context(exclusive_or_refuse(HOME / "lock"))
        except BlockingIOError:
            raise OpsError("a chaos run is under way in this checkout already.") from None
        stack = Stack(HOME, environ={})
        stack.reset()
        for log in (HOME / "log").glob("*.log"):
            log.unlink()
        cleanup.callback(stack.reset)
        cleanup.enter_context(stack)
        simulator_port, web_port = free_port(), free_port()
        env = _environment(stack.info, simulator_port=simulator_port)
        supervisor = cleanup.enter_context(
            Supervisor(env=env, log_dir=HOME / "log", run_dir=HOME / "processes")
        )
        simulator = SimulatorClient(f"http://{LOOPBACK}:{simulator_port}")
        supervisor.start(processes.simulator(simulator_port))
        accounts = _install(env, simulator.base_url)
        supervisor.wait_healthy("simulator")
        for account in accounts:
            _register(simulator, account, web_port=web_port)
        supervisor.start(processes.web(web_port))
        supervisor.start(processes.scheduler())
        for name in WORKERS:
            supervisor.start(processes.worker(name=name))
        supervisor.wait_healthy("web")
        yield Site(stack, supervisor, simulator, accounts, web_port)


def _environment(info: StackInfo, *, simulator_port: int) -> dict[str, str]:
    return process_env(info, settings="test") | {
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "PYTHONPATH": f"{SRC}:{ROOT}",
        "QUEUE_LEASE_S": str(LEASE_S),
        "WHATSAPP_APP_SECRETS": secrets.token_hex(16),
        "META_VERIFY_TOKEN": "chaos",
        "OUTBOUND_ALLOWED_PRIVATE": f"{LOOPBACK}:{simulator_port}",
        "LOG_LEVEL": "WARNING",
    }


def _install(env: dict[str, str], simulator_url: str) -> tuple[Account, ...]:
    command = [sys.executable, "-m", "ops.chaos.install", "--simulator-url", simulator_url]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OpsError(f"the set-up failed:\n{done.stderr[-3000:]}")
    return TypeAdapter(tuple[Account, ...]).validate_json(done.stdout)


def _register(simulator: SimulatorClient, account: Account, *, web_port: int) -> None:
    simulator.register_account(
        provider="whatsapp",
        account_id=account.account_id,
        waba_id=account.account_id,
        token=account.token,
        app_secret=account.app_secret,
        verify_token="chaos",
        webhook_url=f"http://{LOOPBACK}:{web_port}{account.webhook_path}",
        # The customers' messages are posted by the run itself: the simulator never saw them write.
        enforce_window=False,
        reads=False,
    )

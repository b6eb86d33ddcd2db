"""The whole of Wasl on this machine: stack, set-up, simulator, web, worker and scheduler; for the demo and for ``dev``."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from channels_app.simulator.client import SimulatorClient
from ops import processes
from ops.demo.demo_file import DemoFile
from ops.demo.narrator import Narrator
from ops.demo.wiring import connect_webhook, register_account
from ops.environment import load_dotenv, process_env
from ops.errors import OpsError, log_tail
from ops.locks import exclusive_or_refuse
from ops.paths import ROOT, VAR
from ops.ports import LOOPBACK, first_free_from, free_port, wait_until_free
from ops.processes import Supervisor, end_leftovers
from ops.stack import Stack
from ops.stack_state import installation_secrets
from ops.web_ui import WebUIBuilding

WEB_PORT = 8000
SIMULATOR_PORT = 8020
RUN = VAR / "run"
#: A process that ends more often than this within that many seconds is broken: starting it again would not help.
MAX_RESTARTS, WITHIN_S = 5, 60.0
LOOK_EVERY_S = 0.5
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: The Meta app of the installation, as the simulator plays it: made once per checkout.
META_APP = {
    "WHATSAPP_APP_SECRETS": lambda: secrets.token_hex(16),
    "META_VERIFY_TOKEN": lambda: secrets.token_urlsafe(16),
}


@dataclass(frozen=True, slots=True)
class Site:
    """What runs now, and what programs need to know of it."""

    file: DemoFile
    simulator: SimulatorClient
    supervisor: Supervisor
    stack: Stack | None = None

    def watch(self) -> int:
        """Wait for Ctrl-C (status 0). What ends is started again; what keeps ending ends everything (status 1)."""
        restarts: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MAX_RESTARTS))
        try:
            while True:
                self._revive_servers()
                for name, status in self.supervisor.ended().items():
                    before, now = restarts[name], time.monotonic()
                    if len(before) == MAX_RESTARTS and now - before[0] < WITHIN_S:
                        print(f"\n{self._obituary(name, status)}", file=sys.stderr)
                        return 1
                    before.append(now)
                    print(f"{name} ended with status {status}; it is started again.", file=sys.stderr)
                    self._start_again(name)
                time.sleep(LOOK_EVERY_S)
        except KeyboardInterrupt:
            return 0

    def _revive_servers(self) -> None:
        if self.stack is not None and any(s.pid is None and not s.external for s in self.stack.status()):
            print("PostgreSQL or Redis ended; it is started again.", file=sys.stderr)
            self.stack.start()

    def _start_again(self, name: str) -> None:
        self.supervisor.restart(name)
        if name == "simulator":
            self.supervisor.wait_healthy(name)
            self.register_accounts()
            self.connect_webhooks()

    def register_accounts(self) -> None:
        """Tell the simulator of the channels' accounts; it keeps them in memory."""
        for tenant in self.file.tenants:
            for channel in tenant.channels:
                register_account(channel, tenant=tenant, simulator=self.simulator)

    def connect_webhooks(self) -> list[str]:
        """Have the simulator send to our webhooks; returns what happened, channel by channel."""
        return [
            connect_webhook(channel, tenant=tenant, simulator=self.simulator)
            for tenant in self.file.tenants
            for channel in tenant.channels
        ]

    def ended(self) -> list[str]:
        """Processes that ended by themselves, each with the end of its log."""
        return [self._obituary(name, status) for name, status in self.supervisor.ended().items()]

    def _obituary(self, name: str, status: int) -> str:
        return f"{name} ended with status {status}:\n{log_tail(self.supervisor.log(name))}"


@contextmanager
def running_site(narrator: Narrator, *, web_port: int = WEB_PORT, echo: bool = False) -> Iterator[Site]:
    """Start everything, wait until it works, and stop every process on the way out, whatever happened.

    ``web_port`` is the first to try. ``echo`` shows the processes' output in the terminal. Where the web UI cannot be
    built the rest runs without it. Raises ``OpsError``.
    """
    load_dotenv()
    _interrupt_once()
    with ExitStack() as cleanup:
        try:
            cleanup.enter_context(exclusive_or_refuse(RUN / "site.lock"))
        except BlockingIOError:
            raise OpsError("./wasl demo or ./wasl dev is running in this checkout already.") from None
        # Before the ports are chosen: a killed run's processes hold them.
        if end_leftovers(RUN):
            wait_until_free(web_port, seconds=3)
        building = WebUIBuilding()
        with narrator.step("PostgreSQL and Redis"):
            stack = cleanup.enter_context(Stack())
        start = _Start(stack, narrator, home=VAR, ports=_free_ports(web_port))
        yield start.run(cleanup, building, echo=echo)


@contextmanager
def passing_site(
    narrator: Narrator, stack: Stack, *, settings: str = "config.settings.local"
) -> Iterator[Site]:
    """The same, with the web UI for certain, on a throw-away stack and any free ports: for tests and screenshots.

    ``settings`` is the Django settings module of all processes. Raises ``OpsError``.
    """
    building = WebUIBuilding(required=True)
    with ExitStack() as cleanup:
        ports = (free_port(), free_port())
        start = _Start(stack, narrator, home=stack.root, ports=ports, settings=settings)
        yield start.run(cleanup, building)


def _interrupt_once() -> None:
    """Turn the first Ctrl-C, SIGTERM or lost terminal into ``KeyboardInterrupt``; further ones do not disturb the
    cleaning up."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in _ENDINGS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in _ENDINGS:
        signal.signal(each, interrupt)


def _free_ports(web_port: int) -> tuple[int, int]:
    """Ports for web and simulator: the usual ones, else the next free."""
    web = first_free_from(web_port)
    return web, first_free_from(web + 1 if web == SIMULATOR_PORT else SIMULATOR_PORT)


class _Start:
    """One start of everything, with all its files under ``home``; ``ports`` are those of web and simulator. Without
    ``settings`` the environment may name the settings module."""

    def __init__(
        self,
        stack: Stack,
        narrator: Narrator,
        *,
        home: Path,
        ports: tuple[int, int],
        settings: str = "",
    ) -> None:
        self._stack = stack
        self._narrator = narrator
        self._home = home
        self._settings = settings
        self._web_port, self._simulator_port = ports

    def run(self, cleanup: ExitStack, building: WebUIBuilding, *, echo: bool = False) -> Site:
        """Start it all, one after the other; ``cleanup`` stops it."""
        supervisor = cleanup.enter_context(
            Supervisor(
                env=self._environment(), log_dir=self._home / "log", run_dir=self._home / "run", echo=echo
            )
        )
        supervisor.start(processes.simulator(self._simulator_port))
        self._install(supervisor.env)
        file = DemoFile.load(self._home / "demo.json")
        site = Site(file, SimulatorClient(file.simulator_url), supervisor, self._stack)
        with self._narrator.step("Web UI"):
            missing = building.finish()
        if missing:
            self._narrator.failed(f"there is no web UI: {missing}")
        with self._narrator.step("Web, worker, scheduler and simulator"):
            supervisor.wait_healthy("simulator")
            # Before the worker: what an earlier run left to send finds its account.
            site.register_accounts()
            for spec in (processes.web(self._web_port), processes.worker(), processes.scheduler()):
                supervisor.start(spec)
            supervisor.wait_healthy("web")
        for line in site.connect_webhooks():
            self._narrator.done(line)
        return site

    def _environment(self) -> dict[str, str]:
        env = process_env(self._stack.info, settings="local")
        if self._settings:
            env["DJANGO_SETTINGS_MODULE"] = self._settings
        for name, value in installation_secrets(self._home / "run" / "meta-app.env", META_APP).items():
            env[name] = env.get(name) or value
        env.setdefault("MEDIA_ROOT", str(self._home / "media"))
        env.setdefault("PUBLIC_URL", f"http://localhost:{self._web_port}")
        # The simulator is on a private address, which outbound calls refuse unless it is named.
        allowed = [
            env.get("OUTBOUND_ALLOWED_PRIVATE", ""),
            f"{LOOPBACK}:{self._simulator_port}",
            f"localhost:{self._simulator_port}",
        ]
        env["OUTBOUND_ALLOWED_PRIVATE"] = ",".join(filter(None, allowed))
        return env

    def _install(self, env: dict[str, str]) -> None:
        command = [
            sys.executable, "-m", "ops.demo.install", "--web-port", str(self._web_port),
            "--simulator-url", f"http://{LOOPBACK}:{self._simulator_port}",
            "--home", str(self._home), "--since", str(self._narrator.since),
        ]  # fmt: skip
        log = self._home / "log" / "install.log"
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=errors, start_new_session=True
            ) as process,
        ):
            try:
                status = process.wait()
            except BaseException:
                process.terminate()
                raise
        if status != 0:
            raise OpsError(f"the set-up failed; the end of {log}:\n{log_tail(log)}")

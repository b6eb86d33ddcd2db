"""``./wasl dev``: the stack, web, worker, scheduler and simulator on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

from ops import processes
from ops.environment import load_dotenv, process_env
from ops.errors import OpsError, log_tail
from ops.foreground import run_foreground
from ops.ports import LOOPBACK, first_free_from
from ops.processes import Supervisor
from ops.stack import Stack

WEB_PORT = 8000
SIMULATOR_PORT = 8020


def main(argv: list[str]) -> int:
    """Run everything with its output in the terminal; ends with status 1 when one of the processes does."""
    if argv:
        print("Usage: ./wasl dev", file=sys.stderr)
        return 2
    load_dotenv()
    signal.signal(signal.SIGTERM, _interrupt)
    with Stack() as stack:
        web_port, simulator_port = first_free_from(WEB_PORT), first_free_from(SIMULATOR_PORT)
        env = process_env(stack.info, settings="local")
        # The simulator is on a private address, which outbound calls refuse unless it is named.
        allowed = filter(None, (env.get("OUTBOUND_ALLOWED_PRIVATE"), f"{LOOPBACK}:{simulator_port}"))
        env["OUTBOUND_ALLOWED_PRIVATE"] = ",".join(allowed)
        if run_foreground([sys.executable, "manage.py", "migrate_tenants"], env) != 0:
            raise OpsError("migrating the database failed; see above")
        with Supervisor(env=env, echo=True) as supervisor:
            supervisor.start(processes.simulator(simulator_port))
            supervisor.start(processes.web(web_port))
            supervisor.start(processes.worker())
            supervisor.start(processes.scheduler())
            supervisor.wait_healthy("web")
            print(
                f"\n  Wasl      http://localhost:{web_port}/   (a tenant: http://<its slug>.localhost:{web_port}/)"
            )
            print(
                f"  Simulator http://localhost:{simulator_port}/   logs in var/log, Ctrl-C ends\n", flush=True
            )
            return _watch(supervisor)


def _watch(supervisor: Supervisor) -> int:
    try:
        while not (ended := supervisor.ended()):
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    for name, status in ended.items():
        print(f"\n{name} ended with status {status}:\n{log_tail(supervisor.log(name))}", file=sys.stderr)
    return 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

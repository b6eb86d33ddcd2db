"""``./wasl stack start|stop|status|reset``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ops.environment import load_dotenv
from ops.stack import Stack


def _start(stack: Stack) -> int:
    stack.start()
    stack.pin()
    return _status(stack)


def _stop(stack: Stack) -> int:
    stack.stop()
    return _status(stack, expected_running=False)


def _reset(stack: Stack) -> int:
    stack.reset()
    print("Stopped; the databases are deleted. The secret keys in var/run/secrets.env stay.")
    return 0


def _status(stack: Stack, *, expected_running: bool = True) -> int:
    """Print one line per server; the status is 1 when one that should run does not."""
    servers = stack.status()
    for server in servers:
        running = "yours" if server.external else f"process {server.pid}" if server.pid else "not running"
        print(f"{server.name:11} {running:16} {server.where}")
    return int(expected_running and any(server.pid is None and not server.external for server in servers))


VERBS: dict[str, Callable[[Stack], int]] = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "reset": _reset,
}


def main(argv: list[str]) -> int:
    """Run one verb on this checkout's stack."""
    if len(argv) != 1 or argv[0] not in VERBS:
        print(f"Usage: ./wasl stack {'|'.join(VERBS)}", file=sys.stderr)
        return 2
    load_dotenv()
    return VERBS[argv[0]](Stack())

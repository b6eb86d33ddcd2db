"""Command line: ``python -m channels_app.simulator --port 8020 [--host 127.0.0.1] [--config file.json]``."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import uvloop
from aiohttp import web
from pydantic import ValidationError

from channels_app.simulator.config import SimulatorConfig
from channels_app.simulator.server import create_app


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m channels_app.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8020, help="port, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument("--config", type=Path, help="JSON file with accounts, faults and limits")
    return parser.parse_args()


async def serve(*, host: str, port: int, config: SimulatorConfig) -> None:
    """Serve until SIGINT or SIGTERM."""
    runner = web.AppRunner(create_app(config), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
        bound = runner.addresses[0]
        sys.stdout.write(f"Simulator: http://{host}:{bound[1]}/\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Start the simulator; the exit status is 2 when it cannot start."""
    arguments = _arguments()
    try:
        config = SimulatorConfig.from_file(arguments.config) if arguments.config else SimulatorConfig()
        uvloop.run(serve(host=arguments.host, port=arguments.port, config=config))
    except (OSError, ValidationError) as error:
        sys.stderr.write(f"The simulator cannot start: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

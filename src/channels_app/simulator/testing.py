"""A running simulator for tests: in a thread of the test process, on a free loopback port."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from aiohttp import web

from channels_app.simulator.client import SimulatorClient
from channels_app.simulator.config import SimulatorConfig
from channels_app.simulator.server import create_app


@contextmanager
def running_simulator(config: SimulatorConfig | None = None) -> Iterator[SimulatorClient]:
    """Start a simulator, give its client, and stop it afterwards."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def serve() -> None:
        runner = web.AppRunner(create_app(config), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            stop = asyncio.Event()
            started.set_result((asyncio.get_running_loop(), stop, runner.addresses[0][1]))
            await stop.wait()
        finally:
            await runner.cleanup()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=run, name="simulator", daemon=True)
    thread.start()
    loop, stop, port = started.result(timeout=10)
    try:
        yield SimulatorClient(f"http://127.0.0.1:{port}")
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)

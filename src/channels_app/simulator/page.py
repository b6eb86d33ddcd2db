"""The phone page at ``/`` and the live stream that feeds it (Server-Sent Events)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
from aiohttp import web

from channels_app.simulator.world import World

STATIC = Path(__file__).parent / "static"
KEEPALIVE_S = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Page:
    """Serves the page; the page itself speaks to the control API only."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [
            web.get("/", self.index),
            web.get("/control/stream", self.stream),
            web.static("/static", STATIC),
        ]

    async def index(self, request: web.Request) -> web.StreamResponse:
        headers = {
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        }
        return web.FileResponse(STATIC / "index.html", headers=headers)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Every message, state and account from now on; ``?account=`` narrows it. Events carry ``kind``."""
        wanted = request.query.get("account", "")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue = self._world.open_stream()
        try:
            await response.write(b": open\n\n")
            while not self._world.closing.is_set():
                try:
                    event = await asyncio.wait_for(queue.get(), KEEPALIVE_S)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                about = event.get("message", event).get("account")
                if not wanted or about is None or about == wanted:
                    await response.write(b"data: " + orjson.dumps(event) + b"\n\n")
        except ConnectionError:
            return response
        finally:
            self._world.close_stream(queue)
        return response

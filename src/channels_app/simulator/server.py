"""The application: puts the providers, the sink, the control API and the page behind one address."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from channels_app.simulator.config import SimulatorConfig
from channels_app.simulator.control import Control
from channels_app.simulator.faults import Faults
from channels_app.simulator.page import Page
from channels_app.simulator.provider import ProviderSide
from channels_app.simulator.sink import Sinks
from channels_app.simulator.statuses import StatusFeed
from channels_app.simulator.telegram import Telegram
from channels_app.simulator.webhooks import Webhooks
from channels_app.simulator.whatsapp import WhatsApp
from channels_app.simulator.world import World

#: WhatsApp's largest upload is a document of 100 MB.
MAX_BODY = 110 * 1024 * 1024


def create_app(config: SimulatorConfig | None = None) -> web.Application:
    """Build the simulator. Everything it knows lives in memory and ends with it."""
    config = config or SimulatorConfig()
    world = World(limits=config.limits, faults=Faults(config.faults))
    webhooks = Webhooks(world)
    statuses = StatusFeed(world, webhooks)
    whatsapp = WhatsApp(world, webhooks, statuses)
    telegram = Telegram(world, webhooks)
    sinks = Sinks(world)
    sides: dict[str, ProviderSide] = {"whatsapp": whatsapp, "telegram": telegram}
    control = Control(world=world, webhooks=webhooks, statuses=statuses, sinks=sinks, sides=sides)
    for spec in config.accounts:
        world.register(spec)

    app = web.Application(client_max_size=MAX_BODY)
    for part in (whatsapp, telegram, sinks, Page(world)):
        app.router.add_routes(part.routes())
    app.add_subapp("/control", control.application())

    async def lifetime(app: web.Application) -> AsyncIterator[None]:
        await webhooks.open()
        await statuses.open()
        yield
        await statuses.close()
        await webhooks.close()

    async def end_waiting(app: web.Application) -> None:
        """Long polls and streams would otherwise hold the shutdown until its time-out."""
        world.close()

    app.cleanup_ctx.append(lifetime)
    app.on_shutdown.append(end_waiting)
    return app

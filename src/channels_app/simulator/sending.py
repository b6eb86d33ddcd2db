"""The send faults, as every simulated HTTP endpoint applies them."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from channels_app.simulator.faults import FaultRule
from channels_app.simulator.world import World


async def with_faults(
    world: World,
    request: web.Request,
    *,
    account: str,
    customer: str = "",
    accept: Callable[[], web.Response],
    refuse: Callable[[FaultRule], web.Response],
) -> web.Response:
    """Answer a send: ``accept`` makes it happen (once, or not at all), ``refuse`` words the provider's error."""
    faults = world.faults
    delay = faults.pick("delay_send", account, customer=customer)
    if delay:
        await world.pause(delay.ms / 1000)
    failure = faults.pick("fail_send", account, customer=customer)
    if failure:
        return refuse(failure)
    dropped = faults.pick("drop_connection", account, customer=customer)
    hanging = None if dropped else faults.pick("hang", account, customer=customer)
    fault = dropped or hanging
    if fault is None:
        return accept()
    answer = accept() if fault.accepted else web.Response(status=504)
    if hanging:
        await world.pause(hanging.ms / 1000)
    elif request.transport is not None:
        request.transport.abort()
    return answer

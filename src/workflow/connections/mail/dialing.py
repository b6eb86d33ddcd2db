"""A TCP connection to a mail server, to an address that passed the same checks as an HTTP call's."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection

import aiohttp
from aiohttp.abc import AbstractResolver

from core.http import BlockedAddressError, ConnectFailedError
from core.http.guard import AddressGuard, GuardedResolver

PORTS = frozenset({25, 465, 587, 2525})


async def dial(
    host: str, port: int, *, allowed_private: Collection[str] = (), resolver: AbstractResolver | None = None
) -> socket.socket:
    """A connected socket: the address that is dialled is the one that was checked.

    ``allowed_private`` and ``resolver`` as of ``core.http.HttpClient``. Raises ``BlockedAddressError`` and
    ``ConnectFailedError``.
    """
    host = host.lower().removesuffix(".")
    if port not in PORTS and f"{host}:{port}" not in {pair.lower() for pair in allowed_private}:
        raise BlockedAddressError(f"port {port} is not one that mail is sent to")
    guard = AddressGuard(allowed_private)
    checked = GuardedResolver(resolver or aiohttp.ThreadedResolver(), guard)
    try:
        answers = await checked.resolve(host, port)
    except OSError:
        raise ConnectFailedError(f"the mail server {host} has no address") from None
    for answer in answers:
        endpoint = (answer["host"], port)
        connection = guard.open_socket(
            (answer["family"], socket.SOCK_STREAM, socket.IPPROTO_TCP, "", endpoint)
        )
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(connection, endpoint)
        except OSError:
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise ConnectFailedError(f"no connection to the mail server {host}:{port}")

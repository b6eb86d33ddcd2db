"""One HTTP call with a connection's credentials: authorized anew for each hop, with a fresh token when one was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from yarl import URL

from core.errors import PermanentError
from core.http import HttpClient, HttpResponse
from core.http.guard import describe
from workflow.connections.types.base import HttpConnectionType, OpenConnection, OutgoingRequest
from workflow.connections.types.hosts import check_destination

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: These keep method and body; the others become a GET, as every browser does it.
_SAME_REQUEST = frozenset({307, 308})


#: What goes along to another origin: how the body is to be read, and what is to come back.
_HARMLESS = frozenset({"content-type", "accept"})


class RedirectRefusedError(PermanentError):
    """The address leads somewhere that we do not follow."""


@dataclass(frozen=True, slots=True)
class Called:
    """The answer, with the secrets that went out: the connection's own and the tokens made of them."""

    response: HttpResponse
    secrets: frozenset[str]


async def call(
    http: HttpClient,
    request: OutgoingRequest,
    *,
    connection: OpenConnection[Any, Any] | None = None,
    accepted: Collection[int] = (),
    redirects: int = 0,
    timeout_s: float = 10.0,
    max_bytes: int = 1_000_000,
) -> Called:
    """Send the request, following up to ``redirects`` redirections; ``timeout_s`` is for all hops together.

    A 401 that is not ``accepted`` is answered once with a new token, where the connection has one that can be had anew.
    On a redirection to another origin the caller's headers stay behind, for they may hold secrets; a connection's
    credentials go along only to hosts that it names. Raises what ``HttpClient.request`` raises, ``HostNotNamedError``,
    ``PlainHttpError``, ``RedirectRefusedError``, and what fetching a token raises.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout_s
    secrets = connection.secrets if connection is not None else frozenset[str]()
    renewed = False
    if connection is not None:
        check_destination(request.url, connection.settings.hosts)
    while True:
        signed = await _authorized(request, connection, http)
        secrets |= signed.secrets
        response = await http.request(
            signed.method,
            signed.url,
            headers=signed.headers,
            params=signed.params or None,
            content=signed.body,
            timeout_s=max(deadline - clock(), 0.001),
            max_bytes=max_bytes,
        )
        if response.status == 401 and 401 not in accepted and not renewed and _forgotten(connection):
            renewed = True
        elif redirects and response.status in _REDIRECTS and "location" in response.headers:
            request, redirects = _redirected(request, response), redirects - 1
        else:
            return Called(response, secrets)


async def _authorized(
    request: OutgoingRequest, connection: OpenConnection[Any, Any] | None, http: HttpClient
) -> OutgoingRequest:
    if connection is None:
        return request
    try:
        check_destination(request.url, connection.settings.hosts)
    except PermanentError:
        return request  # only a redirection leads here: where it was meant to go was checked before
    assert isinstance(connection.type, HttpConnectionType)
    return await connection.type.authorize(request, connection, http)


def _forgotten(connection: OpenConnection[Any, Any] | None) -> bool:
    return (
        connection is not None
        and isinstance(connection.type, HttpConnectionType)
        and connection.type.forget(connection)
    )


def _redirected(request: OutgoingRequest, response: HttpResponse) -> OutgoingRequest:
    """The request to where the answer leads; the client checks that address like any other."""
    try:
        here = URL(request.url)
        there = here.join(URL(response.headers["location"]))
    except ValueError:
        raise RedirectRefusedError("The address leads to something that is not a URL.") from None
    if here.scheme == "https" and there.scheme != "https":
        raise RedirectRefusedError(f"The address leads from https to {describe(there)}.")
    moved = replace(request, url=str(there), params={})
    if _origin(there) != _origin(here):
        kept = {name: value for name, value in request.headers.items() if name.lower() in _HARMLESS}
        moved = replace(moved, headers=kept)
    if response.status not in _SAME_REQUEST and request.method not in ("GET", "HEAD"):
        kept = {name: value for name, value in moved.headers.items() if name.lower() != "content-type"}
        moved = replace(moved, method="GET", body=None, headers=kept)
    return moved


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.raw_host, url.port

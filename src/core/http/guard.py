"""Decides which addresses an outbound call may reach: the defence against server-side request forgery.

Three gates stand one behind the other: :meth:`AddressGuard.check_url` reads the URL strictly, ``GuardedResolver``
checks every address that DNS answers, and :meth:`AddressGuard.open_socket` checks the address that is dialled.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from core.http.errors import BlockedAddressError

PORTS = frozenset({80, 443, 8443})

# ``ipaddress.is_global`` calls these global on Python 3.11 although they lead into private networks (IPv4 carried
# inside IPv6, cloud metadata services) or nowhere.
DENIED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's wire server
        "192.0.0.0/24",  # IETF protocol assignments, with Oracle's metadata service
        "192.88.99.0/24",  # 6to4 relays
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
# Everything else in IPv6 is local, translated (64:ff9b::/96, ::/96), retired (fec0::/10) or unassigned.
IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")

_HOSTNAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\Z")
# What C libraries read as a number and so as an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1.
_NUMERIC_LABEL = re.compile(r"(\d+|0x[0-9a-f]*)\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")


def is_public(address: str) -> bool:
    """Whether ``address``, an IP address in its plain spelling, is a unicast address of the open internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip.scope_id is not None or ip not in IPV6_UNICAST):
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return not any(ip.version == network.version and ip in network for network in DENIED_NETWORKS)


def describe(url: URL) -> str:
    """``scheme://host`` and nothing more: fit for messages and logs."""
    port = "" if url.is_default_port() else f":{url.port}"
    host = url.raw_host or ""
    return f"{url.scheme}://[{host}]{port}" if ":" in host else f"{url.scheme}://{host}{port}"


class AddressGuard:
    """Holds the exact ``host:port`` pairs that are reachable although they are private or on another port."""

    def __init__(self, allowed_private: Collection[str] = ()) -> None:
        self._allowed = {self._split(pair) for pair in allowed_private}
        # What the allowed names resolved to; the last gate sees addresses, not names.
        self._endpoints = set(self._allowed)

    @staticmethod
    def _split(pair: str) -> tuple[str, int]:
        host, _, port = pair.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError(f"{pair!r} is not host:port")
        return host.strip("[]").lower(), int(port)

    def check_url(self, text: str) -> URL:
        """The parsed ``text`` if it may be called. Raises ``BlockedAddressError``.

        The result is what has to be dialled: reading the text a second time with another parser would undo the check.
        """
        url = self._parse(text)
        host = (url.raw_host or "").removesuffix(".")
        if host != url.raw_host:
            url = url.with_host(host) if host else url
        if url.user is not None or url.password is not None or "@" in url.raw_authority:
            raise BlockedAddressError("an address must not carry a user name or a password")
        port = url.port
        if not host or port is None:
            raise BlockedAddressError("the address names no host")
        if (host, port) in self._allowed:
            return url
        if port not in PORTS:
            raise BlockedAddressError(f"port {port} is not one that we call")
        self._check_host(host)
        return url

    @staticmethod
    def _parse(text: str) -> URL:
        # URL parsers disagree about these characters; a URL that is meant honestly has none.
        if _UNPRINTABLE.search(text):
            raise BlockedAddressError("an address must not contain spaces, control characters or backslashes")
        try:
            url = URL(text)
        except ValueError:
            # The parser's own message repeats the URL.
            raise BlockedAddressError("the address is not a URL") from None
        if url.scheme not in ("http", "https"):
            raise BlockedAddressError("only http and https addresses are called")
        return url

    @staticmethod
    def _check_host(host: str) -> None:
        if ":" in host:
            if not is_public(host):
                raise BlockedAddressError("the address is not public")
            return
        if not _HOSTNAME.match(host):
            raise BlockedAddressError("the address has no valid host name")
        if _NUMERIC_LABEL.match(host.rpartition(".")[2]) and not is_public(host):
            raise BlockedAddressError("the address is not public")

    def check_answers(self, host: str, port: int, answers: list[ResolveResult]) -> None:
        """Refuse ``host`` if any of its resolved addresses is private. Raises ``BlockedAddressError``.

        One private answer among public ones is an attack or a broken zone, never something to pick from.
        """
        if (host, port) in self._allowed:
            self._endpoints.update((answer["host"], port) for answer in answers)
            return
        if not all(is_public(answer["host"]) for answer in answers):
            raise BlockedAddressError("the host name leads to an address that is not public")

    def open_socket(self, address: tuple[Any, ...]) -> socket.socket:
        """aiohttp's ``socket_factory``: ``address`` is what ``getaddrinfo`` gives for the address about to be dialled."""
        family, kind, protocol, _, endpoint = address
        if (endpoint[0], endpoint[1]) not in self._endpoints and not is_public(endpoint[0]):
            raise BlockedAddressError("the address is not public")
        return socket.socket(family=family, type=kind, proto=protocol)


class GuardedResolver(AbstractResolver):
    """Asks another resolver and lets only checked answers pass."""

    def __init__(self, inner: AbstractResolver, guard: AddressGuard) -> None:
        self._inner = inner
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of ``host``. Raises ``OSError`` when there are none, ``BlockedAddressError`` on a bad one."""
        answers = await self._inner.resolve(host, port, family)
        if not answers:
            raise OSError("the name has no address")
        self._guard.check_answers(host, port, answers)
        return answers

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()

"""Server-side request forgery: hostile addresses against a canary on loopback that must never be reached."""

import asyncio
import socket
from contextlib import AsyncExitStack, suppress

import pytest

from core.http import BlockedAddressError, HttpClient
from core.http import guard as guard_module
from core.http.guard import AddressGuard, is_public
from core.tests.servers import listen
from core.tests.ssrf_corpus import HOSTILE, PRIVATE_ANSWERS, REDIRECTS, Answers


class Canary:
    """Counts connections; a connection is already a hit, whatever is sent."""

    def __init__(self) -> None:
        self.hits = 0
        self.port = 0
        self.raw = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhere"

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.raw)


@pytest.fixture
async def canary(monkeypatch):
    canary = Canary()
    async with AsyncExitStack() as stack:
        canary.port = await stack.enter_async_context(listen(canary))
        with suppress(OSError):  # a machine without IPv6 still has every IPv4 spelling to try
            await stack.enter_async_context(listen(canary, host="::1", port=canary.port))
        monkeypatch.setattr(guard_module, "PORTS", guard_module.PORTS | {canary.port})
        yield canary


async def test_the_canary_is_reachable_when_allowed(canary):
    for pair in (f"127.0.0.1:{canary.port}", f"localhost:{canary.port}"):
        client = HttpClient(allowed_private=[pair])
        assert (await client.request("GET", f"http://{pair}/")).body == b"here"
        await client.close()
    assert canary.hits == 2


@pytest.mark.parametrize("url", HOSTILE)
async def test_hostile_address_is_refused(canary, url):
    client = HttpClient(resolver=Answers(public_example_com=[["127.0.0.1"]]))
    with pytest.raises(BlockedAddressError):
        await client.request("POST", url.format(port=canary.port))
    await client.close()
    assert canary.hits == 0


def test_the_corpus_is_large_enough():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 190


@pytest.mark.parametrize("url", ["http://localhost:{port}/", "http://LocalHost.:{port}/x"])
async def test_the_systems_own_resolver_is_checked_too(canary, url):
    client = HttpClient()
    with pytest.raises(BlockedAddressError):
        await client.request("GET", url.format(port=canary.port))
    await client.close()
    assert canary.hits == 0


@pytest.mark.parametrize("answers", PRIVATE_ANSWERS, ids=" ".join)
async def test_a_name_that_leads_inside_is_refused(canary, answers):
    client = HttpClient(resolver=Answers(some_example_com=[answers]))
    for scheme in ("http", "https"):
        with pytest.raises(BlockedAddressError):
            await client.request("GET", f"{scheme}://some.example.com:{canary.port}/")
    await client.close()
    assert canary.hits == 0


async def test_rebinding_dials_the_address_that_was_checked(canary, monkeypatch):
    """The name is public when asked first and loopback ever after: time of check is time of use."""
    public = Canary()
    monkeypatch.setattr(guard_module, "is_public", lambda address: address == "127.0.0.2")
    resolver = Answers(rebind_example_com=[["127.0.0.2"], ["127.0.0.1"]])
    client = HttpClient(resolver=resolver)
    async with listen(public, host="127.0.0.2", port=canary.port):
        for _ in range(3):
            response = await client.request("GET", f"http://rebind.example.com:{canary.port}/")
            assert response.body == b"here"
        assert resolver.lookups == ["rebind.example.com"]
        await client.close()  # forgets its names: the next call sees the second answer
        with pytest.raises(BlockedAddressError):
            await client.request("GET", f"http://rebind.example.com:{canary.port}/")
        await client.close()
    assert (public.hits, canary.hits) == (3, 0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", REDIRECTS)
async def test_redirects_are_not_followed(canary, status, location):
    lure = Canary()
    target = location.format(port=canary.port)
    lure.raw = f"HTTP/1.1 {status} Go\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    async with listen(lure) as port:
        client = HttpClient(allowed_private=[f"127.0.0.1:{port}"])
        response = await client.request("POST", f"http://127.0.0.1:{port}/", json={})
        await client.close()
    assert (response.status, response.headers["location"]) == (status, target)
    assert (lure.hits, canary.hits) == (1, 0)


async def test_an_allowed_pair_opens_nothing_else(canary):
    client = HttpClient(allowed_private=["127.0.0.1:1", f"127.0.0.9:{canary.port}"], resolver=Answers())
    for url in (
        "http://127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://other.example.com:{port}/",
        "http://127.0.0.1:2/",
    ):
        with pytest.raises(BlockedAddressError):
            await client.request("GET", url.format(port=canary.port))
    await client.close()
    assert canary.hits == 0


def test_the_last_gate_checks_what_is_dialled():
    guard = AddressGuard(["127.0.0.1:9000", "[::1]:9000"])
    family, kind = socket.AF_INET, socket.SOCK_STREAM
    guard.open_socket((family, kind, 0, "", ("127.0.0.1", 9000))).close()
    guard.open_socket((socket.AF_INET6, kind, 0, "", ("::1", 9000, 0, 0))).close()
    guard.open_socket((family, kind, 0, "", ("93.184.216.34", 443))).close()
    for endpoint in (("127.0.0.1", 9001), ("10.0.0.1", 443)):
        with pytest.raises(BlockedAddressError):
            guard.open_socket((family, kind, 0, "", endpoint))


@pytest.mark.parametrize(
    ("url", "dialled"),
    [
        ("https://graph.facebook.com/v23.0/1/messages", "https://graph.facebook.com/v23.0/1/messages"),
        ("HTTPS://API.Telegram.ORG./bot1:AA/x", "https://api.telegram.org/bot1:AA/x"),
        ("https://example.com:8443/a?b=c", "https://example.com:8443/a?b=c"),
        ("http://مثال.com/متن", "http://xn--mgbh0fb.com/%D9%85%D8%AA%D9%86"),
        ("https://my_shop.example.com/", "https://my_shop.example.com/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://3com.example.com/", "https://3com.example.com/"),
    ],
)
def test_honest_addresses_pass(url, dialled):
    assert str(AddressGuard().check_url(url)) == dialled


@pytest.mark.parametrize("pair", ["localhost", "localhost:", ":80", "localhost:http", "http://localhost:80/"])
def test_allowed_pairs_are_exact(pair):
    with pytest.raises(ValueError, match="host:port"):
        AddressGuard([pair])


@pytest.mark.parametrize(
    ("address", "public"), [("1.1.1.1", True), ("2a00::1", True), ("1.1", False), ("", False)]
)
def test_is_public(address, public):
    assert is_public(address) is public

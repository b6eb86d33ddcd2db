"""Server-side request forgery: hostile addresses against a canary on loopback that must never be reached."""

import asyncio
import socket
from contextlib import AsyncExitStack, suppress

import pytest
from aiohttp.abc import AbstractResolver

from core.http import BlockedAddressError, HttpClient
from core.http import guard as guard_module
from core.http.guard import AddressGuard, is_public
from core.tests.servers import listen

# {port} is the canary's port, which these tests declare callable: the port rule must not be what saves us.
HOSTILE = [
    # loopback and its spellings
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.0.0.2:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://02130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0X7F.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://127.0.0.01:{port}/",
    "http://127.0.0.1%00.example.com:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127．0．0．1:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://١٢٧.٠.٠.١:{port}/",
    "http://۱۲۷.۰.۰.۱:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://[::1%lo]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::1]:{port}/",
    "http://[v1.127]:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://loopback.example.com:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    # private, shared, link-local, metadata
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://100.100.100.200/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[5f00::1]/",
    "http://[3fff::1]/",
    # not for unicast
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://203.0.113.7/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    # the parts of a URL
    "http://user@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://@public.example.com/",
    "http://user:pass@public.example.com/",
    "http://public.example.com\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@public.example.com/",
    "http://127.0.0.1 public.example.com/",
    "http://127.0.0.1\t:{port}/",
    "http://127.0.0.1:{port}/\r\nHost: x",
    "\x00http://127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http:127.0.0.1:{port}",
    "//127.0.0.1:{port}/",
    "127.0.0.1:{port}",
    "http://public.example.com:22/",
    "http://public.example.com:6379/",
    "http://public.example.com:0/",
    "http://public..example.com/",
    "http://-.example.com:{port}/",
    "http://[::1/",
    "http://[127.0.0.1]:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1/",
    "unix:///var/run/docker.sock",
    "data:text/plain,x",
    "ws://127.0.0.1:{port}/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "",
    "http://",
]


class Answers(AbstractResolver):
    """A resolver whose answers the test writes; each lookup takes the next list, the last one stays."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names = {name.replace("_", "."): answers for name, answers in names.items()}
        self.lookups: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.lookups.append(host)
        queue = self.names.get(host, [["127.0.0.1"]])
        addresses = queue.pop(0) if len(queue) > 1 else queue[0]
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in addresses
        ]

    async def close(self):
        pass


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
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("url", ["http://localhost:{port}/", "http://LocalHost.:{port}/x"])
async def test_the_systems_own_resolver_is_checked_too(canary, url):
    client = HttpClient()
    with pytest.raises(BlockedAddressError):
        await client.request("GET", url.format(port=canary.port))
    await client.close()
    assert canary.hits == 0


@pytest.mark.parametrize(
    "answers",
    [
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["2606:2800:220:1::1", "127.0.0.1"],
        ["93.184.216.34", "::1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["93.184.216.34", "fe80::1%eth0"],
        ["not an address"],
    ],
)
async def test_mixed_answers_are_refused(canary, answers):
    client = HttpClient(resolver=Answers(mixed_example_com=[answers]))
    with pytest.raises(BlockedAddressError):
        await client.request("GET", f"http://mixed.example.com:{canary.port}/")
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
async def test_redirects_are_not_followed(canary, status):
    lure = Canary()
    lure.raw = f"HTTP/1.1 {status} Go\r\nLocation: http://127.0.0.1:{canary.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    async with listen(lure) as port:
        client = HttpClient(allowed_private=[f"127.0.0.1:{port}"])
        response = await client.request("POST", f"http://127.0.0.1:{port}/", json={})
        await client.close()
    assert response.status == status
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

"""The client over real sockets: what it sends, what it makes of answers, and how it fails."""

import asyncio
import gzip
import os
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from core.errors import PermanentError, RetryableError
from core.http import (
    ConnectFailedError,
    HttpClient,
    HttpResponse,
    NoAnswerError,
    ResponseTooLargeError,
)
from core.tests.servers import listen

SECRET = "bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

Handler = Callable[[str, bytes, asyncio.StreamWriter], Awaitable[bool]]


async def read_request(reader: asyncio.StreamReader) -> tuple[str, bytes] | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    length = next(
        (int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
    )
    return head, await reader.readexactly(length)


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[str]:
    """A raw server; ``handler(head, body, writer)`` writes the answer and says whether to keep the connection."""

    async def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            if not await handler(*request, writer):
                break

    async with listen(on_connect) as port:
        yield f"127.0.0.1:{port}"


def answer(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def always(raw: bytes) -> Handler:
    async def handler(head: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        writer.write(raw)
        return True

    return handler


@asynccontextmanager
async def client_for(handler: Handler, **options) -> AsyncIterator[tuple[HttpClient, str]]:
    async with serve(handler) as host:
        client = HttpClient(allowed_private=[host], **options)
        try:
            yield client, f"http://{host}"
        finally:
            await client.close()


async def test_json_is_sent_and_read():
    seen = []

    async def handler(head, body, writer):
        seen.append((head, body))
        writer.write(
            answer('{"متن": "سلام"}'.encode(), "201 Created", "X-Id: 7", "Set-Cookie: a=1", "Set-Cookie: b=2")
        )
        return True

    async with client_for(handler, user_agent="Wasl/1") as (client, base):
        response = await client.request(
            "post",
            f"{base}/v1/a%2Fb?x=1",
            json={"text": "کد تخفیف"},
            headers={"Authorization": "Bearer t", "content-type": "application/vnd.x+json"},
            params={"q": "سلام", "on": True},
        )
        await client.request("GET", base)

    assert (response.status, response.json(), response.text) == (201, {"متن": "سلام"}, '{"متن": "سلام"}')
    assert response.headers["x-id"] == "7"
    assert response.headers["set-cookie"] == "a=1, b=2"
    head, body = seen[0]
    assert head.startswith("POST /v1/a%2Fb?x=1&q=%D8%B3%D9%84%D8%A7%D9%85&on=true HTTP/1.1\r\n")
    assert "User-Agent: Wasl/1" in head
    assert "Authorization: Bearer t" in head
    assert head.lower().count("content-type: ") == 1
    assert body == '{"text":"کد تخفیف"}'.encode()
    assert "cookie" not in seen[1][0].lower()  # one tenant's cookies must not reach another's calls


async def test_form_and_raw_bodies():
    bodies = []

    async def handler(head, body, writer):
        bodies.append(body)
        writer.write(answer())
        return True

    async with client_for(handler) as (client, base):
        await client.request("POST", base, form={"To": "+213 555", "ok": False})
        await client.request("PUT", base, content=b"\x00raw")
        with pytest.raises(ValueError, match="one body"):
            await client.request("POST", base, content=b"x", json={})
    assert bodies == [b"To=%2B213+555&ok=false", b"\x00raw"]


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "500 Oops"])
async def test_no_status_is_an_exception(status):
    async with client_for(always(answer(b"x", status, "Location: /elsewhere"))) as (client, base):
        assert (await client.request("GET", base)).status == int(status[:3])


async def test_bad_json_is_permanent():
    with pytest.raises(PermanentError, match="status 502"):
        HttpResponse(502, {}, b"<html>").json()


async def test_connections_are_kept_alive():
    peers = set()

    async def handler(head, body, writer):
        peers.add(writer.get_extra_info("peername"))
        writer.write(answer(b"ok"))
        return True

    async with client_for(handler) as (client, base):
        for _ in range(5):
            await client.request("POST", base, json=[])
    assert len(peers) == 1


async def test_refused_connection_sent_nothing():
    async with serve(always(b"")) as host:
        pass
    client = HttpClient(allowed_private=[host])
    with pytest.raises(ConnectFailedError):
        await client.request("POST", f"http://{host}/{SECRET}")
    await client.close()


async def test_unknown_name_is_a_failed_connection():
    class Nowhere:
        async def resolve(self, host, port=0, family=0):
            raise OSError("no such name")

        async def close(self):
            pass

    client = HttpClient(resolver=Nowhere())
    with pytest.raises(ConnectFailedError, match=r"https://api\.example\.com"):
        await client.request("POST", "https://api.example.com/x")
    await client.close()


async def test_waiting_for_a_free_connection_sent_nothing():
    release = asyncio.Event()

    async def handler(head, body, writer):
        await release.wait()
        writer.write(answer(b"late"))
        return True

    async with client_for(handler, max_connections=1) as (client, base):
        first = asyncio.create_task(client.request("POST", base))
        await asyncio.sleep(0.05)
        with pytest.raises(ConnectFailedError):
            await client.request("POST", base, timeout_s=0.1)
        release.set()
        assert (await first).body == b"late"


async def test_silent_server_leaves_the_outcome_unknown():
    async def handler(head, body, writer):
        await asyncio.sleep(5)
        return False

    async with client_for(handler) as (client, base):
        with pytest.raises(NoAnswerError, match=r"within 0\.1 s"):
            await client.request("POST", base, timeout_s=0.1)


async def test_timeout_counts_a_dripping_body():
    async def handler(head, body, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await asyncio.sleep(0.02)
        return False

    async with client_for(handler) as (client, base):
        with pytest.raises(NoAnswerError):
            await client.request("GET", base, timeout_s=0.2)


@pytest.mark.parametrize(
    "raw",
    [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"SMTP says hello\r\n\r\n"],
)
async def test_reset_or_garbage_leaves_the_outcome_unknown(raw):
    async def handler(head, body, writer):
        writer.write(raw)
        return False

    async with client_for(handler) as (client, base):
        with pytest.raises(NoAnswerError):
            await client.request("POST", base)


async def test_only_idempotent_requests_are_repeated_on_a_dead_connection():
    counts = {"GET": 0, "POST": 0}

    async def handler(head, body, writer):
        method = head.split()[0]
        counts[method] += 1
        if counts[method] == 2:
            return False  # the second request of each kind meets a closing connection
        writer.write(answer(b"ok"))
        return True

    async with client_for(handler) as (client, base):
        await client.request("POST", base)
        with pytest.raises(NoAnswerError):
            await client.request("POST", base)
        await client.request("GET", base)
        assert (await client.request("GET", base)).body == b"ok"
    assert counts == {"GET": 3, "POST": 2}


async def test_answer_is_capped():
    async with client_for(always(answer(b"x" * 1001))) as (client, base):
        with pytest.raises(ResponseTooLargeError):
            await client.request("GET", base, max_bytes=1000)
        assert len((await client.request("GET", base, max_bytes=1001)).body) == 1001


async def test_gzip_is_unpacked():
    packed = gzip.compress("مرحبا ".encode() * 1000) + gzip.compress(b"!")
    async with client_for(always(answer(packed, "200 OK", "Content-Encoding: gzip"))) as (client, base):
        assert (await client.request("GET", base)).text == "مرحبا " * 1000 + "!"


async def test_gzip_bomb_is_capped_by_what_it_unpacks_to():
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    async with client_for(always(answer(packed, "200 OK", "Content-Encoding: gzip"))) as (client, base):
        with pytest.raises(ResponseTooLargeError):
            await client.request("GET", base, max_bytes=250_000)


@pytest.mark.parametrize("cut", [slice(None, -20), slice(3, None)])
async def test_damaged_gzip_is_no_answer(cut):
    packed = gzip.compress(os.urandom(500))[cut]
    async with client_for(always(answer(packed, "200 OK", "Content-Encoding: gzip"))) as (client, base):
        with pytest.raises(NoAnswerError):
            await client.request("GET", base)


async def test_unasked_packing_is_refused():
    async with client_for(always(answer(b"\x0b", "200 OK", "Content-Encoding: br"))) as (client, base):
        with pytest.raises(PermanentError):
            await client.request("GET", base)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-Evil: 2"},
        {"X-A\r\n": "1"},
        {"X A": "1"},
        {"X-A": "a\x00b"},
        {"Host": "metadata"},
        {"transfer-encoding": "chunked"},
        {"Content-Length": "3"},
        {"Connection": "close"},
    ],
)
async def test_headers_that_could_smuggle_are_refused(headers):
    hits = []

    async def handler(head, body, writer):
        hits.append(head)
        writer.write(answer())
        return True

    async with client_for(handler) as (client, base):
        with pytest.raises(PermanentError):
            await client.request("GET", base, headers=headers)
        with pytest.raises(PermanentError):
            await client.request("GET / HTTP/1.1\r\nX: ", base)
    assert hits == []


async def test_no_secret_of_the_url_is_in_an_exception():
    def everything(error: BaseException | None) -> str:
        if error is None:
            return ""
        return f"{error!r}{error}" + everything(error.__cause__) + everything(error.__context__)

    async def slow(head, body, writer):
        await asyncio.sleep(5)
        return False

    async with serve(slow) as silent, serve(always(answer(b"x" * 99))) as talkative, serve(slow) as gone:
        pass_through = [silent, talkative]
    urls = [
        f"http://{gone}/{SECRET}",
        f"http://10.0.0.1/{SECRET}",
        f"ftp://example.com/{SECRET}",
        f"http://example.com:99999/{SECRET}",
        f"http://exa mple.com/{SECRET}",
        f"http://{SECRET}@example.com/",
    ]
    client = HttpClient(allowed_private=[gone, *pass_through])
    for url in urls:
        with pytest.raises((PermanentError, RetryableError)) as caught:
            await client.request("POST", url)
        assert SECRET not in everything(caught.value), url
    await client.close()

    async with client_for(slow) as (client, base):
        with pytest.raises(NoAnswerError) as unknown:
            await client.request("POST", f"{base}/{SECRET}/sendMessage?token={SECRET}", timeout_s=0.1)
    async with client_for(always(answer(b"x" * 99))) as (client, base):
        with pytest.raises(ResponseTooLargeError) as large:
            await client.request("POST", f"{base}/{SECRET}", max_bytes=9)
    assert SECRET not in everything(unknown.value) + everything(large.value)


async def test_proxies_of_the_environment_are_ignored(monkeypatch):
    hits = []

    async def proxy(head, body, writer):
        hits.append(head)
        writer.write(answer(b"proxied"))
        return True

    async with serve(proxy) as proxy_host, client_for(always(answer(b"direct"))) as (client, base):
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy_host}")
        assert (await client.request("GET", base)).body == b"direct"
    assert hits == []


async def test_a_client_belongs_to_one_loop():
    async with client_for(always(answer(b"ok"))) as (client, base):
        await client.request("GET", base)

        def elsewhere():
            return asyncio.run(client.request("GET", base))

        with pytest.raises(RuntimeError, match="one event loop"):
            await asyncio.to_thread(elsewhere)

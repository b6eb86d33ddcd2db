"""The outbound HTTP client: pooled connections, checked addresses, bounded answers."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver
from yarl import URL

from core.errors import PermanentError, WaslError
from core.http.errors import ConnectFailedError, NoAnswerError, ResponseTooLargeError
from core.http.guard import AddressGuard, GuardedResolver, describe

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CONNECT_TIMEOUT_S = 5.0
# An idle connection is dropped before common servers drop theirs, so that a POST seldom meets a closed one.
KEEP_ALIVE_S = 10.0

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*\Z")
# These say how the message is framed or routed; a caller (in the end: a tenant) that sets them could smuggle.
_OWN_HEADERS = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
    }
    | {"accept-encoding", "proxy-authorization", "proxy-connection"}
)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, whatever its status. Header names are lower case, repeated headers are joined by a comma."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text: UTF-8, with what is not UTF-8 replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body read as JSON. Raises ``PermanentError``."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise PermanentError(f"the answer (status {self.status}) is not JSON") from None


class HttpClient:
    """Calls other servers. Bound to the event loop of its first request; close it on that loop.

    ``allowed_private`` are exact ``host:port`` pairs that may be called although private (a simulator in development).
    ``max_connections`` and ``per_host`` bound the connections that are open at once; further requests wait for one.
    ``resolver`` replaces the system's DNS; its answers are checked all the same.
    """

    def __init__(
        self,
        *,
        allowed_private: Collection[str] = (),
        user_agent: str = "Wasl",
        max_connections: int = 100,
        per_host: int = 32,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._guard = AddressGuard(allowed_private)
        self._user_agent = user_agent
        self._max_connections = max_connections
        self._per_host = per_host
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        form: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        timeout_s: float = 10.0,
        max_bytes: int = 1_000_000,
    ) -> HttpResponse:
        """Send one request and read the whole answer; error statuses and redirects are answers like any other.

        At most one of ``json``, ``content`` and ``form`` is the body; ``params`` are added to the query. ``timeout_s``
        bounds everything, waiting for a free connection included; ``max_bytes`` bounds the unpacked answer.

        Raises ``BlockedAddressError``, ``ConnectFailedError`` (nothing was sent), ``NoAnswerError`` (it may have been
        sent), ``ResponseTooLargeError``, and ``PermanentError`` for a request that no server could read.
        """
        target = self._guard.check_url(url)
        if params:
            target = target.extend_query({name: _plain(value) for name, value in params.items()})
        verb = method.upper()
        if verb not in METHODS:
            raise PermanentError(f"the method {method!r} is not supported")
        data, content_type = _body(json=json, content=content, form=form)
        sent_headers = _headers(headers, user_agent=self._user_agent, content_type=content_type)

        progress = SimpleNamespace(connected=False)
        failure: WaslError
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._open_session().request(
                    verb,
                    target,
                    data=data,
                    headers=sent_headers,
                    allow_redirects=False,
                    trace_request_ctx=progress,
                ) as response,
            ):
                body = await _read(response, max_bytes=max_bytes)
                return HttpResponse(response.status, _lower(response.headers), body)
        except TimeoutError:
            failure = _failure(target, progress, f"within {timeout_s:g} s")
        except (aiohttp.ClientError, OSError, zlib.error) as error:
            failure = _failure(target, progress, f"({type(error).__name__})")
        # Raised out of the handler: the library's exceptions hold the whole URL, and log shippers follow the context.
        raise failure

    async def close(self) -> None:
        """Close every connection. The client opens new ones if it is used again."""
        session, self._session, self._loop = self._session, None, None
        if session is not None:
            await session.close()

    def _open_session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is not None:
            if loop is not self._loop:
                raise RuntimeError(
                    "an HttpClient belongs to one event loop; use HttpThread from synchronous code"
                )
            return self._session
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(self._resolver or aiohttp.ThreadedResolver(), self._guard),
            socket_factory=self._guard.open_socket,
            limit=self._max_connections,
            limit_per_host=self._per_host,
            keepalive_timeout=KEEP_ALIVE_S,
        )
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(_mark_connected)
        trace.on_connection_reuseconn.append(_mark_connected)
        self._loop = loop
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
            auto_decompress=False,
            trust_env=False,
            trace_configs=[trace],
        )
        return self._session


async def _mark_connected(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
    # From here on bytes may leave: a failure is no longer known to be harmless.
    context.trace_request_ctx.connected = True


def _failure(url: URL, progress: SimpleNamespace, detail: str) -> WaslError:
    if progress.connected:
        return NoAnswerError(f"no whole answer from {describe(url)} {detail}")
    return ConnectFailedError(f"no connection to {describe(url)} {detail}")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(
    *, json: Any, content: bytes | None, form: Mapping[str, Any] | None
) -> tuple[bytes | None, str | None]:
    if sum(part is not None for part in (json, content, form)) > 1:
        raise ValueError("a request has one body: json, content or form")
    if json is not None:
        try:
            return orjson.dumps(json), "application/json"
        except TypeError as error:
            raise PermanentError(f"the body cannot be written as JSON: {error}") from None
    if form is not None:
        pairs = {name: _plain(value) for name, value in form.items()}
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    return content, None


def _headers(given: Mapping[str, str] | None, *, user_agent: str, content_type: str | None) -> dict[str, str]:
    result = {"User-Agent": user_agent, "Accept-Encoding": "gzip", "Accept": "*/*"}
    if content_type:
        result["Content-Type"] = content_type
    names = {name.lower(): name for name in result}
    for name, value in (given or {}).items():
        if not _HEADER_NAME.match(name) or not _HEADER_VALUE.match(value):
            raise PermanentError(f"the header {name!r} is not valid")
        if name.lower() in _OWN_HEADERS:
            raise PermanentError(f"the header {name!r} cannot be set")
        result[names.setdefault(name.lower(), name)] = value
    return result


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    result: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        result[key] = f"{result[key]}, {value}" if key in result else value
    return result


async def _read(response: aiohttp.ClientResponse, *, max_bytes: int) -> bytes:
    """The unpacked body. Unpacking is done here, in bounded steps, because a small gzip body can hold gigabytes."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise PermanentError(
            f"the answer of {describe(response.url)} is packed in a way that we did not ask for"
        )
    unpack = _Gunzip(max_bytes) if "gzip" in encoding else None
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += unpack.feed(chunk, room=max_bytes + 1 - len(body)) if unpack else chunk
        if len(body) > max_bytes:
            response.close()
            raise ResponseTooLargeError(f"{describe(response.url)} answered more than {max_bytes} bytes")
    if unpack and not unpack.complete:
        raise zlib.error("the stream ends early")
    return bytes(body)


class _Gunzip:
    """Unpacks a gzip stream (of one or more members) up to a limit."""

    def __init__(self, max_bytes: int) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._started = False

    def feed(self, packed: bytes, *, room: int) -> bytes:
        """Up to ``room`` bytes more; what is beyond is dropped, since the caller then refuses the answer."""
        unpacked = bytearray()
        while packed and len(unpacked) < room:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            unpacked += self._member.decompress(packed, room - len(unpacked))
            packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            self._started = True
        return bytes(unpacked)

    @property
    def complete(self) -> bool:
        return self._member.eof or not self._started

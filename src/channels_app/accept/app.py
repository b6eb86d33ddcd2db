"""The ASGI application behind ``/webhooks/<provider>/[<key>/]``: the hot path's first step, and nothing else in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import structlog
from django.conf import settings

from channels_app.accept.committer import Accepted, Committer
from channels_app.accept.routes import Route, route_by_account, route_by_key, shared_secrets
from channels_app.providers.base import Fragment, Provider, SignatureError, WebhookRequest
from channels_app.providers.registry import PROVIDERS
from core.errors import RetryableError

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
SendAsgi = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/webhooks/"
#: Bytes and seconds for which the rest of a refused body is read: a client that finds the connection closed while it
#: still sends never sees the answer.
_DISCARD_BYTES = 32 * 1024 * 1024
_DISCARD_S = 5.0


class Refused(Exception):  # noqa: N818  (an answer, not a fault)
    """The request is answered with ``status`` and ``text`` and leaves no trace."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class _Body:
    """The request's body, read once."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def read(self, limit: int) -> bytes:
        """All of it. Raises ``Refused`` beyond ``limit`` bytes, or when the client leaves."""
        content = bytearray()
        while not self._ended:
            content += await self._piece()
            if len(content) > limit:
                raise Refused(413, "the body is too large")
        return bytes(content)

    async def discard(self) -> None:
        """Read what is left and throw it away, within reason."""
        read = 0
        try:
            async with asyncio.timeout(_DISCARD_S):
                while not self._ended and read < _DISCARD_BYTES:
                    read += len(await self._piece())
        except (TimeoutError, Refused):
            return

    async def _piece(self) -> bytes:
        message = await self._receive()
        self._ended = not message.get("more_body")
        if message["type"] == "http.disconnect":
            raise Refused(400, "the client went away")
        return bytes(message.get("body", b""))


class AcceptApp:
    """Verifies before it parses, and acknowledges only what is committed."""

    def __init__(self) -> None:
        self._committer: Committer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        body = _Body(receive)
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
        try:
            provider, route = await _found(scope["path"])
            shared = _for_browsers(scope, route)
            headers += shared
            if shared and scope["method"] == "OPTIONS":
                status, text = 200, ""
            else:
                status, text = 200, await self._answer(provider, route, scope, body)
        except Refused as refusal:
            await body.discard()
            status, text = refusal.status, refusal.text
        except RetryableError as exc:
            log.warning("webhook put off", error=str(exc))
            status, text = 503, "try again later"
        if status == 503:
            headers.append((b"retry-after", b"5"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, provider: Provider, route: Route | None, scope: Scope, body: _Body) -> str:
        request = await _request(scope, body)
        if request.method == "GET":
            return _handshake(provider, request, route)
        if request.method != "POST":
            raise Refused(405, "only GET and POST")
        _verify(provider, request, route)
        try:
            fragments = provider.split(request.body)
        except ValueError as exc:
            raise Refused(400, f"not a body of {provider.label}: {exc}") from exc
        if self._committer is None:
            self._committer = Committer()
        await self._committer.store(await _routed(provider, fragments, route))
        return "ok"


async def _found(path: str) -> tuple[Provider, Route | None]:
    """The provider, and at an address of its own the channel."""
    provider, key = _address(path)
    route = await route_by_key(provider.slug, key) if key else None
    if key and route is None:
        raise Refused(404, "no such channel")
    return provider, route


def _for_browsers(scope: Scope, route: Route | None) -> list[tuple[bytes, bytes]]:
    """What lets a page of an allowed site post and read the answer; nothing for anybody else."""
    origin = next((value for name, value in scope["headers"] if name == b"origin"), b"")
    if route is None or not origin or origin.decode("latin-1").lower() not in route.origins:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-headers", b"authorization, content-type"),
        (b"access-control-allow-methods", b"POST"),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin"),
    ]


def _address(path: str) -> tuple[Provider, str]:
    """``/webhooks/whatsapp/`` or ``/webhooks/telegram/<key>/``."""
    slug, _, key = path[len(PREFIX) :].strip("/").partition("/")
    provider = PROVIDERS.find(slug)
    if provider is None or "/" in key:
        raise Refused(404, "no such address")
    return provider, key


async def _request(scope: Scope, body: _Body) -> WebhookRequest:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > settings.WEBHOOK_MAX_BYTES:
        raise Refused(413, "the body is too large")
    if headers.get("content-encoding", "identity") != "identity":
        raise Refused(415, "send the body as it is, not compressed")
    content = await body.read(settings.WEBHOOK_MAX_BYTES)
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return WebhookRequest(method=scope["method"], query=query, headers=headers, body=content)


def _handshake(provider: Provider, request: WebhookRequest, route: Route | None) -> str:
    tokens = [route.verify_token] if route is not None else [settings.META_VERIFY_TOKEN]
    answer = provider.handshake(request, [token for token in tokens if token])
    if answer is None:
        raise Refused(403, "the verify token is not ours")
    return answer


def _verify(provider: Provider, request: WebhookRequest, route: Route | None) -> None:
    secrets = (route.signing if route is not None else ()) or shared_secrets(provider.slug)
    try:
        provider.verify(request, secrets)
    except SignatureError as exc:
        log.info("webhook refused", provider=provider.slug, reason=str(exc))
        raise Refused(403, "the signature is not right") from exc


async def _routed(provider: Provider, fragments: list[Fragment], route: Route | None) -> list[Accepted]:
    """Fragments with their channels. At its own address a channel receives only what is its own: one tenant's secret
    must not speak for another's account. Accounts that nobody connected are dropped, or Meta would repeat them for days."""
    accepted: list[Accepted] = []
    for fragment in fragments:
        if route is not None:
            mine = fragment.account_id in ("", route.account_id)
            found = route if mine else None
        else:
            found = await route_by_account(provider.slug, fragment.account_id)
        if found is None:
            log.info("no channel for this account", provider=provider.slug, account=fragment.account_id)
            continue
        accepted.append(Accepted(found.tenant, found.channel_id, fragment))
    return accepted

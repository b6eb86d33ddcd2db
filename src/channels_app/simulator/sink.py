"""The HTTP sink ``/sink/<name>``: an outside service that records what it is sent and answers as it is told."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from channels_app.simulator.faults import FaultRule
from channels_app.simulator.sending import with_faults
from channels_app.simulator.world import World

#: A sink that is asked for by name is made; this many at most, the oldest forgotten.
MAX_SINKS = 200
MAX_RECORDED_BODY = 64 * 1024


class SinkSettings(BaseModel):
    """How a sink answers; the body of ``PUT /control/sinks/{name}``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(default=200, ge=200, le=599)
    delay_ms: int = Field(default=0, ge=0)
    body: Any = Field(default_factory=lambda: {"ok": True})
    headers: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came; the body is decoded only when somebody looks."""

    seq: int
    at: float
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    key: str

    def as_json(self) -> dict[str, Any]:
        body: Any
        try:
            body = orjson.loads(self.raw)
        except orjson.JSONDecodeError:
            body = self.raw.decode("utf-8", "replace")
        shown = ("seq", "at", "method", "path", "headers", "key")
        return {**{name: getattr(self, name) for name in shown}, "body": body}


@dataclass(slots=True)
class Sink:
    """One named sink: its recent requests, and how often each Idempotency-Key came."""

    requests: deque[Received]
    settings: SinkSettings = field(default_factory=SinkSettings)
    answer: bytes = b'{"ok":true}'
    total: int = 0
    keys: dict[str, int] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """Totals, and each key that came more than once."""
        repeated = {key: times for key, times in self.keys.items() if times > 1}
        return {"total": self.total, "unique_keys": len(self.keys), "repeated": repeated}


class Sinks:
    """All sinks by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sinks: dict[str, Sink] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/sink/{name}", self.receive),
            web.route("*", "/sink/{name}/{tail:.*}", self.receive),
        ]

    def get(self, name: str) -> Sink:
        """The sink of this name, made if new."""
        sink = self._sinks.get(name)
        if sink is None:
            sink = self._sinks[name] = Sink(deque(maxlen=self._world.limits.sink_requests))
            if len(self._sinks) > MAX_SINKS:
                del self._sinks[next(iter(self._sinks))]
        return sink

    def configure(self, name: str, settings: SinkSettings) -> Sink:
        """Change how a sink answers."""
        sink = self.get(name)
        sink.settings = settings
        sink.answer = orjson.dumps(settings.body)
        return sink

    def clear(self) -> None:
        self._sinks.clear()

    async def receive(self, request: web.Request) -> web.Response:
        """Record the request and answer as set; the send faults of account ``sink:<name>`` apply."""
        name = request.match_info["name"]
        sink = self.get(name)
        raw = await request.read()
        if sink.settings.delay_ms:
            await self._world.pause(sink.settings.delay_ms / 1000)

        def accept() -> web.Response:
            self._record(sink, request, raw)
            settings = sink.settings
            return web.Response(
                body=sink.answer,
                status=settings.status,
                headers={"Content-Type": "application/json", **settings.headers},
            )

        return await with_faults(
            self._world, request, account=f"sink:{name}", accept=accept, refuse=_http_fault
        )

    def _record(self, sink: Sink, request: web.Request, raw: bytes) -> None:
        key = request.headers.get("Idempotency-Key", "")
        sink.total += 1
        if key:
            sink.keys[key] = sink.keys.get(key, 0) + 1
            if len(sink.keys) > self._world.limits.effect_keys:
                del sink.keys[next(iter(sink.keys))]
        headers = {header.lower(): value for header, value in request.headers.items()}
        sink.requests.append(
            Received(
                sink.total,
                time.time(),
                request.method,
                request.path_qs,
                headers,
                raw[:MAX_RECORDED_BODY],
                key,
            )
        )


def _http_fault(rule: FaultRule) -> web.Response:
    headers = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
    body = orjson.dumps({"error": rule.message or "refused on demand"})
    return web.Response(body=body, status=rule.status, headers=headers, content_type="application/json")

"""The outside world of a run: an HTTP server that answers at once and counts what it was asked."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import urllib.request
from dataclasses import dataclass
from typing import cast

import uvloop

from ops.ports import LOOPBACK
from ops.processes import PYTHON, ProcessSpec

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_KEY = re.compile(rb"\r\nidempotency-key: *([^\r]+)", re.IGNORECASE)
_OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'


@dataclass(frozen=True, slots=True)
class SinkCount:
    """``calls`` in all, and how many ``distinct`` idempotency keys they carried."""

    calls: int
    distinct: int

    def since(self, before: SinkCount) -> SinkCount:
        """What was added after ``before``."""
        return SinkCount(self.calls - before.calls, self.distinct - before.distinct)


def spec(port: int) -> ProcessSpec:
    """How to start the sink."""
    return ProcessSpec(
        name="sink",
        argv=(PYTHON, "-m", "bench.sink", str(port)),
        health_url=f"http://{LOOPBACK}:{port}/count",
        without=("DATABASE_URL", "DATABASE_OWNER_URL"),
    )


def count(port: int) -> SinkCount:
    """Ask a running sink."""
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/count", timeout=10) as answer:
        return SinkCount(**json.load(answer))


class _Sink(asyncio.Protocol):
    calls = 0
    keys: set[bytes] = set()

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # of uvloop, which registers no subclass

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < end:
                return
            request, self._buffer = self._buffer[:head], self._buffer[end:]
            self._transport.write(self._answer(request))

    def _answer(self, head: bytes) -> bytes:
        if head.startswith(b"GET /count "):
            body = json.dumps({"calls": _Sink.calls, "distinct": len(_Sink.keys)}).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        _Sink.calls += 1
        key = _KEY.search(head)
        if key is not None:
            _Sink.keys.add(key[1])
        return _OK


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, LOOPBACK, port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))

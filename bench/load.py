"""The load: prebuilt requests over kept-alive connections, at a fixed rate or as fast as they are answered."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

from bench.results import percentile
from ops.ports import LOOPBACK

#: Enough for 300 requests a second that each take most of a second.
PACED_CONNECTIONS = 256
ANSWER_TIMEOUT_S = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass(slots=True)
class LoadReport:
    """What the sender saw. ``latencies`` are seconds from when each request was due to its whole answer, of those
    accepted; ``lags`` are seconds by which the sender itself was late."""

    began_at: float = 0.0
    ended_at: float = 0.0
    accepted: int = 0
    refused: int = 0
    broken: int = 0
    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Accepted requests a second."""
        return self.accepted / max(self.ended_at - self.began_at, 1e-9)

    def accept_ms(self, share: float) -> float:
        """A percentile of the accept latency."""
        return round(percentile(self.latencies, share) * 1_000, 2)


def paced(requests: Sequence[bytes], *, port: int, rate: float) -> LoadReport:
    """Open loop: request ``n`` is due ``n / rate`` seconds after the start, whatever became of those before it."""
    return uvloop.run(_paced(requests, port, rate))


def saturating(requests: Sequence[bytes], *, port: int, connections: int) -> LoadReport:
    """Closed loop: every connection sends its next request when the last one is answered."""
    return uvloop.run(_saturating(requests, port, connections))


class _Sender:
    """A pool of connections; requests without a free one wait in line, and their clock runs."""

    def __init__(self, port: int, total: int) -> None:
        self._port = port
        self._left = total
        self._idle: list[_Connection] = []
        self._line: deque[tuple[bytes, float]] = deque()
        self._reopening: set[asyncio.Task[None]] = set()
        self.loop = asyncio.get_running_loop()
        self.done = asyncio.Event()
        self.last_answer = time.perf_counter()
        self.report = LoadReport()

    async def open(self, count: int) -> None:
        """Connect before the clock starts."""
        for _ in range(count):
            await self._open_one()

    async def _open_one(self) -> None:
        _, connection = await self.loop.create_connection(lambda: _Connection(self), LOOPBACK, self._port)
        self.free(connection)

    def send(self, request: bytes, due: float) -> None:
        """Send now, or as soon as a connection is free."""
        if self._idle:
            self._idle.pop().send(request, due)
        else:
            self._line.append((request, due))

    def free(self, connection: _Connection) -> None:
        """A connection has nothing to do."""
        if self._line:
            connection.send(*self._line.popleft())
        else:
            self._idle.append(connection)

    def answered(self, status: int, due: float) -> None:
        """One request is over; status 0 is a connection that broke."""
        self.last_answer = time.perf_counter()
        if status == 200:
            self.report.accepted += 1
            self.report.latencies.append(self.last_answer - due)
        elif status:
            self.report.refused += 1
        else:
            self.report.broken += 1
        self._left -= 1
        if not self._left:
            self.close()

    def lost(self, connection: _Connection) -> None:
        """Replace a connection that the server closed."""
        if connection in self._idle:
            self._idle.remove(connection)
        if not self.done.is_set():
            task = self.loop.create_task(self._open_one())
            self._reopening.add(task)
            task.add_done_callback(self._reopening.discard)

    def close(self) -> None:
        """The run is over."""
        self.report.ended_at = time.time()
        self.done.set()
        for connection in self._idle:
            connection.close()

    async def wait(self) -> LoadReport:
        """Until every request is answered, or the server has said nothing for half a minute: the rest is broken."""
        while not self.done.is_set():
            silence = time.perf_counter() - self.last_answer
            if silence > ANSWER_TIMEOUT_S:
                self.report.broken += self._left
                self.close()
            await asyncio.wait([asyncio.ensure_future(self.done.wait())], timeout=1.0)
        return self.report


class _Connection(asyncio.Protocol):
    """One kept-alive connection with one request under way."""

    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._buffer = b""
        self._due: float | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # of uvloop, which registers no subclass

    def send(self, request: bytes, due: float) -> None:
        self._due = due
        self._sender.report.lags.append(time.perf_counter() - due)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._due is not None and _complete(self._buffer):
            status, due = int(self._buffer[9:12]), self._due
            self._buffer, self._due = b"", None
            self._sender.free(self)
            self._sender.answered(status, due)

    def connection_lost(self, error: Exception | None) -> None:
        if self._due is not None:
            due, self._due = self._due, None
            self._sender.answered(0, due)
        self._sender.lost(self)

    def close(self) -> None:
        self._transport.close()


def _complete(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    length = _LENGTH.search(answer, 0, head)
    if length is not None:
        return len(answer) >= head + 4 + int(length[1])
    return _CHUNKED.search(answer, 0, head) is None or answer.endswith(b"0\r\n\r\n")


async def _paced(requests: Sequence[bytes], port: int, rate: float) -> LoadReport:
    sender = _Sender(port, len(requests))
    await sender.open(min(PACED_CONNECTIONS, len(requests)))
    start, sender.report.began_at = time.perf_counter(), time.time()
    for number, request in enumerate(requests):
        due = start + number / rate
        early = due - time.perf_counter()
        if early > 0:
            await asyncio.sleep(early)
        sender.send(request, due)
    return await sender.wait()


async def _saturating(requests: Sequence[bytes], port: int, connections: int) -> LoadReport:
    sender = _Closed(port, requests)
    await sender.open_all(connections)
    return await sender.wait()


class _Closed(_Sender):
    """A sender whose free connections fetch the next request themselves."""

    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        super().__init__(port, len(requests))
        self._next: Iterator[bytes] = iter(())
        self._requests = requests

    async def open_all(self, count: int) -> None:
        """Connect, then start the clock and the first request of each connection."""
        await self.open(min(count, len(self._requests)))
        self._next = iter(self._requests)
        ready, self._idle = self._idle, []
        self.report.began_at = time.time()
        for connection in ready:
            self.free(connection)

    def free(self, connection: _Connection) -> None:
        request = next(self._next, None)
        if request is None:
            self._idle.append(connection)
        else:
            connection.send(request, time.perf_counter())

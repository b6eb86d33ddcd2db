"""A client that may call the test's own HTTP server, and a server that hangs up without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from pytest_httpserver import HTTPServer

from core.http import HttpClient
from core.tests.servers import listen


@pytest.fixture
async def http(httpserver: HTTPServer) -> AsyncIterator[HttpClient]:
    client = HttpClient(allowed_private=[f"{httpserver.host}:{httpserver.port}"])
    yield client
    await client.close()


@pytest.fixture
def silent_server() -> Callable[[], AbstractAsyncContextManager[tuple[str, HttpClient]]]:
    """Reads each request and closes: ``async with silent_server() as (url, http)``."""
    return _silent_server


@asynccontextmanager
async def _silent_server() -> AsyncIterator[tuple[str, HttpClient]]:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with listen(hang_up) as port:
        client = HttpClient(allowed_private=[f"127.0.0.1:{port}"])
        try:
            yield f"http://127.0.0.1:{port}", client
        finally:
            await client.close()

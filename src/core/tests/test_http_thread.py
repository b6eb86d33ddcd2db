"""The thread that lends its event loop to synchronous workers."""

import asyncio
import os

import pytest

from core.errors import PermanentError
from core.http import HttpThread


def test_thread_runs_requests_side_by_side(httpserver):
    httpserver.expect_request("/سلام").respond_with_json({"ok": True})
    bridge = HttpThread(allowed_private=[f"{httpserver.host}:{httpserver.port}"])
    url = httpserver.url_for("/سلام")

    async def several():
        return await asyncio.gather(*(bridge.client.request("GET", url) for _ in range(5)))

    assert [r.json() for r in bridge.run(several())] == [{"ok": True}] * 5
    assert bridge.submit(bridge.client.request("GET", url)).result(5).status == 200

    async def inner():
        return bridge.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="its own loop"):
        bridge.run(inner())
    bridge.close()
    assert bridge.run(bridge.client.request("GET", url)).status == 200  # starts again
    bridge.close()
    bridge.close()


def test_thread_raises_what_the_coroutine_raised():
    bridge = HttpThread()
    with pytest.raises(PermanentError):
        bridge.run(bridge.client.request("GET", "http://10.0.0.1/"))
    bridge.close()


def test_thread_works_again_in_a_forked_child(httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    bridge = HttpThread(allowed_private=[f"{httpserver.host}:{httpserver.port}"])
    url = httpserver.url_for("/")
    assert bridge.run(bridge.client.request("GET", url)).status == 200
    child = os.fork()
    if child == 0:  # pragma: no cover
        code = 1
        try:
            code = 0 if bridge.run(bridge.client.request("GET", url)).status == 200 else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    bridge.close()

"""One call, and each way of failing."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from channels_app.providers.calls import fetch
from core.errors import PermanentError, RetryableError
from core.http import HttpClient

OPTIONS: dict[str, Any] = {"headers": {}, "timeout_s": 2.0, "max_bytes": 100}


async def test_a_fetch_that_was_not_answered_may_be_repeated(silent_server: Any) -> None:
    async with silent_server() as (url, http):
        with pytest.raises(RetryableError):
            await fetch(http, url, **OPTIONS)


async def test_a_fetch_that_found_no_server_may_be_repeated() -> None:
    http = HttpClient(allowed_private=["127.0.0.1:9"])
    with pytest.raises(RetryableError):
        await fetch(http, "http://127.0.0.1:9/secret-path", **OPTIONS)
    await http.close()


async def test_a_forbidden_address_is_final_and_not_called(httpserver: HTTPServer) -> None:
    http = HttpClient()
    with pytest.raises(PermanentError) as caught:
        await fetch(http, httpserver.url_for("/secret-path"), **OPTIONS)
    await http.close()
    assert httpserver.log == []
    assert "secret-path" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (503, "30", 30.0),
        (429, "Fri, 01 Jan 2100 00:00:00 GMT", 3_600.0),
        (408, "gleich", None),
        (425, "9" * 40, 3_600.0),
    ],
)
async def test_retry_after_is_passed_on(
    http: HttpClient, httpserver: HTTPServer, status: int, header: str, seconds: float | None
) -> None:
    httpserver.expect_request("/f").respond_with_data("", status, headers={"Retry-After": header})
    with pytest.raises(RetryableError) as caught:
        await fetch(http, httpserver.url_for("/f"), **OPTIONS)
    assert caught.value.retry_after == seconds

"""Calls with a connection: redirections are followed as asked, and secrets do not go along to strangers."""

from __future__ import annotations

import pytest

from core.http import HttpResponse
from workflow.connections.calling import RedirectRefusedError, _redirected, call
from workflow.connections.tests.conftest import opened
from workflow.connections.tests.test_types import ALL, BODY, by_slug, local
from workflow.connections.types.base import HttpConnectionType, OutgoingRequest
from workflow.connections.types.hosts import HostNotNamedError


def redirect(httpserver, path: str, location: str, status: int = 307) -> None:
    httpserver.expect_request(path).respond_with_data("", status=status, headers={"Location": location})


async def follow(httpserver, http, *, redirects=3, connection=None, method="POST", path="/start"):
    request = OutgoingRequest(
        method=method,
        url=httpserver.url_for(path),
        headers={"Content-Type": "application/json", "X-Api-Key": "mine-123456"},
        params={"page": 1},
        body=BODY if method == "POST" else None,
    )
    return await call(http, request, connection=connection, redirects=redirects)


@pytest.mark.parametrize(
    ("status", "method", "arrives"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "GET", "GET"),
    ],
)
async def test_a_redirection_is_followed_as_its_status_says(httpserver, http, status, method, arrives):
    redirect(httpserver, "/start", "/end?x=1", status)
    httpserver.expect_request("/end").respond_with_data("there")

    called = await follow(httpserver, http, method=method)

    assert called.response.text == "there"
    request = httpserver.log[-1][0]
    assert (request.method, request.query_string) == (arrives, b"x=1")
    assert request.get_data() == (BODY if arrives == "POST" else b"")
    assert ("Content-Type" in request.headers) is (arrives == "POST" or method == "GET")
    assert request.headers["X-Api-Key"] == "mine-123456"


@pytest.mark.parametrize(("redirects", "requests"), [(0, 1), (1, 2), (3, 4)])
async def test_no_more_are_followed_than_asked_for(httpserver, http, redirects, requests):
    redirect(httpserver, "/start", "/start")

    called = await follow(httpserver, http, redirects=redirects)

    assert called.response.status == 307
    assert len(httpserver.log) == requests


async def test_headers_stay_behind_at_another_origin(httpserver, http, allowed):
    """localhost and 127.0.0.1 are two origins; the connection is for the first."""
    there = f"127.0.0.1:{httpserver.port}"
    http._guard._allowed.add(("127.0.0.1", httpserver.port))
    http._guard._endpoints.add(("127.0.0.1", httpserver.port))
    redirect(httpserver, "/start", f"http://{there}/end")
    httpserver.expect_request("/end").respond_with_data("there")

    await follow(httpserver, http, connection=local("bearer", {"token": "tok-123456"}))

    first, second = (request for request, _ in httpserver.log)
    assert (first.headers["Authorization"], first.headers["X-Api-Key"]) == (
        "Bearer tok-123456",
        "mine-123456",
    )
    assert "Authorization" not in second.headers
    assert "X-Api-Key" not in second.headers
    assert second.headers["Content-Type"] == "application/json"


async def test_credentials_go_along_to_a_host_that_is_named(httpserver, http):
    redirect(httpserver, "/start", "/end")
    httpserver.expect_request("/end").respond_with_data("there")

    await follow(httpserver, http, connection=local("bearer", {"token": "tok-123456"}))

    assert [request.headers["Authorization"] for request, _ in httpserver.log] == ["Bearer tok-123456"] * 2


@pytest.mark.parametrize("kind", [kind for kind in ALL if isinstance(kind, HttpConnectionType)], ids=by_slug)
async def test_no_type_sends_its_secret_to_a_host_that_is_not_named(httpserver, http, google_key, kind):
    secret = kind.example["secret"] if kind.slug != "google_service_account" else {"key": google_key}
    connection = opened(kind.slug, kind.example["settings"], secret)
    request = OutgoingRequest(method="GET", url=httpserver.url_for("/api"))

    with pytest.raises(HostNotNamedError):
        await call(http, request, connection=connection)

    assert httpserver.log == []


def test_from_https_to_http_is_refused():
    request = OutgoingRequest(method="GET", url="https://a.example/x")
    for location in ("http://a.example/x", "ftp://a.example/", "//["):
        with pytest.raises(RedirectRefusedError):
            _redirected(request, HttpResponse(302, {"location": location}, b""))

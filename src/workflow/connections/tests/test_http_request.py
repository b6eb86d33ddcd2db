"""``http_request``: every option, every sort of answer, and its secrets."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from pydantic import ValidationError
from werkzeug import Request, Response

from core.errors import PermanentError
from core.http import (
    BlockedAddressError,
    ConnectFailedError,
    HttpClient,
    NoAnswerError,
    ResponseTooLargeError,
    guard,
)
from core.tests.ssrf_corpus import HOSTILE, REDIRECTS, Answers
from workflow.actions.http_request import (
    HttpBusyError,
    HttpRefusedError,
    HttpRequest,
    HttpRequestConfig,
    MappingError,
)
from workflow.connections.services.connections import create_connection
from workflow.connections.tests.conftest import as_text, opened, run
from workflow.connections.tests.test_types import token_server
from workflow.graph import DocumentError
from workflow.models import ActionExecution

ORDER = {
    "id": "A-17",
    "items": [{"sku": "قهوه", "n": 2}, {"sku": "شاي", "n": 1}],
    "a.b": {"": 1},
    "nothing": None,
}


def serve(httpserver, body: Any = ORDER, **answer) -> None:
    if isinstance(body, str):
        httpserver.expect_request("/api").respond_with_data(body, **answer)
    else:
        httpserver.expect_request("/api").respond_with_json(body, **answer)


async def ask(httpserver, http, **config):
    return await run("http_request", {"url": httpserver.url_for("/api"), **config}, http, key="k" * 32)


def request(httpserver) -> Request:
    ((only, _),) = httpserver.log
    return only


# -- the request -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
async def test_method(httpserver, http, method):
    serve(httpserver)

    output = await ask(httpserver, http, method=method)

    assert request(httpserver).method == method
    assert output.json_body == (None if method == "HEAD" else ORDER)


async def test_query(httpserver, http):
    serve(httpserver)

    await ask(httpserver, http, query={"q": "کد تخفیف", "n": 5, "exact": True, "f": 1.5})

    assert dict(request(httpserver).args) == {"q": "کد تخفیف", "n": "5", "exact": "true", "f": "1.5"}


@pytest.mark.parametrize(
    ("config", "body", "content_type"),
    [
        ({"body_kind": "json", "body": {"متن": "سلام", "n": 1}}, '{"متن":"سلام","n":1}', "application/json"),
        ({"body_kind": "json", "body": None}, "null", "application/json"),
        ({"body_kind": "json", "body": [1, "x"]}, '[1,"x"]', "application/json"),
        (
            {"body_kind": "form", "body": {"To": "+213 555", "ok": True, "n": 1}},
            "To=%2B213+555&ok=true&n=1",
            "application/x-www-form-urlencoded",
        ),
        ({"body_kind": "text", "body": "سلام"}, "سلام", "text/plain; charset=utf-8"),
        ({"body_kind": "text", "body": "<x/>", "content_type": "application/xml"}, "<x/>", "application/xml"),
        (
            {"body_kind": "json", "body": {}, "content_type": "application/vnd.x+json"},
            "{}",
            "application/vnd.x+json",
        ),
        ({"body_kind": "json", "body": {}, "headers": {"content-type": "text/x"}}, "{}", "text/x"),
    ],
)
async def test_body_kinds(httpserver, http, config, body, content_type):
    serve(httpserver)

    await ask(httpserver, http, method="POST", **config)

    sent = request(httpserver)
    assert (sent.get_data().decode(), sent.headers.get("Content-Type")) == (body, content_type)


async def test_no_body(httpserver, http):
    serve(httpserver)

    await ask(httpserver, http, method="POST", body_kind="none")

    assert request(httpserver).get_data() == b""


@pytest.mark.parametrize(
    ("config", "headers"),
    [
        ({}, {"Idempotency-Key": "k" * 32}),
        ({"idempotency_header": "X-Request-Id"}, {"Idempotency-Key": None, "X-Request-Id": "k" * 32}),
        ({"idempotency_header": ""}, {"Idempotency-Key": None}),
        (
            {"headers": {"X-Shop": "demo", "idempotency-key": "mine"}},
            {"Idempotency-Key": "k" * 32, "X-Shop": "demo"},
        ),
    ],
)
async def test_headers_and_the_idempotency_key(httpserver, http, config, headers):
    serve(httpserver)

    await ask(httpserver, http, method="POST", **config)

    assert {name: request(httpserver).headers.get(name) for name in headers} == headers


@pytest.mark.parametrize(
    "headers", [{"Host": "other.example"}, {"Content-Length": "3"}, {"X-A": "b\r\nX-B: c"}, {"X A": "b"}]
)
async def test_headers_that_could_smuggle_are_refused(httpserver, http, headers):
    with pytest.raises(PermanentError, match="header"):
        await ask(httpserver, http, headers=headers)
    assert httpserver.log == []


async def test_the_time_is_bounded(httpserver, http):
    release = threading.Event()

    def slowly(request: Request) -> Response:
        release.wait(10)
        return Response("late")

    httpserver.expect_request("/api").respond_with_handler(slowly)
    started = time.monotonic()
    with pytest.raises(NoAnswerError, match=r"within 0\.\d"):
        await ask(httpserver, http, timeout_s=0.2)
    release.set()
    assert time.monotonic() - started < 2
    while not httpserver.log:
        time.sleep(0.01)


@pytest.mark.parametrize(("max_bytes", "fits"), [(100, True), (99, False)])
async def test_the_size_is_bounded(httpserver, http, max_bytes, fits):
    serve(httpserver, "x" * 100)

    if fits:
        assert (await ask(httpserver, http, max_bytes=max_bytes)).text == "x" * 100
        return
    with pytest.raises(ResponseTooLargeError):
        await ask(httpserver, http, max_bytes=max_bytes)


@pytest.mark.parametrize("follow", [0, 1])
async def test_follow_redirects(httpserver, http, follow):
    httpserver.expect_request("/api").respond_with_data("", status=302, headers={"Location": "/there"})
    httpserver.expect_request("/there").respond_with_json({"ok": True})

    if follow:
        assert (await ask(httpserver, http, follow_redirects=follow)).json_body == {"ok": True}
        return
    with pytest.raises(HttpRefusedError, match="302, a redirection"):
        await ask(httpserver, http, follow_redirects=follow)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("location", REDIRECTS)
async def test_a_redirection_inside_is_not_followed(httpserver, http, location):
    """127.0.0.1 is not allowed here, localhost is: the port is the one that is open."""
    target = location.format(port=httpserver.port)
    httpserver.expect_request("/api").respond_with_data("", status=307, headers={"Location": target})
    httpserver.expect_request("/").respond_with_data("a canary")

    if "localhost" in location:
        assert (await ask(httpserver, http, follow_redirects=3)).text == "a canary"
        return
    with pytest.raises(BlockedAddressError):
        await ask(httpserver, http, follow_redirects=3)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("url", HOSTILE)
async def test_hostile_addresses(httpserver, monkeypatch, url):
    """The test's server is the canary: its port is callable here, so the port rule is not what saves us."""
    monkeypatch.setattr(guard, "PORTS", guard.PORTS | {httpserver.port})
    client = HttpClient(resolver=Answers())
    with pytest.raises(BlockedAddressError):
        await run("http_request", {"url": url.format(port=httpserver.port)}, client)
    await client.close()
    assert httpserver.log == []


# -- the answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("success", "status", "ok"),
    [
        (["2xx"], 204, True),
        (["2xx"], 404, False),
        (["2xx", 404], 404, True),
        (["404"], 404, True),
        (["404"], 200, False),
        (["4xx"], 422, True),
        (["5xx"], 503, True),
        (["3xx"], 302, True),
        ([401], 401, True),
    ],
)
async def test_success(httpserver, http, success, status, ok):
    serve(httpserver, "نه", status=status)

    if ok:
        assert (await ask(httpserver, http, success=success)).status == status
        return
    with pytest.raises(HttpRefusedError, match=str(status)):
        await ask(httpserver, http, success=success)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
@pytest.mark.parametrize("asked", ["", "17"])
async def test_busy_may_be_tried_again(httpserver, http, status, asked):
    serve(httpserver, "", status=status, headers={"Retry-After": asked})

    with pytest.raises(HttpBusyError) as caught:
        await ask(httpserver, http)

    assert caught.value.retry_after == (17 if asked else None)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_refusal_is_final_and_says_why(httpserver, http, status):
    serve(httpserver, "این سفارش وجود ندارد", status=status)

    with pytest.raises(HttpRefusedError, match=f"{status}: این سفارش"):
        await ask(httpserver, http)


async def test_nobody_there(http, allowed):
    allowed("localhost:1")
    client = HttpClient(allowed_private=["localhost:1"])
    with pytest.raises(ConnectFailedError):
        await run("http_request", {"url": "http://localhost:1/"}, client)
    await client.close()


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (["content-type"], {"content-type"}),
        ([], set()),
        (["X-Total", "etag", "not-there"], {"x-total", "etag"}),
    ],
)
async def test_keep_headers(httpserver, http, keep, kept):
    serve(httpserver, headers={"X-Total": "3", "ETag": "x", "Set-Cookie": "a=b"})

    assert set((await ask(httpserver, http, keep_headers=keep)).headers) == kept


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("body", [ORDER, "سلام"])
async def test_keep_body(httpserver, http, keep, body):
    serve(httpserver, body)

    output = await ask(httpserver, http, keep_body=keep, response={"status": "status"})

    assert (output.json_body, output.text) == (
        (None, "") if not keep else (None, body) if isinstance(body, str) else (body, "")
    )
    assert output.mapped == {"status": 200}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", 201),
        ("headers.X-Total", "3"),
        ("body.id", "A-17"),
        ("body", ORDER),
        ("body.items.0.sku", "قهوه"),
        ("body.items.-1.sku", "شاي"),
        ("body.items.*.n", [2, 1]),
        ("body.items.*", ORDER["items"]),
        (r"body.a\.b", {"": 1}),
        ("body.nothing", None),
    ],
)
async def test_response(httpserver, http, path, value):
    serve(httpserver, status=201, headers={"X-Total": "3"})

    assert (await ask(httpserver, http, response={"taken": path})).mapped == {"taken": value}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("body.no", "body has no 'no'"),
        ("body.items.2", "body.items is a list of 2 without '2'"),
        ("body.items.-3", "is a list of 2"),
        ("body.items.first", "is a list of 2"),
        ("body.items.*.price", "body.items.0 has no 'price'"),
        ("body.id.x", "body.id holds nothing below it"),
        ("headers.x-none", "headers has no 'x-none'"),
    ],
)
@pytest.mark.parametrize("optional", [None, {"optional": True}, {"optional": True, "default": "—"}])
async def test_what_is_not_there(httpserver, http, path, why, optional):
    serve(httpserver)
    taken = path if optional is None else {"path": path, **optional}

    if optional is None:
        with pytest.raises(MappingError) as caught:
            await ask(httpserver, http, response={"taken": taken})
        assert f"response.taken: there is nothing at {path}: " in str(caught.value)
        assert why in str(caught.value)
        return
    assert (await ask(httpserver, http, response={"taken": taken})).mapped == {
        "taken": optional.get("default")
    }


async def test_a_text_has_nothing_below_it(httpserver, http):
    serve(httpserver, "سلام")

    with pytest.raises(MappingError, match="the answer is not JSON"):
        await ask(httpserver, http, response={"id": "body.id"})
    assert (await ask(httpserver, http, response={"whole": "body"})).mapped == {"whole": "سلام"}


async def test_a_long_text_is_cut_in_what_is_kept_only(httpserver, http):
    serve(httpserver, "س" * 5_000)

    output = await ask(httpserver, http, response={"whole": "body"})

    assert (len(output.text), len(output.mapped["whole"])) == (4_000, 5_000)


# -- what a config may be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        {"url": "x" * 2_001},
        {"method": "TRACE"},
        {"timeout_s": 0},
        {"timeout_s": 31},
        {"max_bytes": 0},
        {"max_bytes": 5_000_001},
        {"follow_redirects": 6},
        {"headers": {str(n): "x" for n in range(31)}},
        {"query": {"a": [1]}},
        {"body_kind": "none", "body": {}},
        {"body_kind": "form", "body": {"a": {}}, "method": "POST"},
        {"body_kind": "form", "body": "a=b", "method": "POST"},
        {"body_kind": "text", "body": {}, "method": "POST"},
        {"body_kind": "json", "body": {}, "method": "GET"},
        {"body_kind": "json", "body": {}, "method": "HEAD"},
        {"success": []},
        {"success": ["6xx"]},
        {"success": ["2x"]},
        {"idempotency_header": "a b"},
        {"response": {"1a": "body"}},
        {"response": {"a": ""}},
        {"response": {"a": "body..x"}},
        {"response": {"a": "body."}},
        {"response": {"a": "json.x"}},
        {"response": {"a": {"path": "body", "missing": 1}}},
        {"retries": 3},
    ],
)
def test_what_a_config_may_not_be(config):
    HttpRequestConfig.model_validate({"url": "https://a.example"})
    with pytest.raises(ValidationError):
        HttpRequestConfig.model_validate({"url": "https://a.example", **config})


def test_the_example_works():
    HttpRequestConfig.model_validate(HttpRequest.example)
    HttpRequest.Output.model_validate(HttpRequest.example_output)
    field = HttpRequestConfig.model_json_schema()["properties"]["connection"]
    assert "oauth2_client_credentials" in field["x-connection-types"]
    assert "smtp" not in field["x-connection-types"]


# -- with a stored connection ------------------------------------------------------------------------------------------


async def test_an_answer_that_repeats_a_secret_is_cleaned(httpserver, http):
    """Also of the token, which nobody knew before the call."""
    token_server(httpserver, {"access_token": "at-123456789", "expires_in": 3600})
    connection = opened(
        "oauth2_client_credentials",
        {"hosts": ["localhost"], "token_url": httpserver.url_for("/token"), "client_id": "wasl"},
        {"client_secret": "client-secret-1"},
    )
    echo = {"seen": "at-123456789 and client-secret-1"}
    serve(httpserver, echo, headers={"X-Seen": "at-123456789"})
    config = {
        "url": httpserver.url_for("/api"),
        "keep_headers": ["x-seen"],
        "response": {"seen": "body.seen"},
    }

    output = await run("http_request", config, http, material=connection)

    assert "at-123456789" not in as_text(output.model_dump())
    assert "client-secret-1" not in as_text(output.model_dump())
    assert output.mapped == {"seen": "••• and •••"}

    serve_error = httpserver.expect_request("/bad")
    serve_error.respond_with_data("at-123456789 is no good", status=400)
    with pytest.raises(HttpRefusedError, match="400: ••• is no good"):
        await run("http_request", {"url": httpserver.url_for("/bad")}, http, material=connection)


@pytest.mark.parametrize("by", ["name", "id", "hex"])
def test_a_workflow_calls_with_a_stored_connection(engine, httpserver, allowed, by):
    connection = create_connection(
        name="المتجر", kind="bearer", settings={"hosts": ["localhost"]}, secret={"token": "tok-s3cret-123"}
    )

    def answer(request: Request) -> Response:
        if request.headers.get("Authorization") != "Bearer tok-s3cret-123":
            return Response("who are you?", 401)
        return Response(json.dumps({"id": "A-17", "echo": request.headers["Authorization"]}))

    httpserver.expect_request("/api").respond_with_handler(answer)
    reference = {"name": "المتجر", "id": str(connection.id), "hex": connection.id.hex}[by]
    engine.workflow(
        {
            "id": "call",
            "action": "http_request",
            "config": {
                "method": "POST",
                "url": httpserver.url_for("/api"),
                "connection": reference,
                "body_kind": "json",
                "body": {"name": "{{ user.name }}"},
                "response": {"order": "body.id"},
            },
        },
        {"id": "note", "action": "add_note", "config": {"text": "{{ steps.call.mapped.order }}"}},
    )

    execution = engine.run(engine.contact())

    assert (execution.state, execution.error) == ("completed", "")
    assert engine.notes() == ["A-17"]
    step = ActionExecution.objects.get(node="call")
    assert request(httpserver).headers["Idempotency-Key"] == step.id.hex
    assert step.output["json_body"]["echo"] == "Bearer •••"
    assert "tok-s3cret-123" not in as_text([step.input, step.output, step.error, execution.outputs])


UNFIT = pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("no such", "there is no connection 'no such'"),
        ("0199a7c2-6b5e-7cc0-8f4b-6f0f0c8a1d11", "there is no connection"),
        ("slack", "is of the type slack_webhook"),
    ],
)


@pytest.fixture
def slack(scope):
    """A connection of a type that authorizes no HTTP request."""
    return create_connection(
        name="slack", kind="slack_webhook", settings={}, secret={"url": "https://hooks.slack.com/services/x"}
    )


@UNFIT
def test_a_connection_that_does_not_fit_is_refused_when_publishing(engine, slack, reference, words):
    call = {
        "id": "call",
        "action": "http_request",
        "config": {"url": "{{ event.data.url }}", "connection": reference},
    }
    with pytest.raises(DocumentError) as caught:
        engine.workflow(call)
    assert [problem.place for problem in caught.value.problems] == ["call/connection"]
    assert words in caught.value.problems[0].message

    create_connection(name="shop", kind="bearer", settings={"hosts": ["x.example"]}, secret={"token": "t"})
    engine.workflow({**call, "config": {**call["config"], "connection": "shop"}})


@UNFIT
def test_a_connection_that_cannot_be_used(engine, httpserver, allowed, slack, reference, words):
    config = {"url": httpserver.url_for("/api"), "connection": f"{{{{ '{reference}' }}}}"}
    engine.workflow({"id": "call", "action": "http_request", "config": config})

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "ConnectionMissingError: connection: " in execution.error
    assert words in execution.error
    assert httpserver.log == []


def test_a_secret_is_not_sent_where_its_connection_does_not_say(engine, httpserver, allowed):
    """Whoever edits workflows chooses the address, and must not get the secret so."""
    create_connection(
        name="shop",
        kind="bearer",
        settings={"hosts": ["api.example.com"]},
        secret={"token": "tok-s3cret-123"},
    )
    engine.workflow(
        {
            "id": "call",
            "action": "http_request",
            "config": {"url": httpserver.url_for("/api"), "connection": "shop"},
        }
    )

    execution = engine.run(engine.contact())

    assert "HostNotNamedError" in execution.error
    assert httpserver.log == []


def test_busy_is_tried_again_under_the_same_key(engine, httpserver, allowed):
    serve(httpserver, "", status=503)
    engine.workflow(
        {
            "id": "call",
            "action": "http_request",
            "config": {"url": httpserver.url_for("/api")},
            "retry": {"attempts": 3},
        }
    )
    engine.run(engine.contact())
    for _ in range(2):
        engine.let_time_pass()
        engine.work()

    keys = {sent.headers["Idempotency-Key"] for sent, _ in httpserver.log}
    assert (len(httpserver.log), keys) == (3, {ActionExecution.objects.get().id.hex})

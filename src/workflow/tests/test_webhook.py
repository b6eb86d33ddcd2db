"""The webhook action, each of its options, and what becomes of each sort of answer."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import ValidationError
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from workflow.actions.webhook import WebhookConfig
from workflow.models import ActionExecution, WorkflowExecution
from workflow.tests.conftest import Engine, as_text


def _call(httpserver: HTTPServer, **config):
    return {"id": "call", "action": "webhook", "config": {"url": httpserver.url_for("/hook"), **config}}


def _ok(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_json({"ok": "بله"})


def _request(httpserver: HTTPServer) -> Request:
    ((request, _),) = httpserver.log
    return request


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_method_headers_and_body(engine, httpserver, method):
    _ok(httpserver)
    engine.workflow(
        _call(
            httpserver,
            method=method,
            headers={"X-Source": "{{ tenant.slug }}"},
            body={
                "name": "{{ user.name }}",
                "said": "{{ event.data.content }}",
                "n": 5,
                "list": ["{{ user.tags[0] }}"],
            },
        )
    )

    execution = engine.run(engine.contact("vip"), content="کد تخفیف")

    request = _request(httpserver)
    assert request.method == method
    assert request.headers["X-Source"] == "demo"
    assert request.json == {"name": "أمينة بن علي", "said": "کد تخفیف", "n": 5, "list": ["vip"]}
    assert execution.outputs["call"] == {"status": 200, "json_body": {"ok": "بله"}, "text": ""}


def test_get_sends_no_body(engine, httpserver):
    _ok(httpserver)
    engine.workflow(_call(httpserver, method="GET", body={"x": 1}))

    engine.run(engine.contact())

    assert _request(httpserver).data == b""


def test_the_address_may_be_a_template(engine, httpserver):
    httpserver.expect_request("/hook/42").respond_with_data("fine")
    step = _call(httpserver)
    step["config"]["url"] += "/{{ event.data.id }}"
    engine.workflow(step)

    execution = engine.run(engine.contact(), id=42)

    assert execution.outputs["call"] == {"status": 200, "json_body": None, "text": "fine"}


def test_the_idempotency_key_repeats_when_the_call_does(engine, httpserver):
    httpserver.expect_request("/hook").respond_with_data("", status=502)
    engine.workflow({**_call(httpserver), "retry": {"attempts": 3}})
    engine.run(engine.contact())
    for _ in range(2):
        engine.let_time_pass()
        engine.work()

    keys = [(r.headers["Idempotency-Key"], r.headers["X-Request-Id"]) for r, _ in httpserver.log]
    assert keys == [(ActionExecution.objects.get().id.hex,) * 2] * 3


def test_two_executions_have_two_keys(engine, httpserver):
    _ok(httpserver)
    engine.workflow(_call(httpserver))

    engine.run(engine.contact())
    engine.run(engine.contact())

    assert len({request.headers["Idempotency-Key"] for request, _ in httpserver.log}) == 2


def _in(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", 120),
        ("99999", 3600),
        (lambda: _in(90), 90),
        (lambda: _in(-90), 0),
        ("soon", 7),
        ("nan", 7),
        ("-5", 7),
        ("1e3", 7),
    ],
)
def test_busy_is_tried_again_when_the_server_says(engine, httpserver, asked, wait):
    header = asked() if callable(asked) else asked
    httpserver.expect_request("/hook").respond_with_data("", status=429, headers={"Retry-After": header})
    engine.workflow({**_call(httpserver), "retry": {"attempts": 2, "backoff_s": 7, "jitter": 0}})

    execution = engine.run(engine.contact())

    assert execution.state == "waiting"
    assert engine.next_run_in() == pytest.approx(wait, abs=5)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_a_refusal_is_final(engine, httpserver, status):
    httpserver.expect_request("/hook").respond_with_data("نه", status=status)
    engine.workflow({**_call(httpserver), "retry": {"attempts": 5}})

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert execution.error == f"call: WebhookRefusedError: The address answered {status}: نه"
    assert len(httpserver.log) == 1


def test_a_slow_answer_is_given_up_after_the_time_set(engine, httpserver):
    given_up = threading.Event()

    def slowly(request: Request) -> Response:
        given_up.wait(10)
        return Response("late")

    httpserver.expect_request("/hook").respond_with_handler(slowly)
    engine.workflow({**_call(httpserver, timeout_s=0.2), "retry": {"attempts": 1}})

    execution = engine.run(engine.contact())
    given_up.set()

    assert execution.state == "failed"
    assert "within 0.2 s" in execution.error
    while not httpserver.log:  # the late answer must not stand in the next test's log
        time.sleep(0.01)


def test_a_private_address_is_not_called(engine):
    engine.workflow({"action": "webhook", "config": {"url": "http://169.254.169.254/latest/meta-data"}})

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "BlockedAddressError" in execution.error


@pytest.mark.parametrize(
    ("body", "output"),
    [
        (b'{"a\\u0000b": "x\\u0000y"}', {"ab": "xy"}),
        (b"[1, null]", [1, None]),
    ],
)
def test_an_answer_that_postgresql_cannot_store_is_cleaned(engine, httpserver, body, output):
    """Otherwise its result could never be recorded, and the call would be made again and again."""
    httpserver.expect_request("/hook").respond_with_data(body, content_type="application/json")
    engine.workflow(_call(httpserver))

    execution = engine.run(engine.contact())

    assert execution.outputs["call"]["json_body"] == output
    assert len(httpserver.log) == 1


def test_plain_text_is_cut_and_cleaned(engine, httpserver):
    httpserver.expect_request("/hook").respond_with_data("سلام\x00" + "x" * 5000)
    engine.workflow(_call(httpserver))

    text = engine.run(engine.contact()).outputs["call"]["text"]

    assert text.startswith("سلامx")
    assert len(text) == 3_999


def test_secrets_are_sent_and_not_stored(engine, httpserver):
    """Not in the input, not in an answer that echoes them, not in the error, wherever they stand."""
    secret = "hunter2-very-secret"

    def echo(request: Request) -> Response:
        return Response(f"you sent {request.headers['Authorization']} {request.json['api_key']}", status=400)

    httpserver.expect_request("/hook").respond_with_handler(echo)
    engine.workflow(
        _call(
            httpserver,
            headers={"Authorization": f"Bearer {secret}"},
            body={"api_key": "k-123456789", "x": "open"},
        )
    )

    execution = engine.run(engine.contact())

    assert _request(httpserver).headers["Authorization"] == f"Bearer {secret}"
    step = ActionExecution.objects.get()
    assert step.input["headers"] == {"Authorization": "•••"}
    assert step.input["body"] == {"api_key": "•••", "x": "open"}
    assert "you sent" in step.error
    stored = as_text([step.input, step.output, step.error, execution.outputs, execution.error])
    assert secret not in stored
    assert "k-123456789" not in stored


def test_secrets_in_a_good_answer_are_not_stored_either(engine, httpserver):
    httpserver.expect_request("/hook").respond_with_json(
        {"access_token": "t-987654321", "echo": "s3cr3t-value"}
    )
    engine.workflow(_call(httpserver, body={"password": "s3cr3t-value"}))

    execution = engine.run(engine.contact())

    assert execution.outputs["call"]["json_body"] == {"access_token": "•••", "echo": "•••"}
    assert "s3cr3t" not in as_text(ActionExecution.objects.get().output)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"url": "x" * 2_001},
        {"url": "https://a.example", "method": "TRACE"},
        {"url": "https://a.example", "timeout_s": 0},
        {"url": "https://a.example", "timeout_s": 31},
        {"url": "https://a.example", "headers": {str(n): "x" for n in range(31)}},
        {"url": "https://a.example", "retries": 3},
    ],
)
def test_what_a_config_may_be(config):
    with pytest.raises(ValidationError):
        WebhookConfig.model_validate(config)


def test_calls_of_a_batch_go_out_side_by_side(engine, outside):
    together = threading.Barrier(6, timeout=5)

    def meet(request: Request) -> Response:
        together.wait()
        return Response("ok")

    with HTTPServer(threaded=True) as server:
        server.expect_request("/hook").respond_with_handler(meet)
        crowd = Engine(outside, server)
        crowd.workflow(_call(server))
        people = [crowd.contact() for _ in range(6)]
        for person in people:
            crowd.happen(person)
        crowd.work()

        assert len(server.log) == 6
    assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"completed"}

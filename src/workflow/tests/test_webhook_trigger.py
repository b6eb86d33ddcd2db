"""Webhooks: what comes to a workflow's own address starts it, and what is forged, misshapen or too much does not."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import transaction

from events.models import Event
from tenants.scope import tenant_scope
from workflow.api.hooks import HookRequests
from workflow.graph import DocumentError
from workflow.models import ArmedTrigger, WorkflowExecution
from workflow.services.hook_secrets import hook_id_in, new_token
from workflow.services.publishing import activate, pause
from workflow.tests.hook_support import JSON, address, code, hooked, nothing_happened, post, republish

GITHUB = {"header": "X-Hub-Signature-256", "prefix": "sha256="}


# -- taken -------------------------------------------------------------------------------------------------------------


def test_a_request_starts_the_workflow(engine, sender):
    hook = hooked(engine)
    body = json.dumps({"order": {"id": 7, "name": "قهوه"}}).encode()

    answer = sender.post(
        address(hook) + "?shop=%D9%85%D8%AA%D8%AC%D8%B1&tag=a&tag=b",
        body,
        content_type=JSON,
        headers={
            "X-Request-Id": "r-1",
            "Authorization": "Bearer very-secret",
            "Cookie": "sessionid=very-secret",
            "X-Api-Key": "very-secret",
            "X-Forwarded-For": "203.0.113.9",
        },
    )
    engine.work()

    assert answer.status_code == 202
    event = Event.objects.get(id=answer.json()["event_id"])
    assert answer.json()["duplicate"] is False
    assert event.actor == f"webhook:{hook.id}"
    assert event.data == {
        "trigger": str(hook.id),
        "method": "POST",
        "headers": {"content-type": JSON, "x-request-id": "r-1"},
        "query": {"shop": "متجر", "tag": ["a", "b"]},
        "body": {"order": {"id": 7, "name": "قهوه"}},
    }
    execution = WorkflowExecution.objects.get(event_id=event.id)
    assert (execution.state, execution.trigger) == ("completed", "hook")
    assert execution.scope["vars"]["body"] == {"order": {"id": 7, "name": "قهوه"}}


def test_each_address_starts_its_own_workflow(engine, sender):
    first, second = hooked(engine, name="الأول"), hooked(engine, name="دوم")

    post(sender, second)
    engine.work()

    assert [run.workflow_id for run in WorkflowExecution.objects.all()] == [second.workflow_id]
    assert address(first) != address(second)


@pytest.mark.parametrize(
    ("content_type", "body", "read"),
    [
        (JSON, b'{"a": [1, null, "\xd8\xb3"]}', {"a": [1, None, "س"]}),
        (JSON, b"[1, 2]", [1, 2]),
        (JSON, b"", None),
        ("application/cloudevents+json; charset=utf-8", b'{"a": 1}', {"a": 1}),
        (
            "application/x-www-form-urlencoded",
            b"name=%D8%B3%D8%A7%D8%B1%D8%A7&x=1&x=2&e=",
            {"name": "سارا", "x": ["1", "2"], "e": ""},
        ),
        ("text/plain", "سلام".encode(), "سلام"),
        ("text/plain; charset=windows-1256", "سلام".encode("windows-1256"), "سلام"),
        ("application/xml", b"<a/>", "<a/>"),
        ("", b'{"a": 1}', {"a": 1}),
        ("", b"plain", "plain"),
        (JSON, b'{"a": "x\\u0000y"}', {"a": "xy"}),
    ],
)
def test_json_forms_and_text_are_read(engine, sender, content_type, body, read):
    answer = post(sender, hooked(engine), body, content_type)

    assert answer.status_code == 202, answer.json()
    assert Event.objects.get(id=answer.json()["event_id"]).data["body"] == read


@pytest.mark.parametrize(
    ("content_type", "body", "refused"),
    [
        (JSON, b"{", (400, "body_refused")),
        (JSON, b'{"a": NaN}', (400, "body_refused")),
        (JSON, b'{"a": "\\ud800"}', (400, "body_refused")),
        (JSON, b"[" * 60 + b"]" * 60, (400, "body_refused")),
        (JSON, b"[" * 100_000, (400, "body_refused")),
        ("text/plain", b"\xff\xfe", (400, "body_refused")),
        ("text/plain; charset=punycode", b"a" * 1000, (400, "body_refused")),
        ("text/plain; charset=unicode_escape", b"a", (400, "body_refused")),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 1001), (400, "body_refused")),
        ("application/x-www-form-urlencoded", b"a=\xff", (400, "body_refused")),
        ("image/png", b"\x89PNG", (415, "media_refused")),
        ("multipart/form-data; boundary=x", b"--x--", (415, "media_refused")),
        (JSON, b'"' + b"a" * 1_000_000 + b'"', (413, "too_large")),
        (JSON, b"a" * 3_000_000, (413, "too_large")),
    ],
)
def test_what_cannot_be_read_is_refused(engine, sender, content_type, body, refused):
    assert code(post(sender, hooked(engine), body, content_type)) == refused
    assert nothing_happened()


def test_compressed_bodies_are_refused(engine, sender):
    assert code(post(sender, hooked(engine), b"x", **{"Content-Encoding": "gzip"})) == (415, "media_refused")


def test_a_body_of_exactly_one_megabyte_is_taken(engine, sender):
    assert post(sender, hooked(engine), b'"' + b"a" * 999_998 + b'"').status_code == 202


@pytest.mark.parametrize(
    ("methods", "get", "post_"),
    [(None, 405, 202), (["POST"], 405, 202), (["GET"], 202, 405), (["GET", "POST"], 202, 202)],
)
def test_only_its_methods(engine, sender, methods, get, post_):
    hook = hooked(engine, **({"methods": methods} if methods else {}))

    assert sender.get(address(hook) + "?a=1").status_code == get
    assert post(sender, hook).status_code == post_
    assert sender.put(address(hook), b"{}", content_type=JSON).status_code == 405
    assert Event.objects.filter(type="WEBHOOK_RECEIVED").count() == [get, post_].count(202)


@pytest.mark.parametrize("accept", ["text/plain", "application/xml", "nonsense"])
def test_whatever_a_sender_accepts(engine, sender, accept):
    assert post(sender, hooked(engine), Accept=accept).status_code == 202


def test_a_forgotten_slash_is_forgiven(engine, sender):
    hook = hooked(engine)

    assert sender.post(address(hook).rstrip("/"), b"{}", content_type=JSON).status_code == 202


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_an_address_cannot_be_guessed(engine, sender, db):
    hook = hooked(engine)
    token = address(hook).split("/")[2]
    other_end = token[:-1] + ("A" if token[-1] != "A" else "B")
    for guess in (
        new_token(hook.id),
        new_token(uuid.uuid4()),
        other_end,
        token[:-2],
        token + "x",
        str(hook.id),
        "س" * 54,
        "-" * 54,
    ):
        answer = sender.post(f"/hooks/{guess}/", b"{}", content_type=JSON)
        assert code(answer) == (404, "unknown_hook"), guess
    assert nothing_happened()
    # 24 of the bytes are random.
    assert hook_id_in(token) == hook.id
    assert len(token) * 6 // 8 - 16 >= 16


def test_the_token_is_stored_sealed_only(engine):
    hook = hooked(engine)
    token = address(hook).split("/")[2]
    row = ArmedTrigger.objects.filter(id=hook.id).values().get()

    assert token not in str({name: value for name, value in row.items() if name != "secret"})
    assert token.encode() not in bytes(row["secret"])


def test_an_address_is_one_tenants(engine, web, other):
    hook = hooked(engine)

    for host in ("other.localhost", "localhost"):
        assert web(host).post(address(hook), b"{}", content_type=JSON).status_code == 404
    assert nothing_happened()
    with tenant_scope(other):
        assert nothing_happened()


def test_a_paused_workflow_refuses_and_says_so(engine, sender):
    hook = hooked(engine)
    before = address(hook)
    pause(hook.workflow)

    assert code(post(sender, hook)) == (409, "not_active")
    assert nothing_happened()

    with transaction.atomic():
        activate(hook.workflow)
    hook.refresh_from_db()
    assert address(hook) == before
    assert post(sender, hook).status_code == 202


def test_publishing_again_keeps_the_address_whatever_else_changes(engine, sender):
    hook = hooked(engine)
    (spec,) = hook.workflow.draft["triggers"]
    before, armed_at = address(hook), hook.armed_at

    republish(hook.workflow, [spec, {"event_type": "MESSAGE_RECEIVED"}])
    hook.refresh_from_db()
    assert (address(hook), hook.armed_at) == (before, armed_at)

    republish(hook.workflow, [{**spec, "config": {"methods": ["GET"]}}])
    hook.refresh_from_db()
    assert address(hook) == before
    assert hook.armed_at > armed_at
    assert sender.get(before).status_code == 202

    republish(hook.workflow, [{"event_type": "MESSAGE_RECEIVED"}])
    assert code(sender.get(before)) == (404, "unknown_hook")


# -- limits ------------------------------------------------------------------------------------------------------------


def test_each_webhook_has_its_share(engine, sender, monkeypatch):
    monkeypatch.setattr(HookRequests, "limit", 2)
    monkeypatch.setattr("core.api.throttling.time.time", lambda: 1_000_000.0)
    first, second = hooked(engine), hooked(engine)

    assert [post(sender, first).status_code for _ in range(3)] == [202, 202, 429]
    assert sender.post(address(first, test=True), b"{}", content_type=JSON).status_code == 429
    refused = post(sender, first)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert post(sender, second).status_code == 202
    assert Event.objects.filter(type="WEBHOOK_RECEIVED").count() == 3


def test_a_full_queue_refuses(engine, sender, settings):
    hook = hooked(engine)
    settings.QUEUE_TENANT_CAP = 0

    answer = post(sender, hook)

    assert code(answer) == (429, "queue_full")
    assert "Retry-After" in answer.headers
    assert nothing_happened()


# -- what is refused when publishing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"methods": []}, "methods"),
        ({"methods": ["PUT"]}, "methods/0"),
        ({"signature": {}}, "signature/header"),
        ({"signature": {"header": "X Y"}}, "signature/header"),
        ({"signature": {**GITHUB, "algorithm": "md5"}}, "signature/algorithm"),
        ({"signature": {**GITHUB, "secret": "never here"}}, "signature/secret"),
        (
            {"signature": {**GITHUB, "timestamp": {"header": "X", "tolerance_seconds": 0}}},
            "signature/timestamp/tolerance_seconds",
        ),
        ({"contact": {"path": "event.data.body.id"}}, "contact/path"),
        ({"contact": {"path": "body."}}, "contact/path"),
        ({"contact": {"path": "body.id", "identify_by": "name"}}, "contact/identify_by"),
        ({"idempotency": "cookies.id"}, "idempotency"),
        ({"response": "ok"}, "response"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(engine, config, place):
    with pytest.raises(DocumentError) as refused:
        hooked(engine, **config)

    assert [problem.place for problem in refused.value.problems] == [f"/triggers/0/config/{place}"]

"""Captures of webhooks: requests to look at, from the test address and from live traffic, which is never stolen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from events.models import Event
from workflow.models import HookCapture, WorkflowExecution
from workflow.tests.hook_support import JSON, SECRET, address, captures, hooked, signed, url

SIGNED = {"header": "X-Signature"}


@pytest.fixture
def client(api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:read", "workflow:write"))


def test_the_test_address_captures_and_starts_nothing(engine, client, sender):
    hook = hooked(engine, secret=SECRET, signature=SIGNED, contact={"path": "body.customer"})
    body = json.dumps({"customer": "C-1", "password": "hunter2-hunter2", "نام": "سارا"}).encode()

    sender.post(
        address(hook, test=True) + "?api_key=abcdefgh&x=1",
        body,
        content_type=JSON,
        headers={
            "X-Signature": signed(body),
            "Authorization": "Bearer abcdefgh",
            "Cookie": "a=b",
            "X-Mine": "ب",
        },
    )
    engine.work()

    (row,) = captures(client, hook)
    assert row["is_test"] is True
    assert row["request"] == {
        "method": "POST",
        "headers": {
            "content-type": JSON,
            "x-signature": signed(body),
            "authorization": "•••",
            "cookie": "•••",
            "x-mine": "ب",
        },
        "query": {"api_key": "•••", "x": "1"},
        "body": {"customer": "C-1", "password": "•••", "نام": "سارا"},
        "signature": "right",
    }
    assert not Event.objects.filter(type__in=["WEBHOOK_RECEIVED", "USER_CREATED"]).exists()
    assert not WorkflowExecution.objects.exists()


def test_a_capture_tells_what_the_signature_was(engine, client, sender):
    plain, hook = hooked(engine), hooked(engine, secret=SECRET, signature=SIGNED)
    sender.post(address(plain, test=True), b"{}", content_type=JSON)
    sender.post(address(hook, test=True), b"{}", content_type=JSON)
    sender.post(address(hook, test=True), b"{}", content_type=JSON, headers={"X-Signature": "00"})

    assert [row["request"]["signature"] for row in captures(client, plain)] == ["not asked for"]
    assert [row["request"]["signature"] for row in captures(client, hook)] == [
        "The signature is not right.",
        "The header X-Signature is missing.",
    ]


def test_a_capture_holds_no_secret_of_ours(engine, client, sender):
    hook = hooked(engine, secret=SECRET, signature=SIGNED)
    token = address(hook).split("/")[2]
    body = json.dumps({"sent_to": address(hook), "with": f"<{SECRET}>"}).encode()

    sender.post(address(hook, test=True), body, content_type=JSON)

    (row,) = captures(client, hook)
    assert token not in json.dumps(row)
    assert row["request"]["body"] == {"sent_to": "/hooks/•••/", "with": "<•••>"}


def test_listening_copies_live_requests_and_steals_none(engine, client, sender):
    hook = hooked(engine)
    sender.post(address(hook), b'{"n": 0}', content_type=JSON)

    shown = client.post(url(hook.workflow, "hook", "capture"), {"minutes": 5}).json()
    sender.post(address(hook), b'{"n": 1}', content_type=JSON)
    engine.work()

    until = datetime.fromisoformat(shown["state"]["listening_until"])
    assert timedelta(minutes=4) < until - datetime.now(UTC) <= timedelta(minutes=5)
    assert [(row["is_test"], row["request"]["body"]) for row in captures(client, hook)] == [(False, {"n": 1})]
    assert WorkflowExecution.objects.count() == 2


def test_listening_ends_by_itself_or_when_told(engine, client, sender):
    hook = hooked(engine)
    path = url(hook.workflow, "hook", "capture")
    client.post(path, {"minutes": 5})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        sender.post(address(hook), b"{}", content_type=JSON)
    assert captures(client, hook) == []

    client.post(path, {"minutes": 5})
    assert client.post(path, {"minutes": 0}).json()["state"]["listening_until"] is None
    sender.post(address(hook), b"{}", content_type=JSON)
    assert captures(client, hook) == []
    assert Event.objects.filter(type="WEBHOOK_RECEIVED").count() == 2


@pytest.mark.parametrize("minutes", [-1, 61, "long", None])
def test_listening_takes_an_hour_at_most(engine, client, minutes):
    hook = hooked(engine)

    assert client.post(url(hook.workflow, "hook", "capture"), {"minutes": minutes}).status_code == 400
    hook.refresh_from_db()
    assert "listening_until" not in hook.state


def test_the_last_twenty_are_kept_of_each_webhook(engine, client, sender):
    first, second = hooked(engine), hooked(engine)
    sender.post(address(second, test=True), b"{}", content_type=JSON)
    for number in range(23):
        sender.post(address(first, test=True), str(number).encode(), content_type=JSON)

    assert [row["request"]["body"] for row in captures(client, first)] == list(range(22, 2, -1))
    assert len(captures(client, second)) == 1


def test_the_test_address_has_the_same_bounds(engine, sender):
    hook = hooked(engine)

    assert sender.post(address(hook, test=True), b"x" * 1_000_001, content_type=JSON).status_code == 413
    assert sender.post(address(hook, test=True), b"{", content_type=JSON).status_code == 400
    assert sender.post("/hooks/unknown/test/", b"{}", content_type=JSON).status_code == 404
    assert not HookCapture.objects.exists()

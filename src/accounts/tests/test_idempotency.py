"""Requests with an idempotency key: done once, however often they are sent."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from accounts.services.keys import issue_api_key
from accounts.tests.probes import Once
from events.models import Event, IdempotencyRecord
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug

ONCE = "/api/v1/once/طلب/"
BODY = {"text": "سلام، کد تخفیف دارید؟"}


@pytest.fixture
def demo_scope(demo):
    """What the test itself reads is demo's."""
    with tenant_scope(demo):
        yield


def send(client, body=BODY, key="k1", path=ONCE, header="Idempotency-Key"):
    return client.post(path, body, headers={header: key} if key else {})


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Request-Id"])
def test_the_same_again_is_answered_and_not_done(header, probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    first, again = send(client, header=header), send(client, header=header)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Event.objects.filter(type="PROBED").count() == 1


def test_without_a_key_each_is_done(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    assert send(client, key=None).json() != send(client, key=None).json()
    assert Event.objects.filter(type="PROBED").count() == 2


def test_another_body_under_the_same_key_is_refused(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    send(client)
    refused = send(client, {"text": "other"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert Event.objects.filter(type="PROBED").count() == 1


def test_another_path_is_another_request(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    assert send(client).json()["name"] != send(client, path="/api/v1/once/two/").json()["name"]
    assert Event.objects.filter(type="PROBED").count() == 2


def test_another_tenant_is_another_request(probe, api, demo, other, demo_key, other_key):
    assert send(api("demo.localhost", key=demo_key())).status_code == 201
    theirs = send(api("other.localhost", key=other_key()))
    assert "Idempotent-Replayed" not in theirs
    with tenant_scope(other):
        assert Event.objects.filter(type="PROBED").count() == 1


def test_a_replay_needs_the_right_too(probe, api, demo_key, demo_scope):
    send(api("demo.localhost", key=demo_key()))
    assert send(api("demo.localhost", key=demo_key("workflow:read"))).status_code == 403
    assert send(api("demo.localhost")).status_code == 401


def test_what_was_refused_may_be_sent_again_corrected(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    assert send(client, {"refuse": True}).status_code == 409
    assert send(client).status_code == 201


def test_what_failed_left_nothing_and_is_done_the_next_time(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    with pytest.raises(RuntimeError):
        send(client, {"fail": True})
    assert not Event.objects.filter(type="PROBED").exists()
    assert not IdempotencyRecord.objects.exists()
    assert send(client).status_code == 201


def test_a_key_has_its_length(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    assert send(client, key="k" * 201).json()["error"]["code"] == "idempotency_key_too_long"
    assert send(client, key="k" * 200).status_code == 201


def test_records_older_than_a_week_go(probe, api, demo_key, demo_scope):
    client = api("demo.localhost", key=demo_key())
    send(client)
    IdempotencyRecord.objects.update(created_at=datetime.now(UTC) - timedelta(days=7, minutes=1))
    assert "Idempotent-Replayed" not in send(client)
    assert IdempotencyRecord.objects.count() == 1


def test_while_the_first_is_being_done_the_second_is_told_to_wait(probe, api, committed_db):
    demo = tenant_by_slug("demo")
    client = api("demo.localhost", key=issue_api_key(tenant=demo, name="k", scopes=["admin:all"]).secret)
    Once.inside.clear()
    Once.go_on.clear()
    answers = []

    def first():
        answers.append(send(client, {"wait": True}))
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert Once.inside.wait(10)
        second = send(client, {"wait": True})
        assert (second.status_code, second["Retry-After"]) == (409, "1")
        assert second.json()["error"]["code"] == "request_in_progress"
    finally:
        Once.go_on.set()
        thread.join()
    assert answers[0].status_code == 201
    assert send(client, {"wait": True})["Idempotent-Replayed"] == "true"
    with tenant_scope(demo):
        assert Event.objects.filter(type="PROBED").count() == 1

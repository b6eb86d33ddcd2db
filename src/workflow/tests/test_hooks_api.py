"""The API of triggers in force: listed with their addresses, rotated, listened to, and closed to those who may not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from events.models import Event
from workflow.models import ArmedTrigger, Entry, EventWait, Workflow, WorkflowExecution
from workflow.services.drafts import delete_workflow
from workflow.services.publishing import activate, pause, publish_draft
from workflow.tests.hook_support import JSON, SECRET, address, captures, code, hooked, signed, url

SIGNED = {"header": "X-Signature"}
WAIT = {"id": "later", "action": "wait", "config": {"minutes": 5}}


@pytest.fixture
def client(api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:read", "workflow:write"))


@pytest.fixture
def reader(api, demo_key):
    """One that may only read them."""
    return api("demo.localhost", key=demo_key("workflow:read"))


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_triggers_in_force(engine, client):
    workflow = engine.workflow(
        triggers=[
            {"id": "sms", "event_type": "MESSAGE_RECEIVED"},
            {"id": "hook", "type": "webhook"},
            {"id": "clock", "type": "schedule", "config": {"cron": "0 9 * * *"}},
            {"id": "call", "type": "called"},
        ],
        nodes=[{"id": "set", "type": "set_variables"}],
    )

    shown = {row["key"]: row for row in client.get(url(workflow)).json()["results"]}

    assert {key: row["type"] for key, row in shown.items()} == {
        "call": "called",
        "clock": "schedule",
        "hook": "webhook",
    }
    hook = ArmedTrigger.objects.get(key="hook")
    assert shown["hook"]["url"] == f"http://demo.localhost{address(hook)}"
    assert shown["hook"]["test_url"] == f"http://demo.localhost{address(hook, test=True)}"
    assert shown["hook"]["is_signing_secret_set"] is False
    assert shown["clock"]["url"] is None
    assert shown["clock"]["config"] == {"cron": "0 9 * * *"}
    assert datetime.fromisoformat(shown["clock"]["state"]["next_at"]) > datetime.now(UTC)
    assert client.get(url(workflow, "clock")).json() == shown["clock"]
    assert client.get(f"/api/v1/workflow/api/workflows/{workflow.id}/triggers/").json()["count"] == 3


def test_the_shown_address_works(engine, client, sender):
    hook = hooked(engine)
    shown = client.get(url(hook.workflow, "hook")).json()

    for key, started in (("test_url", 0), ("url", 1)):
        path = shown[key].removeprefix("http://demo.localhost")
        assert sender.post(path, b"{}", content_type=JSON).status_code == 202
        assert Event.objects.filter(type="WEBHOOK_RECEIVED").count() == started


def test_an_agency_is_shown_its_childs_own_host(engine, demo, api, demo_key, settings):
    hook = hooked(engine)

    shown = api("localhost:8000", key=demo_key()).get(
        url(hook.workflow, "hook"), headers={"X-Tenant": "demo"}
    )

    assert shown.json()["url"] == f"http://demo.localhost:8000{address(hook)}"


def test_who_may_only_read_sees_no_address(engine, reader):
    hook = hooked(engine)

    shown = reader.get(url(hook.workflow, "hook"))

    assert (shown.status_code, shown.json()["url"], shown.json()["test_url"]) == (200, None, None)
    assert address(hook) not in shown.content.decode()


@pytest.mark.parametrize("action", ["rotate", "capture", "reserve"])
def test_who_may_only_read_changes_nothing(engine, reader, action):
    hook = hooked(engine)
    before = ArmedTrigger.objects.filter(id=hook.id).values().get()

    assert reader.post(url(hook.workflow, "hook", action), {"minutes": 5}).status_code == 403

    assert ArmedTrigger.objects.filter(id=hook.id).values().get() == before


def test_another_tenant_sees_nothing(engine, api, other, other_key):
    hook = hooked(engine)
    stranger = api("other.localhost", key=other_key())

    for path in (url(hook.workflow), url(hook.workflow, "hook"), url(hook.workflow, "hook", "captures")):
        assert stranger.get(path).status_code == 404


@pytest.mark.parametrize("action", ["rotate", "capture"])
def test_other_triggers_are_no_webhooks(engine, client, action):
    workflow = engine.workflow(
        triggers=[{"id": "clock", "type": "schedule", "config": {"cron": "0 9 * * *"}}],
        nodes=[{"id": "set", "type": "set_variables"}],
    )

    assert code(client.post(url(workflow, "clock", action), {"minutes": 5})) == (409, "not_a_hook")
    assert client.post(url(workflow, "nothing", action), {"minutes": 5}).status_code == 404


# -- new secrets -------------------------------------------------------------------------------------------------------


def test_a_new_address_ends_the_old_one(engine, client, sender):
    hook = hooked(engine, secret=SECRET, signature=SIGNED)
    old = address(hook)

    rotated = client.post(url(hook.workflow, "hook", "rotate"), {}).json()

    new = rotated["trigger"]["url"].removeprefix("http://demo.localhost")
    assert new != old
    assert rotated["signing_secret"] is None
    assert code(sender.post(old, b"{}", content_type=JSON)) == (404, "unknown_hook")
    # The secret of the signatures is as it was.
    answer = sender.post(new, b"{}", content_type=JSON, headers={"X-Signature": signed(b"{}")})
    assert answer.status_code == 202


@pytest.mark.parametrize("given", ["", "مفتاح-طويل-جدا"])
def test_a_new_signing_secret_ends_the_old_one(engine, client, sender, given):
    hook = hooked(engine, secret=SECRET, signature=SIGNED)
    body = {"part": "signing_secret", **({"secret": given} if given else {})}

    rotated = client.post(url(hook.workflow, "hook", "rotate"), body).json()

    secret = rotated["signing_secret"]
    assert secret == given or (not given and len(secret) >= 32)
    assert rotated["trigger"]["url"].endswith(address(hook))
    assert rotated["trigger"]["is_signing_secret_set"] is True
    statuses = [
        sender.post(
            address(hook), b"{}", content_type=JSON, headers={"X-Signature": signed(b"{}", secret=s)}
        ).status_code
        for s in (SECRET, secret)
    ]
    assert statuses == [403, 202]
    assert secret not in client.get(url(hook.workflow, "hook")).content.decode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"part": "everything"}, "part"),
        ({"part": "signing_secret", "secret": "short"}, "secret"),
        ({"secret": "long-enough"}, "secret"),
    ],
)
def test_what_cannot_be_rotated(engine, client, body, field):
    hook = hooked(engine)
    before = address(hook)

    answer = client.post(url(hook.workflow, "hook", "rotate"), body)

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])
    hook.refresh_from_db()
    assert address(hook) == before


def test_answers_with_secrets_are_not_recorded_under_idempotency_keys(engine, client):
    hook = hooked(engine)
    path = url(hook.workflow, "hook", "rotate")

    answers = [client.post(path, {}, headers={"Idempotency-Key": "k"}).json() for _ in range(2)]

    assert answers[0]["trigger"]["url"] != answers[1]["trigger"]["url"]


# -- before publishing -------------------------------------------------------------------------------------------------


def test_a_draft_can_have_its_address_before_it_is_published(engine, client, sender):
    draft = {
        "triggers": [{"id": "hook", "type": "webhook"}, {"id": "sms", "event_type": "MESSAGE_RECEIVED"}],
        "nodes": [{"id": "set", "type": "set_variables"}],
    }
    workflow = Workflow.objects.create(name="مسودة", draft=draft)

    reserved = client.post(url(workflow, "hook", "reserve")).json()

    hook = ArmedTrigger.objects.get()
    assert (reserved["url"], reserved["armed_at"]) == (f"http://demo.localhost{address(hook)}", None)
    assert code(sender.post(address(hook), b"{}", content_type=JSON)) == (409, "not_active")
    assert sender.post(address(hook, test=True), b'{"a": 1}', content_type=JSON).status_code == 202
    assert [row["request"]["body"] for row in captures(client, hook)] == [{"a": 1}]

    publish_draft(workflow, by="test")
    activate(workflow)
    assert sender.post(address(hook), b"{}", content_type=JSON).status_code == 202
    again = client.post(url(workflow, "hook", "reserve")).json()
    assert again["url"] == reserved["url"]
    assert code(client.post(url(workflow, "sms", "reserve"))) == (409, "not_a_hook")
    assert code(client.post(url(workflow, "nothing", "reserve"))) == (409, "not_a_hook")


def test_a_reserved_address_follows_its_draft(engine, client):
    workflow = Workflow.objects.create(
        name="w", draft={"triggers": [{"id": "hook", "type": "webhook", "config": {"methods": ["PUT"]}}]}
    )
    refused = client.post(url(workflow, "hook", "reserve"))
    assert refused.status_code == 400
    assert not ArmedTrigger.objects.exists()

    seen = []
    for methods in (["GET"], ["POST"]):
        workflow.draft["triggers"][0]["config"] = {"methods": methods}
        workflow.save()
        seen.append(client.post(url(workflow, "hook", "reserve")).json())

    assert [row["config"] for row in seen] == [{"methods": ["GET"]}, {"methods": ["POST"]}]
    assert seen[0]["url"] == seen[1]["url"]


# -- the end -----------------------------------------------------------------------------------------------------------


def test_a_workflow_with_all_that_hangs_on_it_can_be_deleted(engine, client, sender):
    called = engine.workflow(triggers=[{"id": "call", "type": "called"}], nodes=[WAIT], name="called")
    workflow = engine.workflow(
        triggers=[{"id": "hook", "type": "webhook"}, {"event_type": "MESSAGE_RECEIVED"}],
        nodes=[
            {"id": "both", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(called.id)}},
            {
                "id": "wait",
                "action": "wait",
                "config": {"event": {"event_type": "MESSAGE_RECEIVED", "timeout": {"minutes": 5}}},
            },
        ],
        edges=[
            {"source": "both", "target": "sub", "port": "a"},
            {"source": "both", "target": "wait", "port": "b"},
        ],
        policy={"reentry": {"rule": "once"}},
        name="calling",
    )
    hook = ArmedTrigger.objects.get(workflow=workflow)
    sender.post(address(hook, test=True), b"{}", content_type=JSON)
    engine.happen(engine.contact())
    engine.work()
    pause(workflow)
    assert EventWait.objects.exists()
    assert Entry.objects.exists()
    child = WorkflowExecution.objects.get(workflow=called)
    assert child.parent_id is not None

    delete_workflow(workflow.id)
    # Foreign keys are checked at the end of a transaction, which a test does not come to.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert [row.id for row in Workflow.objects.all()] == [called.id]
    assert not ArmedTrigger.objects.filter(key="hook").exists()
    child.refresh_from_db()
    assert (child.parent_id, child.state) == (None, "waiting")
    engine.let_time_pass()
    engine.work()
    child.refresh_from_db()
    assert child.state == "completed"

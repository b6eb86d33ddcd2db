"""The door for events of the tenant's own systems: the promised call, who may make it, and what it makes of oddities."""

from __future__ import annotations

import json
import uuid

import pytest
from django.apps import apps

from events.models import Event
from tenants.scope import tenant_scope
from workflow.models import EventType, WorkflowExecution
from workflow.services.samples import install_samples

PROMISED = "/api/v1/workflow/api/triggers/process_event/"
OWN = "/api/v1/workflow/triggers/process_event/"
#: The body of the specification's curl.
BODY = {
    "event_type": "MESSAGE_RECEIVED",
    "data": {"message_id": "msg123", "content": "سلام، کد تخفیف دارید؟", "timestamp": "2024-01-01T10:00:00Z"},
    "user_id": "customer123",
    "conversation_id": "conv123",
}


@pytest.fixture
def program(api, demo_key):
    """A program of demo with the right to send events."""
    return api("demo.localhost", key=demo_key("workflow:write"))


@pytest.mark.parametrize("path", [PROMISED, OWN])
def test_the_promised_call(scope, program, path):
    answer = program.post(path, BODY)

    assert answer.status_code == 202, answer.json()
    event = Event.objects.get(id=answer.json()["event_id"])
    assert (event.type, event.data["content"]) == ("MESSAGE_RECEIVED", "سلام، کد تخفیف دارید؟")
    assert event.data["external_conversation_id"] == "conv123"
    assert (event.conversation_id, event.actor[:4], event.depth) == (None, "key:", 0)
    assert apps.get_model("crm", "Contact").objects.get(id=event.contact_id).external_id == "customer123"
    assert {**answer.json(), "links": None} == {
        "event_id": str(event.id),
        "status": "queued",
        "matched": [],
        "links": None,
    }


def test_the_promised_call_starts_the_sample(engine, program, chat):
    samples = {workflow.name: workflow for workflow in install_samples()}
    program.post(PROMISED, {"event_type": "CHANNEL_NOTICE", "user_id": "customer123"})
    customer = apps.get_model("crm", "Contact").objects.get(external_id="customer123").id
    engine.tag(customer, "interested")
    engine.work()
    conversation = chat(customer)

    answer = program.post(PROMISED, BODY).json()
    assert answer["matched"] == [{"workflow": str(samples["coupon"].id), "name": "coupon"}]
    engine.work()

    assert WorkflowExecution.objects.get(event_id=answer["event_id"]).state == "waiting"
    assert "کد تخفیف" in conversation.messages.get().text
    for link in answer["links"].values():
        assert program.get(link).status_code == 200, link


# -- who may ---------------------------------------------------------------------------------------------------------


def _refused(answer, status: int) -> None:
    assert answer.status_code == status, answer.content
    assert set(answer.json()["error"]) == {"code", "message", "fields", "request_id"}


@pytest.mark.parametrize(
    ("host", "header", "status"),
    [
        ("demo.localhost", None, 401),
        ("demo.localhost", "Bearer nonsense", 401),
        ("demo.localhost", "demo:crm:write", 403),
        ("demo.localhost", "demo:workflow:read", 403),
        ("demo.localhost", "other:workflow:write", 403),
        ("other.localhost", "demo:workflow:write", 403),
        ("demo.localhost", "demo:workflow:write", 202),
        ("demo.localhost", "demo:admin:all", 202),
    ],
)
def test_who_may(api, demo, other, demo_key, other_key, host, header, status):
    keys = {"demo": demo_key, "other": other_key}
    owner, _, wanted = (header or "").partition(":")
    key = keys[owner](wanted) if owner in keys else None
    client = api(host, key=key)
    if header and key is None:
        client.credentials(HTTP_AUTHORIZATION=header)

    answer = client.post(PROMISED, BODY)

    if status == 202:
        assert answer.status_code == 202, answer.json()
    else:
        _refused(answer, status)
    for tenant in (demo, other):
        with tenant_scope(tenant):
            expected = int(status == 202 and tenant.slug == "demo")
            assert Event.objects.filter(type="MESSAGE_RECEIVED").count() == expected


def test_a_members_session_may_by_its_role(api, scope, alice, bob):
    _refused(api("demo.localhost", user=bob).post(OWN, BODY), 403)

    assert api("demo.localhost", user=alice).post(OWN, BODY).status_code == 202
    assert Event.objects.get(type="MESSAGE_RECEIVED").actor == f"member:{alice.id}"


# -- what it takes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "event_type", "required"),
        ({"event_type": "NO_SUCH"}, "event_type", "There is no event type 'NO_SUCH'; known: "),
        ({**BODY, "data": [1]}, "data", "JSON object"),
        ({**BODY, "data": "text"}, "data", "JSON object"),
        ({**BODY, "data": {"x": "y" * 600_000}}, "data", "larger than 512 KB"),
        ({**BODY, "user_id": "x" * 121}, "user_id", "120"),
        ({**BODY, "user_id": "a\x00b"}, "user_id", "Null characters"),
        ({**BODY, "conversation_id": ["a"]}, "conversation_id", "Not a valid string"),
        ({**BODY, "timestamp": "yesterday"}, "timestamp", "wrong format"),
    ],
)
def test_a_wrong_field_is_named(scope, program, body, field, words):
    answer = program.post(PROMISED, body)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["fields"][field][0]
    assert not Event.objects.exists()


def test_the_known_types_are_named_the_tenants_own_too(scope, program):
    EventType.objects.create(code="PARCEL_LEFT", label="بسته ارسال شد")

    message = program.post(PROMISED, {"event_type": "X"}).json()["error"]["fields"]["event_type"][0]

    assert "MESSAGE_RECEIVED" in message
    assert "PARCEL_LEFT" in message
    assert program.post(PROMISED, {"event_type": "PARCEL_LEFT"}).status_code == 202


def _nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    "data", [_nested(60), _nested(100_000), '{"x": NaN}', '{"x": 1e999}', '{"x": "\\ud800"}']
)
def test_json_that_cannot_be_stored_is_refused(scope, program, data):
    body = f'{{"event_type": "MESSAGE_RECEIVED", "data": {data}}}'

    assert program.post(PROMISED, body, content_type="application/json").status_code == 400


def test_nul_is_taken_out(scope, program):
    answer = program.post(PROMISED, {**BODY, "data": {"content": "س\x00لام", "k\x00": ["\x00"]}})

    assert answer.status_code == 202
    assert Event.objects.get(id=answer.json()["event_id"]).data == {
        "content": "سلام",
        "k": [""],
        "external_conversation_id": "conv123",
    }


def test_the_time_is_the_senders(scope, program):
    answer = program.post(PROMISED, {**BODY, "timestamp": "2024-01-01T10:00:00+01:00"})

    assert (
        Event.objects.get(id=answer.json()["event_id"]).occurred_at.isoformat() == "2024-01-01T09:00:00+00:00"
    )


@pytest.mark.parametrize(
    "nothing", [{}, {"user_id": "", "conversation_id": ""}, {"user_id": None, "conversation_id": None}]
)
def test_an_event_of_nobody(scope, program, nothing):
    answer = program.post(PROMISED, {"event_type": "CHANNEL_NOTICE", **nothing})

    event = Event.objects.get(id=answer.json()["event_id"])
    assert (event.contact_id, event.conversation_id, event.data) == (None, None, {})


def test_our_own_ids_are_known(engine, program, chat):
    amina = engine.contact()
    conversation = chat(amina)
    body = {**BODY, "user_id": str(amina), "conversation_id": str(conversation.id)}

    event = Event.objects.get(id=program.post(PROMISED, body).json()["event_id"])

    assert (event.contact_id, event.conversation_id) == (amina, conversation.id)
    assert "external_conversation_id" not in event.data


def test_another_tenants_conversation_is_not_known(scope, program):
    unknown = str(uuid.uuid4())

    event = Event.objects.get(
        id=program.post(PROMISED, {**BODY, "conversation_id": unknown}).json()["event_id"]
    )

    assert (event.conversation_id, event.data["external_conversation_id"]) == (None, unknown)


# -- once ------------------------------------------------------------------------------------------------------------


def _count() -> int:
    return Event.objects.filter(type=BODY["event_type"]).count()


def test_a_message_that_came_before_is_known_by_its_id(scope, program, api, demo_key):
    first = program.post(PROMISED, BODY)
    again = program.post(PROMISED, {**BODY, "data": {**BODY["data"], "content": "retry"}})
    # With a renewed key, on the other path.
    renewed = api("demo.localhost", key=demo_key("workflow:write")).post(OWN, BODY)

    assert [answer.status_code for answer in (first, again, renewed)] == [202, 200, 200]
    assert again.json()["status"] == renewed.json()["status"] == "duplicate"
    assert {answer.json()["event_id"] for answer in (first, again, renewed)} == {first.json()["event_id"]}
    assert _count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"message_id": "msg124"}},
        {"data": {"message_id": 123}},
        {"data": {}},
        {"user_id": "customer124"},
        {"conversation_id": "conv124"},
        {"event_type": "MESSAGE_EDITED"},
    ],
)
def test_anything_else_is_another_event(scope, program, change):
    program.post(PROMISED, BODY)

    assert program.post(PROMISED, {**BODY, **change}).json()["status"] == "queued"


def test_events_without_a_message_id_are_each_their_own(scope, program):
    body = {**BODY, "data": {"content": "سلام"}}

    assert {program.post(PROMISED, body).status_code for _ in range(2)} == {202}
    assert _count() == 2


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Request-Id"])
def test_the_same_request_is_answered_the_same(scope, program, header):
    body = {**BODY, "data": {"content": "سلام"}}

    first, again = (program.post(PROMISED, body, headers={header: "k-1"}) for _ in range(2))

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert _count() == 1
    assert program.post(PROMISED, {**body, "user_id": "x"}, headers={header: "k-1"}).status_code == 422


def test_a_full_queue_asks_to_come_again(engine, program, settings):
    engine.workflow({"action": "add_tag", "config": {"tag": "x"}})
    for _ in range(3):
        engine.happen(engine.contact())
    settings.QUEUE_TENANT_CAP = 3
    before = Event.objects.count()

    answer = program.post(PROMISED, BODY)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert answer.json()["error"]["code"] == "queue_full"
    assert Event.objects.count() == before
    settings.QUEUE_TENANT_CAP = 4
    assert program.post(PROMISED, BODY).status_code == 202


def test_waiting_timers_do_not_fill_the_queue(engine, program, settings):
    engine.workflow({"action": "wait", "config": {"days": 1}})
    for _ in range(3):
        engine.run(engine.contact())
    settings.QUEUE_TENANT_CAP = 2

    assert program.post(PROMISED, BODY).status_code == 202


def test_it_costs_few_queries(engine, program, django_assert_max_num_queries):
    engine.workflow(
        {"action": "add_tag", "config": {"tag": "x"}},
        predicate={"field": "user.tags", "op": "contains", "value": "interested"},
    )
    program.post(PROMISED, {**BODY, "data": {}})

    with django_assert_max_num_queries(20):
        program.post(PROMISED, json.loads(json.dumps(BODY)))


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post(scope, program, method):
    assert getattr(program, method)(PROMISED).status_code == 405

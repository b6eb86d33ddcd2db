"""The API of named blocks, event types and the catalogue; trying out without doing; a single action run now."""

from __future__ import annotations

import pytest

from events.models import Event
from workflow.actions.base import ACTIONS
from workflow.models import Action, EventType, Trigger

URL = "/api/v1/workflow/"
COUPON = {
    "all": [
        {"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"},
        {"field": "user.tags", "op": "contains", "value": "interested"},
    ]
}


@pytest.fixture
def client(scope, api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


def _make(client, noun: str, **body) -> str:
    answer = client.post(f"{URL}{noun}/", body)
    assert answer.status_code == 201, answer.json()
    return f"{URL}{noun}/{answer.json()['id']}/"


GOOD = {
    "triggers": {"name": "کوپن", "event_type": "MESSAGE_RECEIVED", "predicate": COUPON},
    "conditions": {"name": "علاقه‌مند", "predicate": COUPON},
    "actions": {
        "name": "سلام",
        "type": "add_note",
        "config": {"text": "سلام {{ user.name }}"},
        "retry": {"attempts": 2},
    },
}


@pytest.mark.parametrize("noun", GOOD)
def test_create_show_change_list_delete(client, noun, django_assert_max_num_queries):
    address = _make(client, noun, **GOOD[noun])

    shown = client.get(address).json()
    assert {key: shown[key] for key in GOOD[noun]} == GOOD[noun]
    assert client.patch(address, {"description": "وصف"}).json()["description"] == "وصف"
    with django_assert_max_num_queries(5):
        assert client.get(f"{URL}{noun}/?search=وصف&ordering=-updated_at").json()["count"] == 1
    assert client.get(f"{URL}{noun}/?search=nothing").json()["count"] == 0
    assert client.post(f"{URL}{noun}/", GOOD[noun]).json()["error"]["fields"]["name"]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("noun", "change", "field", "words"),
    [
        ("triggers", {"event_type": "NO_SUCH"}, "event_type", "known: "),
        (
            "triggers",
            {"predicate": {"field": "user.nme", "op": "is_null"}},
            "predicate.field",
            "did you mean",
        ),
        ("triggers", {"predicate": {"all": [{"op": "x"}]}}, "predicate.all.0", "field"),
        ("conditions", {"predicate": {}}, "predicate", "needs a predicate"),
        ("conditions", {"predicate": "x"}, "predicate", "JSON object"),
        ("actions", {"type": "no_such"}, "type", "known: "),
        ("actions", {"config": {}}, "config.text", "Field required"),
        ("actions", {"config": {"text": "{{ user.name | nofilter }}"}}, "config.text", "nofilter"),
        ("actions", {"type": "wait"}, "config.text", "Extra inputs"),
        ("actions", {"retry": {"attempts": 0}}, "retry.attempts", "greater than or equal"),
    ],
)
def test_blocks_are_checked_when_they_are_saved(client, noun, change, field, words):
    answer = client.post(f"{URL}{noun}/", {**GOOD[noun], **change})
    assert (answer.status_code, words in str(answer.json()["error"]["fields"].get(field))) == (400, True), (
        answer.json()
    )

    address = _make(client, noun, **GOOD[noun])
    assert client.patch(address, change).status_code == 400
    shown = client.get(address).json()
    assert {key: shown[key] for key in GOOD[noun]} == GOOD[noun]


# -- trying out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noun", ["triggers", "conditions"])
@pytest.mark.parametrize(
    ("sample", "result"),
    [
        ({"data": {"content": "کد تخفیف؟"}, "context": {"user": {"tags": ["interested"]}}}, "true"),
        ({"data": {"content": "کد تخفیف؟"}, "context": {"user": {"tags": []}}}, "false"),
        ({"data": {"content": ["list", "کد تخفیف"]}, "context": {"user": {"tags": "interested"}}}, "true"),
        ({"data": {"content": 5}, "context": {"user": {"tags": ["interested"]}}}, "error"),
        ({}, "false"),
    ],
)
def test_a_predicate_is_tried_on_a_sample(client, noun, sample, result):
    tried = client.post(f"{_make(client, noun, **GOOD[noun])}test/", sample).json()

    assert tried["result"] == result
    assert tried["explanation"]["result"] == result
    assert "event.data.content icontains" in tried["text"]
    assert tried["problems"] == []


def test_trying_reads_the_contact_and_makes_none(client, engine):
    amina = engine.contact("interested")
    address = f"{_make(client, 'triggers', **GOOD['triggers'])}test/"
    before = Event.objects.count()

    sample = {"data": {"content": "کد تخفیف"}, "user_id": str(amina)}
    assert client.post(address, sample).json()["result"] == "true"
    assert client.post(address, {**sample, "user_id": "nobody-yet"}).json()["result"] == "false"

    assert Event.objects.count() == before


def test_trying_on_a_real_event(client, engine):
    address = f"{_make(client, 'triggers', **GOOD['triggers'])}test/"
    good = engine.happen(engine.contact("interested"), content="کد تخفیف")
    wrong_type = engine.happen(engine.contact("interested"), "NOTE_ADDED", content="کد تخفیف")

    assert client.post(address, {"event_id": str(good.id)}).json()["result"] == "true"
    tried = client.post(address, {"event_id": str(wrong_type.id)}).json()
    assert (tried["result"], tried["text"]) == (
        "false",
        "The trigger waits for MESSAGE_RECEIVED; this is NOTE_ADDED.",
    )
    missing = client.post(address, {"event_id": "00000000-0000-0000-0000-000000000000"})
    assert "event_id" in missing.json()["error"]["fields"]


def test_a_trigger_without_a_predicate_takes_everything(client):
    address = _make(client, "triggers", name="all", event_type="TAG_ADDED")

    assert client.post(f"{address}test/", {}).json()["result"] == "true"


@pytest.mark.parametrize(
    ("config", "valid", "shown"),
    [
        (
            {"url": "https://a.example", "headers": {"Authorization": "Bearer s3cret-123"}},
            True,
            {"Authorization": "•••"},
        ),
        ({"url": "https://a.example", "timeout_s": "{{ event.data.t }}"}, True, {}),
        ({"url": "https://a.example", "method": "{{ event.data.t }}"}, False, {}),
    ],
)
def test_an_action_is_filled_in_and_not_done(client, httpserver, config, valid, shown):
    address = _make(client, "actions", name="call", type="webhook", config=config)
    events = Event.objects.count()

    tried = client.post(f"{address}test/", {"data": {"t": 5}}).json()

    assert tried["valid"] is valid
    assert tried["config"].get("headers", {}) == shown
    assert bool(tried["problems"]) is not valid
    assert Event.objects.count() == events


def test_an_action_that_can_no_more_be_is_told(client):
    """Saved before a field was taken out of the code."""
    row = Action.objects.create(name="old", type="add_note", config={"txt": "x"})

    tried = client.post(f"{URL}actions/{row.id}/test/", {}).json()

    assert tried["valid"] is False
    assert {problem["place"] for problem in tried["problems"]} == {"config/text", "config/txt"}


@pytest.mark.parametrize("named", ["فروشگاه", "{{ event.data.shop }}"])
def test_what_an_action_names_may_be_missing_until_it_is_used(client, named):
    config = {"url": "https://example.com/", "connection": named}
    address = _make(client, "actions", name="shop", type="http_request", config=config)

    tried = client.post(f"{address}test/", {"data": {"shop": "فروشگاه"}}).json()

    assert tried["valid"] is False
    assert tried["problems"] == [
        {"place": "config/connection", "message": "there is no connection 'فروشگاه'; choose another"}
    ]


# -- the catalogue -----------------------------------------------------------------------------------------------------


def test_action_types(client):
    types = client.get(f"{URL}actions/action_types/").json()

    assert [row["slug"] for row in types] == list(ACTIONS)
    assert all(row["config_schema"]["type"] == "object" for row in types)


def test_fields(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        shown = client.get(f"{URL}fields/").json()

    fields = {field["path"]: field for field in shown["fields"]}
    assert {"event.data.*", "user.tags", "conversation.status", "steps.*", "now"} <= set(fields)
    assert fields["user"]["operators"] == ["performed"]
    assert {"icontains", "performed"} <= {operator["slug"] for operator in shown["operators"]}
    assert "$defs" in shown["predicate_schema"]
    message = next(row for row in shown["event_types"] if row["code"] == "MESSAGE_RECEIVED")
    assert "content" in message["schema"]["properties"]


def test_own_event_types(client, engine):
    body = {"code": "PARCEL_LEFT", "label": "بسته ارسال شد", "schema": {"type": "object"}}
    address = f"{URL}event-types/PARCEL_LEFT/"

    assert client.post(f"{URL}event-types/", body).json()["is_builtin"] is False
    assert client.post(f"{URL}event-types/", body).status_code == 400
    assert client.get(f"{URL}event-types/?is_builtin=false").json()["count"] == 1
    assert client.patch(address, {"label": "x"}).json()["label"] == "x"
    assert client.patch(address, {"code": "OTHER"}).status_code == 400
    engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, on="PARCEL_LEFT")
    assert client.delete(address).status_code == 409
    engine.pause_all()
    Trigger.objects.create(name="t", event_type="PARCEL_LEFT")
    assert client.delete(address).status_code == 409
    Trigger.objects.all().delete()
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("code", ["lower", "1ST", "WITH SPACE", "ÀCCENT", ""])
def test_codes_are_upper_snake(client, code):
    assert "code" in client.post(f"{URL}event-types/", {"code": code, "label": "x"}).json()["error"]["fields"]


def test_built_in_event_types_stay(client):
    address = f"{URL}event-types/MESSAGE_RECEIVED/"

    assert client.patch(address, {"label": "x"}).status_code == 409
    assert client.delete(address).status_code == 409
    assert EventType.objects.get(code="MESSAGE_RECEIVED").label == "Message received"


# -- one action, now ---------------------------------------------------------------------------------------------------


def test_run_an_internal_action(client, engine):
    amina = engine.contact()
    body = {"config": {"tag": "vip"}, "user_id": str(amina)}

    answer = client.post(f"{URL}actions/run/add_tag/", body)

    assert answer.json() == {"action": "add_tag", "output": {"tag": "vip", "changed": True}}
    assert engine.user(amina)["tags"] == ["vip"]
    asked = Event.objects.get(type="ACTION_REQUESTED")
    told = Event.objects.filter(type="TAG_ADDED").latest("id")
    assert (told.causation_id, told.depth, told.actor[:4]) == (asked.id, 1, "key:")
    assert asked.data["config"] == {"tag": "vip"}


def test_running_twice_with_one_key_is_running_once(client, engine, chat):
    amina = engine.contact()
    conversation = chat(amina)
    body = {"config": {"text": "سلام"}, "user_id": str(amina)}

    answers = [
        client.post(f"{URL}actions/run/send_message/", body, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert conversation.messages.count() == 1
    client.post(f"{URL}actions/run/send_message/", body, headers={"Idempotency-Key": "k2"})
    assert conversation.messages.count() == 2


def test_run_an_external_action(client, engine, httpserver, settings, monkeypatch):
    from workflow.services import running

    settings.OUTBOUND_ALLOWED_PRIVATE = [f"{httpserver.host}:{httpserver.port}"]
    running._http.cache_clear()
    httpserver.expect_request("/hook").respond_with_json({"ok": True})
    body = {"config": {"url": httpserver.url_for("/hook"), "headers": {"Authorization": "Bearer s3cret-123"}}}

    answer = client.post(f"{URL}actions/run/webhook/", body, headers={"Idempotency-Key": "key-1"})
    running._http().close()
    running._http.cache_clear()

    assert answer.json()["output"] == {"status": 200, "json_body": {"ok": True}, "text": ""}
    ((request, _),) = httpserver.log
    assert request.headers["Idempotency-Key"] == "key-1"
    assert "s3cret" not in str(Event.objects.get(type="ACTION_REQUESTED").data)


@pytest.mark.parametrize(
    ("slug", "body", "status", "code"),
    [
        ("no_such", {}, 404, "not_found"),
        ("add_tag", {"config": {}}, 400, "invalid"),
        ("add_tag", {"config": {"tag": "x"}}, 400, "missing_subject"),
        ("wait", {"config": {"minutes": 1}}, 400, "only_in_workflows"),
        ("webhook", {"config": {"url": "http://127.0.0.1:1/"}}, 400, "blocked_address"),
    ],
)
def test_a_refused_run_leaves_nothing(client, slug, body, status, code):
    answer = client.post(f"{URL}actions/run/{slug}/", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    # An outside call is told of before it is made.
    assert Event.objects.count() == (1 if slug == "webhook" else 0)


def test_running_needs_the_right(scope, api, demo_key, other_key):
    for key, status in ((demo_key("workflow:read"), 403), (demo_key("crm:write"), 403), (other_key(), 403)):
        answer = api("demo.localhost", key=key).post(f"{URL}actions/run/add_note/", {"config": {"text": "x"}})
        assert answer.status_code == status
    assert not Event.objects.exists()

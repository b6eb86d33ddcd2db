"""The API of what happened: executions, the log, events, and the answer to "why did this not run?"."""

from __future__ import annotations

import uuid

import pytest

from workflow.models import TriggerEventLog, Workflow, WorkflowExecution
from workflow.services.publishing import pause, publish_draft

URL = "/api/v1/workflow/"


@pytest.fixture
def client(scope, api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


def _count(client, noun: str, query: str) -> int:
    answer = client.get(f"{URL}{noun}/?{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()["count"]


def test_executions_are_listed_and_filtered(client, engine, chat, django_assert_max_num_queries):
    first = engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, name="اول")
    engine.workflow({"action": "wait", "config": {"hours": 1}}, name="دوم")
    amina, badr = engine.contact(), engine.contact()
    conversation = chat(amina)
    event = engine.happen(amina, conversation_id=conversation.id)
    engine.happen(badr)
    engine.happen(None)
    engine.work()

    assert _count(client, "workflow-executions", "") == 6
    assert _count(client, "workflow-executions", f"workflow={first.id}") == 3
    assert _count(client, "workflow-executions", "state=waiting") == 3
    assert _count(client, "workflow-executions", "state=waiting&state=failed") == 4
    assert _count(client, "workflow-executions", f"contact={badr}") == 2
    assert _count(client, "workflow-executions", f"conversation={conversation.id}") == 2
    assert _count(client, "workflow-executions", f"event={event.id}&state=completed") == 1
    assert _count(client, "workflow-executions", "search=دوم") == 3
    assert _count(client, "workflow-executions", "started_after=2020-01-01T00:00:00Z") == 6
    assert _count(client, "workflow-executions", "started_before=2020-01-01T00:00:00Z") == 0
    with django_assert_max_num_queries(5):
        rows = client.get(f"{URL}workflow-executions/?ordering=-started_at").json()["results"]
    assert "outputs" not in rows[0]
    assert {row["workflow_name"] for row in rows} == {"اول", "دوم"}


@pytest.mark.parametrize("query", ["workflow=x", "state=nope", "event=\x00", "started_after=soon"])
def test_a_filter_that_makes_no_sense_is_told(client, query):
    assert client.get(f"{URL}workflow-executions/?{query}").status_code == 400


def test_an_execution_with_its_steps(client, engine, django_assert_max_num_queries):
    engine.workflow(*({"action": "add_tag", "config": {"tag": f"t{n}"}} for n in range(5)))
    execution = engine.run(engine.contact())

    with django_assert_max_num_queries(8):
        shown = client.get(f"{URL}workflow-executions/{execution.id}/").json()

    assert [step["node"] for step in shown["steps"]] == [f"step_{n}" for n in range(1, 6)]
    assert shown["steps"][0]["input"] == {"tag": "t0"}
    assert shown["outputs"]["step_5"] == {"tag": "t4", "changed": True}
    assert shown["version_number"] == 1


def test_cancel_and_retry(client, engine):
    engine.workflow({"action": "wait", "config": {"hours": 1}})
    waiting = engine.run(engine.contact())
    address = f"{URL}workflow-executions/{waiting.id}/"

    shown = client.post(f"{address}cancel/").json()
    assert (shown["state"], shown["steps"][0]["state"], shown["node"]) == ("cancelled", "cancelled", "step_1")
    assert "cancelled by key:" in shown["error"]
    again = client.post(f"{address}cancel/")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_ended")
    assert client.post(f"{address}retry/").status_code == 409


def test_retry_a_failed_one(client, engine, httpserver):
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=400)
    httpserver.expect_ordered_request("/hook").respond_with_json({})
    engine.workflow(
        {"action": "webhook", "config": {"url": httpserver.url_for("/hook")}},
        {"action": "add_tag", "config": {"tag": "done"}},
    )
    amina = engine.contact()
    failed = engine.run(amina)
    assert failed.state == "failed"

    answer = client.post(f"{URL}workflow-executions/{failed.id}/retry/")
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    engine.work()

    failed.refresh_from_db()
    assert (failed.state, failed.error, engine.user(amina)["tags"]) == ("completed", "", ["done"])


def test_reading_is_not_steering(scope, api, demo_key, engine):
    reader = api("demo.localhost", key=demo_key("workflow:read"))
    engine.workflow({"action": "wait", "config": {"hours": 1}})
    execution = engine.run(engine.contact())
    address = f"{URL}workflow-executions/{execution.id}/"

    assert reader.get(address).status_code == 200
    assert reader.post(f"{address}cancel/").status_code == 403
    assert reader.delete(address).status_code in (403, 405)
    execution.refresh_from_db()
    assert execution.state == "waiting"


def test_another_tenant_sees_none_of_it(scope, api, other_key, engine):
    stranger = api("other.localhost", key=other_key())
    engine.workflow({"action": "wait", "config": {"hours": 1}})
    execution = engine.run(engine.contact())

    for noun in ("workflow-executions", "events", "trigger-event-logs"):
        assert _count(stranger, noun, "") == 0
    assert stranger.get(f"{URL}workflow-executions/{execution.id}/").status_code == 404
    assert stranger.post(f"{URL}workflow-executions/{execution.id}/cancel/").status_code == 404
    assert stranger.get(f"{URL}events/{execution.event_id}/explain/").status_code == 404
    execution.refresh_from_db()
    assert execution.state == "waiting"


def test_the_log(client, engine, django_assert_max_num_queries):
    workflow = engine.workflow(
        {"action": "add_tag", "config": {"tag": "x"}},
        predicate={"field": "event.data.total", "op": "greater", "value": 5},
    )
    event = engine.happen(engine.contact(), total="abc")
    engine.happen(engine.contact(), total=6)
    engine.work()

    assert _count(client, "trigger-event-logs", f"workflow={workflow.id}") == 2
    assert _count(client, "trigger-event-logs", "result=started") == 1
    with django_assert_max_num_queries(5):
        (row,) = client.get(f"{URL}trigger-event-logs/?event={event.id}").json()["results"]
    assert (row["result"], row["workflow_name"], row["execution_id"]) == ("error", workflow.name, None)
    assert row["detail"]["actual"] == "'abc'"


def test_events_are_listed_and_filtered(client, engine, django_assert_max_num_queries):
    amina, badr = engine.contact(), engine.contact()
    for person in (amina, amina, badr):
        engine.happen(person, content="سلام")

    assert _count(client, "events", "type=MESSAGE_RECEIVED") == 3
    assert _count(client, "events", f"type=MESSAGE_RECEIVED&contact={amina}") == 2
    assert _count(client, "events", "recorded_before=2020-01-01T00:00:00Z") == 0
    with django_assert_max_num_queries(5):
        rows = client.get(f"{URL}events/?type=MESSAGE_RECEIVED").json()["results"]
    assert rows[0]["contact_id"] == str(badr)
    assert client.get(f"{URL}events/{rows[0]['id']}/").json()["data"] == {"content": "سلام"}
    assert client.get(f"{URL}events/{uuid.uuid4()}/").status_code == 404
    assert client.get(f"{URL}events/x/").status_code == 404


# -- why? ----------------------------------------------------------------------------------------------------------------


def _explained(client, event) -> dict[str, dict]:
    answer = client.get(f"{URL}events/{event.id}/explain/")
    assert answer.status_code == 200, answer.json()
    return {row["name"]: row for row in answer.json()["workflows"]}


def test_why_each_workflow_ran_or_did_not(client, engine):
    tag = {"action": "add_tag", "config": {"tag": "x"}}
    content = {"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"}
    engine.workflow(tag, name="runs", predicate=content)
    engine.workflow(tag, name="other words", predicate={**content, "value": "فاکتور"})
    engine.workflow(
        tag, name="cannot tell", predicate={"field": "event.data.content", "op": "greater", "value": 5}
    )
    pause(engine.workflow(tag, name="asleep"))
    engine.workflow(tag, name="other type", on="TAG_REMOVED")
    event = engine.happen(engine.contact(), content="کد تخفیف؟")
    engine.work()
    engine.workflow(tag, name="too late")

    found = _explained(client, event)

    assert {name: row["reason"] for name, row in found.items()} == {
        "runs": "It ran.",
        "other words": "Its trigger does not match.",
        "cannot tell": "Its trigger could not be decided: a line ended in an error.",
        "asleep": "The workflow is paused.",
        "too late": "Version 1 was published after the event.",
    }
    assert next(iter(found)) == "runs"
    execution = WorkflowExecution.objects.get(event_id=event.id)
    assert (found["runs"]["ran"], found["runs"]["execution"]) == (True, str(execution.id))
    (trigger,) = found["other words"]["triggers"]
    assert trigger["result"] == "false"
    assert trigger["explanation"]["actual"] == "'کد تخفیف؟'"


def test_why_not_yet(client, engine):
    engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, name="waits")

    found = _explained(client, engine.happen(engine.contact()))

    assert "still waiting" in found["waits"]["reason"]


def test_why_a_chain_ended(client, engine):
    engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, name="loop")
    event = engine.happen(engine.contact(), depth=11)
    engine.work()

    assert "chain of more than 10" in _explained(client, event)["loop"]["reason"]
    assert TriggerEventLog.objects.get().result == "too_deep"


def test_why_after_the_trigger_was_changed(client, engine):
    """What ran is judged by the version that it ran in, even when it would not start today."""
    workflow = engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, name="moved")
    execution = engine.run(engine.contact())
    workflow.draft["triggers"][0]["event_type"] = "TAG_ADDED"
    Workflow.objects.filter(id=workflow.id).update(draft=workflow.draft)
    publish_draft(workflow, by="t")

    answer = client.get(f"{URL}events/{execution.event_id}/explain/").json()["workflows"]

    ((ran, version, triggers),) = [(row["ran"], row["version"], row["triggers"]) for row in answer]
    assert (ran, version, [trigger["result"] for trigger in triggers]) == (True, 1, ["true"])


def test_explaining_many_workflows_is_cheap(client, engine, django_assert_max_num_queries):
    for number in range(10):
        engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, name=f"w{number}")
    event = engine.happen(engine.contact())

    with django_assert_max_num_queries(16):
        assert len(_explained(client, event)) == 10


def test_rows_name_their_contacts_with_the_same_few_queries(client, engine, django_assert_max_num_queries):
    engine.workflow({"action": "add_tag", "config": {"tag": "x"}})
    for number in range(8):
        engine.happen(engine.contact(name=f"زبون {number}"))
    engine.happen(None)
    engine.work()

    with django_assert_max_num_queries(7):
        rows = client.get(f"{URL}workflow-executions/").json()["results"]
    assert {row["contact_name"] for row in rows} == {f"زبون {number}" for number in range(8)} | {""}
    with django_assert_max_num_queries(7):
        events = client.get(f"{URL}events/?type=MESSAGE_RECEIVED").json()["results"]
    assert events[-1]["contact_name"] == "زبون 0"


def test_an_execution_tells_what_it_waits_for(client, engine):
    engine.workflow({"action": "wait", "config": {"hours": 1}, "id": "pause"})
    execution = engine.run(engine.contact(name="سارا"))

    shown = client.get(f"{URL}workflow-executions/{execution.id}/").json()
    assert [(wait["node"], wait["branch"]) for wait in shown["waits_for"]] == [("pause", "")]
    assert shown["waits_for"][0]["until"] is not None
    assert shown["contact_name"] == "سارا"
    ended = client.post(f"{URL}workflow-executions/{execution.id}/cancel/").json()
    assert ended["waits_for"] == []

"""Why did this (not) run? Told in sentences: near misses, refusals with what would let it in, versions, whereabouts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from core.predicates import compile as compile_predicate
from core.predicates import parse
from events.models import Event
from workflow.models import ArmedTrigger, Entry, MatchResult, Version, Workflow, WorkflowExecution
from workflow.services.explain import explain_event
from workflow.services.nearness import nearness
from workflow.services.publishing import pause, publish_draft
from workflow.services.wording import asked_text, ended, exit_text, refusal, when

URL = "/api/v1/workflow/"
TAG = {"action": "add_tag", "config": {"tag": "خریدار"}}
WAIT = {"action": "wait", "config": {"days": 1}}


@pytest.fixture
def client(scope, api, demo_key):
    """A program of demo that may read workflows."""
    return api("demo.localhost", key=demo_key("workflow:read"))


def _why(client, workflow, **asked) -> dict:
    answer = client.get(f"{URL}workflows/{workflow.id}/explain/", {k: str(v) for k, v in asked.items()})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def _verdict(event):
    (verdict,) = explain_event(event)
    return verdict


# -- how near ------------------------------------------------------------------------------------------------------------

A, B, C = ({"field": f"event.data.{name}", "op": "equals", "value": "بله"} for name in "abc")


@pytest.mark.parametrize(
    ("predicate", "true", "missing", "is_near"),
    [
        ({"all": [A, B, C]}, "ab", ["c"], True),
        ({"all": [A, B, C]}, "a", ["b", "c"], False),
        ({"all": [A, B, C]}, "", ["a", "b", "c"], False),
        ({"all": [A, B]}, "ab", [], False),
        (A, "", ["a"], False),
        ({"any": [A, {"all": [B, C]}]}, "b", ["a"], True),
        ({"any": [{"all": [A, B]}, C]}, "", ["c"], True),
        ({"all": [A, {"not": B}]}, "ab", ["not b"], True),
        ({"all": [A, {"not": {"any": [B, C]}}]}, "abc", ["not b", "not c"], False),
        ({"all": [A, {"not": {"all": [B, C]}}]}, "abc", ["not b"], True),
    ],
)
def test_the_fewest_lines_that_stand_in_the_way(predicate, true, missing, is_near):
    data = {name: "بله" if name in true else "نه" for name in "abc"}
    explanation = compile_predicate(parse(predicate)).explain({"event": {"data": data}})

    found = nearness(explanation)

    short = [
        asked_text(line).replace("event.data.", "").split(" equals")[0].split(" is ")[0]
        for line in found.missing
    ]
    assert short == missing
    assert found.is_near is is_near


# -- one event -----------------------------------------------------------------------------------------------------------


def test_a_near_miss_names_the_line(engine):
    lines = [
        {"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"},
        {"field": "user.tags", "op": "contains", "value": "مشتری"},
    ]
    engine.workflow(TAG, predicate={"all": lines})
    event = engine.happen(engine.contact("جدید"), content="کد تخفیف؟")
    engine.work()

    verdict = _verdict(event)

    assert (verdict.result, verdict.ran) == ("near_miss", False)
    assert verdict.reason == (
        "Its trigger does not match: one of its 2 lines does not hold: user.tags contains 'مشتری' (it is ['جدید'])."
    )
    assert verdict.remedy == "It would have started if that line held."
    (finding,) = verdict.triggers
    assert (finding.lines, finding.missing) == (2, ("user.tags contains 'مشتری' (it is ['جدید'])",))
    assert "✓ event.data.content" in finding.text


def test_after_days_says_from_when(engine):
    engine.workflow(TAG, policy={"reentry": {"rule": "after_days", "days": 7}})
    contact = engine.contact()
    engine.run(contact)
    entered = datetime.now(UTC) - timedelta(days=2)
    Entry.objects.update(entered_at=entered)
    event = engine.happen(contact)
    engine.work()

    verdict = _verdict(event)

    again = when(entered + timedelta(days=7))
    assert verdict.result == "reentry"
    assert (
        verdict.reason
        == f"The contact entered on {when(entered)}, and may enter again after 7 days: from {again}."
    )
    assert verdict.remedy == f"An event after {again} lets it in."


@pytest.mark.parametrize(
    ("policy", "result", "words"),
    [
        ({"reentry": {"rule": "once"}}, "reentry", "enters once only"),
        (
            {"reentry": {"rule": "once_per_key", "key": "event.data.order"}},
            "reentry",
            "and “سفارش-۱” entered",
        ),
        ({"reentry": {"rule": "once_per_key", "key": "event.data.none"}}, "reentry", "has no such key"),
        ({"reentry": {"when_inside": "skip"}}, "inside", "inside already"),
        ({"limits": {"per_hour": 1}}, "limit", "the workflow may start 1 executions an hour"),
        (
            {"limits": {"per_contact_per_hour": 1}},
            "limit",
            "one contact may start 1 executions an hour of the workflow",
        ),
    ],
)
def test_what_blocked_it(engine, policy, result, words):
    engine.workflow(WAIT, policy=policy)
    contact = engine.contact()
    engine.happen(contact, order="سفارش-۱")
    engine.work()
    event = engine.happen(contact, order="سفارش-۱")
    engine.work()

    verdict = _verdict(event)

    assert (verdict.result, verdict.ran) == (result, False)
    assert words in verdict.reason
    assert verdict.remedy


def test_another_workflow_stopped_it(engine):
    first = engine.workflow(TAG, name="نخست")
    first.draft["triggers"][0].update(stop_others=True, priority=5)
    first.save()
    publish_draft(first, by="t")
    engine.workflow(TAG, name="دوم")
    event = engine.happen(engine.contact())
    engine.work()

    verdicts = {verdict.workflow: verdict for verdict in explain_event(event)}

    assert verdicts["نخست"].ran
    assert verdicts["دوم"].result == "stopped"
    assert verdicts["دوم"].reason.startswith("The workflow “نخست” took the event")


def test_what_was_logged_counts_more_than_what_is_now(engine):
    workflow = engine.workflow(TAG, policy={"reentry": {"rule": "once"}})
    contact = engine.contact()
    engine.run(contact)
    event = engine.happen(contact)
    engine.work()
    pause(workflow)

    assert _verdict(event).result == "reentry"


def test_an_event_for_another_trigger(engine):
    workflow = engine.workflow(TAG, triggers=[{"type": "called", "id": "call"}])
    armed = ArmedTrigger.objects.get(workflow=workflow)
    elsewhere = engine.happen(engine.contact(), "WORKFLOW_CALLED", trigger=str(uuid.uuid4()), inputs={})
    here = engine.happen(engine.contact(), "WORKFLOW_CALLED", trigger=str(armed.id), inputs={})
    engine.work()

    assert _verdict(elsewhere).result == "not_addressed"
    assert "addressed to another" in _verdict(elsewhere).reason
    assert _verdict(here).ran


def _published(version: Version, ago: timedelta) -> None:
    Version.objects.filter(id=version.id).update(published_at=datetime.now(UTC) - ago)


def test_the_version_of_the_time_is_asked(engine):
    """Yesterday it waited for another word; the answer says which version it was judged by."""
    workflow = engine.workflow(
        TAG, predicate={"field": "event.data.content", "op": "contains", "value": "یک"}
    )
    _published(workflow.active_version, timedelta(days=3))
    workflow.draft["triggers"][0]["predicate"]["value"] = "دو"
    workflow.save()
    _published(publish_draft(workflow, by="t"), timedelta(hours=1))
    event = engine.happen(engine.contact(), content="دو")
    engine.work()
    day = datetime.now(UTC) - timedelta(days=1)
    WorkflowExecution.objects.all().delete()
    workflow.event_logs.all().delete()
    Event.objects.filter(id=event.id).update(recorded_at=day)
    event.refresh_from_db()

    verdict = _verdict(event)

    assert (verdict.version, verdict.active_version, verdict.result) == (1, 2, "no_match")
    assert verdict.note == "Judged by version 1, which was in force then; version 2 is now."


# -- one contact ---------------------------------------------------------------------------------------------------------


def test_why_it_did_not_run_for_amina(client, engine):
    lines = [
        {"field": "event.data.content", "op": "icontains", "value": "سفارش"},
        {"field": "event.data.total", "op": "greater", "value": 100},
    ]
    workflow = engine.workflow(TAG, predicate={"all": lines})
    amina, badr = engine.contact(), engine.contact()
    engine.happen(amina, content="سلام", total=5)
    near = engine.happen(amina, content="سفارش من", total=50)
    engine.happen(badr, content="سفارش", total=500)
    engine.work()
    user_id = engine.user(amina)["external_id"]

    told = _why(client, workflow, user_id=user_id)

    assert told["contact"] == str(amina)
    assert [row["verdict"]["result"] for row in told["events"]] == ["near_miss", "no_match"]
    assert told["events"][0]["event"]["id"] == str(near.id)
    assert told["text"] == told["events"][0]["verdict"]["reason"]
    assert "event.data.total is more than 100 (it is 50)" in told["text"]
    assert told["executions"] == []
    assert [row["verdict"]["ran"] for row in _why(client, workflow, user_id=badr)["events"]] == [True]


def test_where_she_is_and_what_she_waits_for(client, engine):
    workflow = engine.workflow(WAIT)
    contact = engine.contact()
    execution = engine.run(contact)

    told = _why(client, workflow, user_id=contact)

    until = execution.steps.get().output["until"]
    (row,) = told["executions"]
    assert row["execution"] == str(execution.id)
    assert row["text"] == f"It waits at “step_1” until {when(datetime.fromisoformat(until))}."
    assert told["text"] == f"It ran. {row['text']}"
    assert told["events"][0]["verdict"]["execution"] == str(execution.id)


def test_branches_tell_what_they_wait_for(client, engine):
    nodes = [
        {"id": "both", "type": "parallel", "config": {"branches": ["time", "paid"]}},
        {"id": "day", "type": "wait", "config": {"days": 1}},
        {
            "id": "order",
            "type": "wait",
            "config": {"event": {"event_type": "TAG_ADDED", "timeout": {"hours": 2}}},
        },
    ]
    edges = [
        {"source": "both", "target": "day", "port": "time"},
        {"source": "both", "target": "order", "port": "paid"},
    ]
    workflow = engine.workflow(nodes=nodes, edges=edges)
    contact = engine.contact()
    engine.happen(contact)
    engine.work()

    (row,) = _why(client, workflow, user_id=contact)["executions"]

    waits = {wait["branch"]: wait["text"] for wait in row["waits_for"]}
    assert waits["both:time"].startswith("It waits at “day” until ")
    assert waits["both:paid"].startswith("It waits at “order” for TAG_ADDED, until ")


def test_how_it_ended(client, engine):
    failing = engine.workflow({"action": "add_tag", "config": {"tag": "{{ event.data.none }}"}}, name="بد")
    leaving = engine.workflow(WAIT, name="خارج", policy={"exits": {"events": [{"event_type": "TAG_ADDED"}]}})
    contact = engine.contact()
    engine.happen(contact)
    engine.work()
    engine.tag(contact, "رفت")
    engine.work()

    assert "It failed on " in _why(client, failing, user_id=contact)["text"]
    left = _why(client, leaving, user_id=contact)
    assert left["text"].endswith(": an event took it out.")
    assert left["executions"][0]["exit_reason"] == "event"


def test_one_event_is_asked_for(client, engine):
    workflow = engine.workflow(TAG)
    amina, badr = engine.contact(), engine.contact()
    ran = engine.happen(amina)
    other = engine.happen(amina, "TAG_REMOVED")
    engine.work()

    assert _why(client, workflow, event_id=ran.id)["text"].startswith("It ran. It completed on ")
    assert _why(client, workflow, event_id=other.id)["text"] == "None of its triggers waits for TAG_REMOVED."
    assert (
        _why(client, workflow, user_id=badr, event_id=ran.id)["text"] == "The event is about another contact."
    )


def test_nothing_happened(client, engine):
    workflow = engine.workflow(TAG)
    draft = Workflow.objects.create(name="هرگز", draft={})
    contact = engine.contact()

    told = _why(client, workflow, user_id=contact, days=1)

    assert told["text"] == "Nothing came from this contact within 1 day that it waits for: MESSAGE_RECEIVED."
    assert "not published" in _why(client, draft, user_id=contact)["text"]


def test_asking_makes_nobody(client, engine):
    workflow = engine.workflow(TAG)
    path = f"{URL}workflows/{workflow.id}/explain/"
    events = Event.objects.count()

    assert client.get(path, {"user_id": "ناشناس"}).status_code == 404
    assert client.get(path).status_code == 400
    assert client.get(path, {"event_id": str(uuid.uuid4())}).status_code == 400
    assert client.get(path, {"user_id": "x", "days": 91}).status_code == 400
    assert client.get(f"{URL}workflows/{uuid.uuid4()}/explain/", {"user_id": "x"}).status_code == 404
    assert Event.objects.count() == events


def test_a_contact_with_many_events_is_cheap(client, engine, django_assert_max_num_queries):
    workflow = engine.workflow(
        TAG, predicate={"field": "event.data.content", "op": "contains", "value": "نیست"}
    )
    contact = engine.contact()
    for number in range(30):
        engine.happen(contact, content=str(number))
    engine.work()

    with django_assert_max_num_queries(25):
        assert len(_why(client, workflow, user_id=contact)["events"]) == 30


# -- the sentences -------------------------------------------------------------------------------------------------------


def test_every_refusal_and_every_end_has_words(scope):
    for result in set(MatchResult.values) - {MatchResult.STARTED}:
        assert not refusal(result, {}).reason.startswith("It was refused")
    assert "بدون تریگر" in refusal(MatchResult.UNFIT, {"problem": "بدون تریگر"}).reason
    for state in ("completed", "exited", "failed", "cancelled", "stopped"):
        assert ended(state, at=datetime.now(UTC), node="n", error="خطا", reason="goal")
    assert exit_text("reply") != "reply"
    assert exit_text("some_new_reason") == "some new reason"

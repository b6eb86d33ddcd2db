"""Back-tests: a draft tried on stored events, counted rightly, without a trace."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core.ids import uuid7
from events.models import Event
from workflow.models import EngineSettings, Job, JobState, Workflow
from workflow.services import backtesting
from workflow.services.backtesting import BacktestOrder, NothingToReplayError, backtest
from workflow.services.jobs import work_on
from workflow.services.publishing import publish_draft
from workflow.services.simulated import SimulatedAdmission
from workflow.services.touching import touch
from workflow.tests.snapshots import snapshot

NOTE = {"action": "add_note", "config": {"text": "سلام {{ user.first_name }}"}}
TAG = {"action": "add_tag", "config": {"tag": "آزمون"}}
START = datetime.now(UTC) - timedelta(days=3)


def _draft(*actions, predicate=None, **parts) -> Workflow:
    trigger = {"event_type": "MESSAGE_RECEIVED", "predicate": predicate or {}}
    body = {"actions": list(actions)} if actions else {}
    return Workflow.objects.create(
        name=f"آزمون {uuid.uuid4()}", draft={"triggers": [trigger], **body, **parts}
    )


def _past(*whom, code: str = "MESSAGE_RECEIVED", every=timedelta(minutes=10), **data) -> list[Event]:
    """Stored events of these contacts, ten minutes apart, from three days ago on."""
    events = []
    for number, contact in enumerate(whom):
        at = START + number * every
        event_id = uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (uuid7().int & ((1 << 80) - 1)))
        given = {"n": number, **data}
        events.append(
            Event(id=event_id, type=code, occurred_at=at, recorded_at=at, contact_id=contact, data=given)
        )
    return Event.objects.bulk_create(events)


def _report(workflow, **order) -> dict:
    """The job done in this process, batch by batch."""
    job = backtest(workflow, BacktestOrder(**order), by="key:test")
    while work_on(job.id):
        pass
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    assert set(job.result) == {"report"}
    assert job.done == job.total == job.result["report"]["events"]
    return job.result["report"]


def test_every_table_is_what_it_was(engine, chat, httpserver):
    """Through the queue: apart from the job itself nothing remains, in no table and no lane."""
    people = [engine.contact() for _ in range(3)]
    for contact in people:
        chat(contact)
    _past(*people, *people, content="مرحبا")
    workflow = _draft(
        {"action": "send_message", "config": {"text": "سلام {{ user.first_name }}"}},
        TAG,
        {"action": "wait", "config": {"days": 2}},
        {"action": "webhook", "config": {"url": httpserver.url_for("/")}},
    )
    engine.work()
    before = snapshot()

    job = backtest(workflow, BacktestOrder(), by="key:test")
    engine.work()

    job.refresh_from_db()
    assert job.state == JobState.DONE
    job.delete()
    after = snapshot()
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"public.queue_lane"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.queue_item")
        assert cursor.fetchone() == (0,)
    assert httpserver.log == []
    report = job.result["report"]
    assert report["outcomes"] == {"completed": 6}
    assert report["uses"] == {"send_message": 6, "add_tag": 6, "wait": 6, "webhook": 6}


def test_what_is_reported(engine):
    EngineSettings.objects.create(id=1, action_costs={"add_note": 0.25})
    touch()
    people = [engine.contact() for _ in range(4)]
    wanted = {"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"}
    early = {"field": "event.data.n", "op": "less", "value": 4}
    _past(*people, content="کد تخفیف؟")
    _past(people[0], None, content="فاکتور", every=timedelta(hours=2))
    workflow = _draft(NOTE, TAG, predicate={"all": [wanted, early]})

    report = _report(workflow)

    assert (report["events"], report["matched"], report["executions"]) == (6, 4, 4)
    assert report["near_missed"] == 2
    (missed,) = report["near_misses"]
    assert (missed["count"], len(missed["examples"])) == (2, 2)
    assert missed["text"].endswith("'کد تخفیف'")
    assert report["outcomes"] == {"completed": 4}
    assert report["nodes"] == {
        "step_1": {"entered": 4, "failed": 0, "ports": {"next": 4}},
        "step_2": {"entered": 4, "failed": 0, "ports": {"next": 4}},
    }
    assert (report["cost"], report["currency"]) == ("1", "DZD")
    assert report["first_event_at"] < report["last_event_at"]
    assert report["events_per_s"] > 0
    assert any("as they are now" in note for note in report["notes"])
    assert any("was judged as things stand now" in note for note in report["notes"])


def test_errors_are_grouped_with_examples(engine):
    contact = engine.contact()
    first, second, third = _past(contact, None, None)
    nodes = [
        {"id": "note", "type": "action", "action": "add_note", "config": {"text": "x"}},
        {
            "id": "odd",
            "type": "condition",
            "predicate": {"field": "event.data.n", "op": "equals", "value": 1},
        },
        {"id": "bad", "type": "exit", "config": {"outcome": "failed", "note": "سفارش {{ event.id }}"}},
    ]
    edges = [
        {"source": "note", "target": "bad"},
        {"source": "note", "target": "odd", "port": "error"},
        {"source": "odd", "target": "bad", "port": "true"},
    ]
    report = _report(_draft(nodes=nodes, edges=edges))

    assert report["outcomes"] == {"failed": 2, "completed": 1}
    assert report["exit_reasons"] == {"exit": 2}
    by_text = {row["text"]: row for row in report["errors"]}
    assert by_text["سفارش …"] == {"text": "سفارش …", "count": 2, "examples": [str(first.id), str(second.id)]}
    (missing,) = (row for text, row in by_text.items() if text.startswith("note: MissingSubjectError"))
    assert (missing["count"], missing["examples"]) == (2, [str(second.id), str(third.id)])
    assert report["nodes"]["note"] == {"entered": 3, "failed": 2, "ports": {"next": 1, "error": 2}}


def test_a_trigger_that_cannot_be_decided_is_told(engine):
    (event,) = _past(engine.contact(), content="متن")

    report = _report(_draft(TAG, predicate={"field": "event.data.content", "op": "greater", "value": 5}))

    assert (report["undecided"], report["executions"]) == (1, 0)
    assert report["errors"][0]["examples"] == [str(event.id)]
    assert report["errors"][0]["text"].startswith("trigger: event.data.content is 'متن'")


@pytest.mark.parametrize(
    ("reentry", "executions", "blocked"),
    [
        ({}, 6, {}),
        ({"rule": "once"}, 2, {"reentry": 4}),
        ({"rule": "after_days", "days": 1}, 4, {"reentry": 2}),
        ({"rule": "once_per_key", "key": "event.data.order"}, 2, {"reentry": 4}),
        ({"rule": "once_per_key", "key": "event.data.missing"}, 0, {"reentry": 6}),
        ({"when_inside": "skip"}, 4, {"inside": 2}),
    ],
)
def test_re_entry_is_judged_on_its_own_history(engine, reentry, executions, blocked):
    """Two contacts, three messages each, 16 hours apart, in a workflow that takes 20 hours."""
    amina, badr = engine.contact(), engine.contact()
    _past(amina, badr, amina, badr, amina, badr, every=timedelta(hours=8), order="A-١٧")
    workflow = _draft({"action": "wait", "config": {"hours": 20}}, TAG, policy={"reentry": reentry})

    report = _report(workflow)

    assert report["executions"] == executions
    assert {name: count for name, count in report["blocked"].items() if count} == blocked
    assert report["matched"] == 6


@pytest.mark.parametrize(
    ("limits", "executions"),
    [({"per_hour": 3}, 6), ({"per_contact_per_hour": 1}, 4), ({}, 10)],
)
def test_limits_are_judged_by_the_events_own_hours(engine, limits, executions):
    """Ten messages of two contacts within two hours, twelve minutes apart."""
    amina, badr = engine.contact(), engine.contact()
    _past(*[amina, badr] * 5, every=timedelta(minutes=12))

    report = _report(_draft(TAG, policy={"limits": limits}))

    assert report["executions"] == executions
    assert report["blocked"]["limit"] == 10 - executions


@pytest.mark.parametrize(("inside", "told"), [("interrupt", True), ("skip", False), ("start", False)])
def test_what_an_interruption_would_have_cut_off_is_told(engine, inside, told):
    contact = engine.contact()
    _past(contact, contact)
    wait = {"action": "wait", "config": {"days": 1}}
    policy = {"reentry": {"rule": "every_time", "when_inside": inside}}

    report = _report(_draft(wait, TAG, policy=policy))

    assert any("was run to its end" in note for note in report["notes"]) is told
    assert report["executions"] == (1 if inside == "skip" else 2)


def test_the_state_goes_from_batch_to_batch(engine, monkeypatch):
    """However small the batches are, the counts are those of one."""
    people = [engine.contact() for _ in range(3)]
    _past(*people * 4, every=timedelta(hours=1))
    workflow = _draft(TAG, policy={"reentry": {"rule": "after_days", "days": 0.25}})
    whole = _report(workflow)
    monkeypatch.setattr(backtesting, "_BUDGET_S", 0.0)

    pieces = _report(workflow)

    assert whole["executions"] == 6
    for name in ("events", "executions", "blocked", "nodes", "uses", "outcomes"):
        assert pieces[name] == whole[name]


def test_the_clock_is_the_events_own(engine):
    """A condition on the hour, and on what happened within a time, is judged as of then."""
    contact = engine.contact()
    _past(contact, contact, every=timedelta(hours=30))
    first_day = (START + timedelta(hours=1)).isoformat()
    nodes = [
        {"id": "early", "type": "condition", "predicate": {"field": "now", "op": "less", "value": first_day}},
        {
            "id": "alone",
            "type": "condition",
            "predicate": {
                "field": "user",
                "op": "performed",
                "value": {"event_type": "MESSAGE_RECEIVED", "within": "2d", "at_least": 1, "at_most": 1},
            },
        },
    ]
    nodes.append({"id": "end", "type": "exit", "config": {}})
    edges = [
        {"source": "early", "target": "alone", "port": "true"},
        {"source": "alone", "target": "end", "port": "true"},
    ]

    report = _report(_draft(nodes=nodes, edges=edges))

    assert report["nodes"]["early"]["ports"] == {"true": 1, "false": 1}
    assert report["nodes"]["alone"]["ports"] == {"true": 1}


def test_executions_see_nothing_of_one_another(engine):
    """What one run does is taken back before the next of the same contact begins."""
    contact = engine.contact()
    _past(contact, contact, contact)
    has_tag = {"field": "user.tags", "op": "contains", "value": "آزمون"}
    nodes = [
        {"id": "has", "type": "condition", "predicate": has_tag},
        {"id": "tag", "type": "action", **TAG},
    ]

    report = _report(_draft(nodes=nodes, edges=[{"source": "has", "target": "tag", "port": "false"}]))

    assert report["nodes"]["has"]["ports"] == {"false": 3}


def test_what_takes_too_long_stops_alone(engine, monkeypatch):
    """One execution of a group that takes too long is told as stopped; the others count as they are."""
    people = [engine.contact() for _ in range(3)]
    slow = {"field": "event.data.n", "op": "equals", "value": 1}
    _past(*people)
    nodes = [
        {"id": "slow", "type": "condition", "predicate": slow},
        {"id": "again", "type": "wait", "config": {"hours": 1}},
        {"id": "note", "type": "action", **NOTE},
    ]
    edges = [
        {"source": "slow", "target": "again", "port": "true"},
        {"source": "again", "target": "note"},
        {"source": "note", "target": "again"},
    ]
    workflow = _draft(nodes=nodes, edges=edges)
    monkeypatch.setattr(backtesting, "_GROUP_LIMIT_S", 0.1)
    monkeypatch.setattr(backtesting, "_ALONE_LIMIT_S", 0.1)

    report = _report(workflow)

    assert report["outcomes"] == {"completed": 2, "stopped": 1}
    assert "took too long" in report["errors"][0]["text"]


def test_only_the_newest_events_and_only_of_its_types(engine):
    contact = engine.contact()
    events = _past(*[contact] * 5)
    _past(contact, code="TAG_ADDED")

    report = _report(_draft(TAG), max_events=2)

    assert report["events"] == 2
    assert report["first_event_at"] == events[3].recorded_at.isoformat()
    assert any("the newest 2 were looked at" in note for note in report["notes"])
    assert _report(_draft(TAG), days=2)["events"] == 0


def test_a_version_and_a_draft_that_changes_meanwhile(engine):
    contact = engine.contact()
    _past(contact)
    workflow = _draft(TAG)
    publish_draft(workflow, by="t")
    workflow.draft["actions"] = [NOTE]
    workflow.save()
    job = backtest(workflow, BacktestOrder(), by="t")
    Workflow.objects.filter(id=workflow.id).update(draft={})
    backtesting._plans.clear()

    assert _report(workflow, version="1")["uses"] == {"add_tag": 1}
    while work_on(job.id):
        pass
    assert Job.objects.get(id=job.id).result["report"]["uses"] == {"add_note": 1}


def test_addressed_triggers_are_left_out(engine):
    contact = engine.contact()
    _past(contact)
    both = _draft(TAG)
    both.draft["triggers"].append({"type": "manual"})
    both.save()
    by_hand = _draft(TAG)
    by_hand.draft["triggers"] = [{"type": "manual"}]
    by_hand.save()

    report = _report(both)

    assert report["executions"] == 1
    assert any(note.startswith("1 of its triggers") for note in report["notes"])
    with pytest.raises(NothingToReplayError):
        backtest(by_hand, BacktestOrder(), by="t")


def test_deep_events_start_nothing(engine):
    contact = engine.contact()
    events = _past(contact)
    Event.objects.filter(id=events[0].id).update(depth=11)

    report = _report(_draft(TAG))

    assert (report["too_deep"], report["executions"]) == (1, 0)


def test_messages_that_would_not_go_out_are_skips(engine, chat):
    contact = engine.contact()
    conversation = chat(contact)
    conversation.channel.is_active = False
    conversation.channel.save()
    _past(contact, contact)

    report = _report(_draft({"action": "send_message", "config": {"text": "سلام"}}))

    (skip,) = report["skips"]
    assert (skip["text"], skip["count"]) == (
        "send_message: The channel is switched off; switch it on to send.",
        2,
    )


def test_more_entries_than_are_remembered(engine, monkeypatch):
    monkeypatch.setattr("workflow.services.simulated.MOST_REMEMBERED", 2)
    people = [engine.contact() for _ in range(3)]
    _past(*people, people[0], people[2])

    report = _report(_draft(TAG, policy={"reentry": {"rule": "once"}}))

    assert report["executions"] == 4
    assert any("the oldest were forgotten" in note for note in report["notes"])


def test_a_state_is_plain_json(engine):
    """What goes from batch to batch survives being stored."""
    import json

    from workflow.graph import Policy

    policy = Policy.model_validate({"reentry": {"rule": "once"}, "limits": {"per_hour": 2}})
    admission = SimulatedAdmission(policy, EngineSettings(), {})
    admission.enter(uuid7(), START, key=None)

    again = SimulatedAdmission(policy, EngineSettings(), json.loads(json.dumps(admission.state)))

    assert again.state == admission.state


def test_executions_are_counted_by_day_and_the_first_are_named(engine):
    people = [engine.contact() for _ in range(2)]
    events = _past(*people, every=timedelta(days=1))

    report = _report(_draft(TAG), days=7)

    assert [(day["events"], day["started"]) for _, day in sorted(report["days"].items())] == [(1, 1), (1, 1)]
    assert [(row["event"], row["contact"], row["outcome"]) for row in report["samples"]] == [
        (str(event.id), str(contact), "completed") for event, contact in zip(events, people, strict=True)
    ]

"""Dry runs: which version is tried on what, whether its trigger takes the event, and whether it would be let in."""

from __future__ import annotations

import uuid

import pytest

from workflow.graph import DocumentError
from workflow.models import Workflow
from workflow.services.choosing import NoSuchVersionError
from workflow.services.publishing import NotPublishedError, publish_draft
from workflow.services.trying import DryRun, UnknownRootError, dry_run

GREETING = {"action": "send_message", "config": {"text": "سلام {{ user.first_name }}"}}


def _draft(**parts) -> Workflow:
    body = {
        "triggers": [{"event_type": "MESSAGE_RECEIVED", "predicate": parts.pop("predicate", {})}],
        **parts,
    }
    return Workflow.objects.create(name=f"پیش‌نویس {uuid.uuid4()}", draft=body)


def _try(workflow, engine, contact, **parts):
    external_id = engine.user(contact)["external_id"] if contact else ""
    return dry_run(workflow, DryRun(user_id=external_id, **parts))


def test_the_trigger_is_judged_and_the_path_told_all_the_same(engine):
    lines = [
        {"field": "event.data.content", "op": "icontains", "value": "کد"},
        {"field": "user.tags", "op": "contains", "value": "vip"},
    ]
    workflow = _draft(actions=[{"action": "add_tag", "config": {"tag": "x"}}], predicate={"all": lines})

    tried = _try(workflow, engine, engine.contact(), data={"content": "کد من؟"})

    assert (tried.trigger.matches, tried.would_start) == (False, False)
    assert tried.trigger.reason == (
        "Its trigger does not match: one of its 2 lines does not hold: user.tags contains 'vip' (it is [])."
    )
    (finding,) = tried.trigger.findings
    assert (finding.lines, len(finding.missing), finding.result) == (2, 1, "false")
    assert tried.state == "completed"


def test_a_replaced_root_counts_until_an_action_changes_it(engine):
    workflow = _draft(
        actions=[
            {"action": "add_note", "config": {"text": "{{ user.first_name }}"}},
            {"action": "add_tag", "config": {"tag": "تازه"}},
            {"action": "add_note", "config": {"text": "{{ user.first_name }}"}},
        ],
        predicate={"field": "user.first_name", "op": "equals", "value": "زهرا"},
    )

    tried = _try(workflow, engine, engine.contact(), context={"user": {"first_name": "زهرا"}})

    assert tried.trigger.matches
    assert [tried.path[n].input["text"] for n in (0, 2)] == ["زهرا", "أمينة"]
    with pytest.raises(UnknownRootError, match=r"known: .*conversation, now, tenant, user"):
        _try(workflow, engine, None, context={"usr": {}})


def test_whether_it_would_be_let_in(engine):
    workflow = engine.workflow(
        {"action": "wait", "config": {"days": 1}},
        policy={"reentry": {"rule": "after_days", "days": 7, "when_inside": "skip"}},
    )
    contact = engine.contact()
    assert _try(workflow, engine, contact).admission.admitted
    engine.run(contact)

    inside = _try(workflow, engine, contact)
    engine.let_time_pass()
    engine.work()
    again = _try(workflow, engine, contact)

    assert (inside.admission.result, inside.would_start) == ("inside", False)
    assert "inside already" in inside.admission.reason
    assert again.admission.result == "reentry"
    assert "again after 7 days: from " in again.admission.reason
    assert again.state == "completed"


def test_the_limits_are_asked_too(engine):
    workflow = engine.workflow(
        {"action": "add_tag", "config": {"tag": "x"}}, policy={"limits": {"per_hour": 1}}
    )
    engine.run(engine.contact())

    tried = _try(workflow, engine, engine.contact())

    assert tried.admission.reason == "A limit was reached: the workflow may start 1 executions an hour."


def test_versions(engine):
    workflow = engine.workflow({"action": "add_note", "config": {"text": "یک"}})
    workflow.draft["actions"][0]["config"]["text"] = "دو"
    workflow.save()
    contact = engine.contact()

    def text(version: str) -> str:
        return _try(workflow, engine, contact, version=version).path[0].input["text"]

    assert (text("draft"), text("active"), text("1")) == ("دو", "یک", "یک")
    publish_draft(workflow, by="t")
    assert (text("active"), text("1")) == ("دو", "یک")
    for missing in ("3", "latest", "١"):
        with pytest.raises(NoSuchVersionError):
            text(missing)
    with pytest.raises(NotPublishedError):
        _try(_draft(), engine, contact, version="active")


def test_a_draft_must_be_publishable(engine):
    with pytest.raises(DocumentError) as caught:
        _try(_draft(actions=[{"action": "add_tag", "config": {}}]), engine, engine.contact())

    assert [problem.place for problem in caught.value.problems] == ["step_1/tag"]


def test_a_real_event_is_tried_again_as_a_new_one(engine):
    workflow = engine.workflow({"action": "add_note", "config": {"text": "{{ event.data.content }}"}})
    contact = engine.contact()
    execution = engine.run(contact, content="سفارش")

    tried = dry_run(workflow, DryRun(version="active", event_id=execution.event_id))

    assert tried.path[0].input["text"] == "سفارش"
    assert tried.event["id"] != str(execution.event_id)
    assert tried.admission.admitted

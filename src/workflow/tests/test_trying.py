"""Dry runs: a whole workflow tried on a real contact, told node by node, with nothing sent, queued or kept."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from workflow.models import EngineSettings, Workflow
from workflow.services.touching import touch
from workflow.services.trying import DryRun, dry_run
from workflow.tests.conftest import as_text
from workflow.tests.snapshots import snapshot

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


def _nodes(path):
    return [(step.node, step.port or step.state) for step in path]


def test_nothing_is_kept_sent_or_called(engine, chat, httpserver):
    """Messages, tags, notes, calls, waits, branches: afterwards every row of every table is what it was."""
    contact = engine.contact("قدیمی")
    conversation = chat(contact)
    workflow = _draft(
        actions=[
            GREETING,
            {"action": "add_tag", "config": {"tag": "جدید"}},
            {"action": "wait", "config": {"days": 3}},
            {"action": "webhook", "config": {"url": httpserver.url_for("/hook"), "body": {"نام": "أمينة"}}},
            {
                "action": "add_note",
                "config": {"text": "«{{ user.tags | join: ' ' }}» {{ steps.step_4.status }}"},
            },
        ]
    )
    before = snapshot()

    tried = _try(workflow, engine, contact, conversation_id=str(conversation.id), data={"content": "مرحبا"})

    assert snapshot() == before
    assert httpserver.log == []
    assert (tried.state, tried.error, tried.version) == ("completed", "", None)
    assert _nodes(tried.path) == [(f"step_{n}", "next") for n in range(1, 6)]
    greeting, _, wait, call, note = tried.path
    assert greeting.input["text"] == "سلام أمينة"
    assert greeting.output["state"] in ("queued", "failed")
    assert (wait.instead, call.instead, note.instead) == ("waited", "example", "")
    assert note.input["text"].startswith("«")
    assert "جدید" in note.input["text"]
    assert tried.uses == {"send_message": 1, "add_tag": 1, "wait": 1, "webhook": 1, "add_note": 1}


def test_the_clock_goes_on_over_waits(engine):
    workflow = _draft(
        actions=[
            {"action": "wait", "config": {"days": 2}},
            {"action": "wait", "config": {"hours": 5}},
            {"action": "add_note", "config": {"text": "{{ now }}"}},
        ]
    )

    tried = _try(workflow, engine, engine.contact())

    first, second, note = tried.path
    assert first.until - tried.started_at == pytest.approx(timedelta(days=2), abs=timedelta(seconds=5))
    assert second.until - first.until == timedelta(hours=5)
    assert note.at == second.until == tried.ended_at
    assert datetime.fromisoformat(note.input["text"]) == second.until


@pytest.mark.parametrize(
    ("lapse", "port", "instead"), [(False, "next", "event"), (True, "timeout", "waited")]
)
def test_an_awaited_event_comes_or_does_not(engine, lapse, port, instead):
    nodes = [
        {
            "id": "order",
            "type": "wait",
            "config": {"event": {"event_type": "TAG_ADDED", "timeout": {"hours": 2}}},
        },
        {"id": "thanks", "type": "action", "action": "add_note", "config": {"text": "ممنون"}},
        {"id": "remind", "type": "action", "action": "add_note", "config": {"text": "یادآوری"}},
    ]
    edges = [
        {"source": "order", "target": "thanks"},
        {"source": "order", "target": "remind", "port": "timeout"},
    ]
    tried = _try(_draft(nodes=nodes, edges=edges), engine, engine.contact(), lapse=lapse)

    assert _nodes(tried.path) == [("order", port), ("thanks" if port == "next" else "remind", "next")]
    assert tried.path[0].instead == instead
    assert tried.path[0].output["outcome"] == ("event" if port == "next" else "timeout")
    assert (tried.ended_at - tried.started_at > timedelta(hours=1)) is lapse


def test_the_first_branch_by_time_wins(engine):
    """Of two branches to a join of any, the one without the long wait comes first, and the other is cancelled."""
    nodes = [
        {"id": "both", "type": "parallel", "config": {"branches": ["slow", "fast"]}},
        {"id": "day", "type": "wait", "config": {"days": 1}},
        {"id": "late", "type": "action", "action": "add_note", "config": {"text": "دیر"}},
        {"id": "hour", "type": "wait", "config": {"hours": 1}},
        {"id": "tag", "type": "action", "action": "add_tag", "config": {"tag": "زود"}},
        {"id": "meet", "type": "join", "config": {"mode": "any"}},
    ]
    edges = [
        {"source": "both", "target": "day", "port": "slow"},
        {"source": "day", "target": "late"},
        {"source": "late", "target": "meet"},
        {"source": "both", "target": "hour", "port": "fast"},
        {"source": "hour", "target": "tag"},
        {"source": "tag", "target": "meet"},
    ]
    tried = _try(_draft(nodes=nodes, edges=edges), engine, engine.contact())

    both, meet = tried.path
    assert (both.node, both.port, meet.node, meet.port) == ("both", "next", "meet", "next")
    slow, fast = both.branches
    assert (slow.branch, slow.state, fast.branch, fast.state) == (
        "both:slow",
        "cancelled",
        "both:fast",
        "completed",
    )
    assert _nodes(fast.path) == [("hour", "next"), ("tag", "next"), ("meet", "completed")]
    assert "late" not in [step.node for step in slow.path if step.port]
    assert tried.ended_at - tried.started_at == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=5))
    assert "add_note" not in tried.uses


def test_turns_of_a_loop_are_nested_one_after_the_other(engine):
    nodes = [
        {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
        {"id": "hour", "type": "wait", "config": {"hours": 1}},
        {"id": "note", "type": "action", "action": "add_note", "config": {"text": "{{ loop.item }}"}},
    ]
    edges = [
        {"source": "each", "target": "hour", "port": "each"},
        {"source": "hour", "target": "note"},
        {"source": "note", "target": "each"},
    ]
    tried = _try(_draft(nodes=nodes, edges=edges), engine, engine.contact(), data={"items": ["قهوه", "چای"]})

    (loop,) = tried.path
    assert loop.output == {"count": 2, "failed": 0}
    assert [branch.path[1].input["text"] for branch in loop.branches] == ["قهوه", "چای"]
    assert tried.ended_at - tried.started_at == pytest.approx(timedelta(hours=2), abs=timedelta(seconds=5))


def test_a_called_workflow_is_nested_and_its_event_not_kept(engine):
    called = engine.workflow(
        {"action": "add_note", "config": {"text": "فاتورة {{ event.data.inputs.order }}"}}, name="المستدعى"
    )
    node = {
        "id": "call",
        "type": "sub_workflow",
        "config": {"workflow": str(called.id), "inputs": {"order": "{{ event.data.order }}"}},
    }
    workflow = _draft(nodes=[node])
    before = snapshot()

    tried = _try(workflow, engine, None, data={"order": "A-١٧"})

    assert snapshot() == before
    (branch,) = tried.path[0].branches
    assert (branch.workflow, branch.workflow_id) == ("المستدعى", called.id)
    assert "MissingSubjectError" in branch.path[0].error
    assert tried.state == "failed"


def test_decisions_show_their_grounds(engine):
    content = {"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"}
    nodes = [
        {"id": "coupon", "type": "condition", "predicate": content},
        {
            "id": "which",
            "type": "switch",
            "config": {
                "cases": [
                    {"port": "vip", "predicate": {"field": "user.tags", "op": "contains", "value": "vip"}}
                ]
            },
        },
        {"id": "out", "type": "exit", "config": {"outcome": "exited", "note": "بدون {{ user.first_name }}"}},
    ]
    edges = [
        {"source": "coupon", "target": "which", "port": "true"},
        {"source": "which", "target": "out", "port": "default"},
    ]
    tried = _try(_draft(nodes=nodes, edges=edges), engine, engine.contact(), data={"content": "کد تخفیف؟"})

    assert _nodes(tried.path) == [("coupon", "true"), ("which", "default"), ("out", "exited")]
    assert tried.path[0].grounds["actual"] == "'کد تخفیف؟'"
    assert tried.path[1].grounds[0]["explanation"]["result"] == "false"
    assert tried.path[2].output["note"] == "بدون أمينة"
    assert tried.text.startswith("It left before its end on ")


def test_a_workflow_asks_after_each_wait_who_still_belongs(engine):
    workflow = _draft(
        actions=[
            {"action": "add_tag", "config": {"tag": "سفارش"}},
            {"action": "wait", "config": {"hours": 1}},
            {"action": "add_note", "config": {"text": "نباید"}},
        ],
        policy={"exits": {"unless": {"not": {"field": "user.tags", "op": "contains", "value": "سفارش"}}}},
    )

    tried = _try(workflow, engine, engine.contact())

    assert (tried.state, tried.exit_reason) == ("exited", "no_longer_matches")
    assert tried.text.endswith("after a wait the contact did not fit any more.")
    assert "add_note" not in tried.uses


def test_failures_and_error_ports(engine):
    nodes = [
        {"id": "bad", "type": "action", "action": "add_tag", "config": {"tag": "{{ event.data.missing }}"}},
        {"id": "saved", "type": "action", "action": "add_note", "config": {"text": "{{ steps.bad.error }}"}},
    ]
    edges = [{"source": "bad", "target": "saved", "port": "error"}]

    tried = _try(_draft(nodes=nodes, edges=edges), engine, engine.contact())
    failed = _try(_draft(nodes=nodes[:1]), engine, engine.contact())

    assert _nodes(tried.path) == [("bad", "error"), ("saved", "next")]
    assert tried.path[0].error
    assert failed.state == "failed"
    assert _nodes(failed.path) == [("bad", "failed")]
    assert failed.text.startswith("It failed on ")


def test_a_missing_connection_shows_before_anything_is_called(engine):
    workflow = _draft(
        actions=[
            {
                "action": "http_request",
                "config": {"url": "https://example.com/", "connection": "{{ 'نیست' }}"},
            }
        ]
    )

    tried = _try(workflow, engine, engine.contact())

    assert tried.state == "failed"
    assert "there is no connection 'نیست'" in tried.error


def test_code_really_runs(engine):
    workflow = _draft(
        actions=[
            {
                "action": "custom_code",
                "config": {"code": "return {'n': inputs['a'] * 2}", "inputs": {"a": 21}},
            }
        ]
    )

    tried = _try(workflow, engine, engine.contact())

    assert tried.path[0].output["value"] == {"n": 42}
    assert tried.path[0].instead == ""


def test_secrets_are_hidden(engine, httpserver):
    config = {"url": httpserver.url_for("/"), "headers": {"Authorization": "Bearer geheim-12345"}}
    workflow = _draft(actions=[{"action": "webhook", "config": config}])

    tried = _try(workflow, engine, engine.contact(), data={"api_token": "geheim-67890"})

    told = as_text([tried.event, [step.input for step in tried.path]])
    assert "geheim" not in told
    assert "•••" in told


def test_a_trial_has_an_end(engine):
    """A circle with a wait in it ends after so many steps, and what takes too long is shown as far as it came."""
    nodes = [
        {"id": "again", "type": "wait", "config": {"hours": 1}},
        {"id": "tag", "type": "action", "action": "add_tag", "config": {"tag": "x"}},
    ]
    edges = [{"source": "again", "target": "tag"}, {"source": "tag", "target": "again"}]
    workflow = _draft(nodes=nodes, edges=edges)
    contact = engine.contact()

    circle = _try(workflow, engine, contact)
    user_id = engine.user(contact)["external_id"]
    stopped = dry_run(workflow, DryRun(user_id=user_id), time_limit_s=0.0)

    assert circle.state == "failed"
    assert "500 steps in a trial" in circle.error
    assert stopped.state == "stopped"
    assert _nodes(stopped.path) == [("again", "stopped")]


def test_what_it_would_cost(engine):
    EngineSettings.objects.create(id=1, action_costs={"add_tag": 0.1, "wait": "free", "add_note": 2})
    touch()
    workflow = _draft(
        actions=[
            *({"action": "add_tag", "config": {"tag": f"t{n}"}} for n in range(3)),
            {"action": "wait", "config": {"hours": 1}},
        ]
    )

    tried = _try(workflow, engine, engine.contact())

    assert (tried.cost, tried.currency) == ("0.3", "DZD")


def test_an_unknown_contact_is_tried_as_a_new_one(engine):
    workflow = _draft(actions=[{"action": "add_tag", "config": {"tag": "x"}}])
    before = snapshot()

    tried = dry_run(workflow, DryRun(user_id="مشتری-۹"))

    assert tried.state == "completed"
    assert tried.event["contact_id"]
    assert snapshot() == before


def test_approvals_are_given(engine, alice):
    nodes = [
        {
            "id": "ask",
            "type": "approval",
            "config": {"title": "بازپرداخت {{ user.first_name }}", "approvers": [alice.email]},
        },
        {"id": "pay", "type": "action", "action": "add_note", "config": {"text": "پرداخت شد"}},
    ]
    edges = [{"source": "ask", "target": "pay", "port": "approved"}]
    workflow = _draft(nodes=nodes, edges=edges)
    before = snapshot()

    tried = _try(workflow, engine, None)

    assert tried.path[0].instead == "approved"
    assert tried.path[0].input["title"].startswith("بازپرداخت")
    assert tried.path[0].port == "approved"
    assert snapshot() == before

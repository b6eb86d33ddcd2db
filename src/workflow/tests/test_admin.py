"""The engine in the tenant's admin: what one sees, does and is refused there."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from workflow.models import Action, Condition, EventType, Trigger, Version, Workflow

DRAFT = {
    "triggers": [{"event_type": "MESSAGE_RECEIVED"}],
    "actions": [{"action": "add_tag", "config": {"tag": "x"}}],
}
INLINE = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}


@pytest.fixture
def page(scope, web, alice):
    """Alice's browser on demo's admin."""
    return web("demo.localhost", user=alice)


def _url(model: str, verb: str = "changelist", *args) -> str:
    return reverse(f"admin:workflow_{model}_{verb}", args=args, urlconf="config.urls_tenant")


def _messages(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def _do(page, model: str, action: str, *rows):
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return page.post(_url(model), body, follow=True)


MODELS = [
    "workflow",
    "version",
    "workflowexecution",
    "triggereventlog",
    "trigger",
    "condition",
    "action",
    "eventtype",
    "armedtrigger",
    "job",
    "entry",
]


@pytest.mark.parametrize("model", MODELS)
def test_every_list_can_be_read(engine, page, model, django_assert_max_num_queries):
    for number in range(4):
        engine.workflow(*DRAFT["actions"], name=f"w{number}")
    engine.happen(engine.contact())
    engine.work()
    Trigger.objects.create(name="t", event_type="TAG_ADDED")
    Condition.objects.create(name="c", predicate={})
    Action.objects.create(name="a", type="wait")

    with django_assert_max_num_queries(25):
        answer = page.get(_url(model))

    assert answer.status_code == 200
    assert page.get(_url(model) + "?q=x").status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_strangers_see_nothing(scope, web, charlie, model):
    assert web("demo.localhost", user=charlie).get(_url(model)).status_code == 403
    assert web("demo.localhost").get(_url(model)).status_code == 302


def test_a_workflow_is_written(page):
    answer = page.post(_url("workflow", "add"), {"name": "خوش‌آمد", "draft": json.dumps(DRAFT), **INLINE})
    assert answer.status_code == 302, answer.context["errors"]
    workflow = Workflow.objects.get()
    assert (workflow.draft, workflow.revision) == (DRAFT, 1)

    change = {"name": "سلام", "draft": json.dumps(DRAFT), **INLINE}
    assert page.post(_url("workflow", "change", workflow.pk), change).status_code == 302
    workflow.refresh_from_db()
    assert (workflow.name, workflow.revision) == ("سلام", 2)
    assert "سلام" in page.get(_url("workflow", "change", workflow.pk)).content.decode()


def test_a_misshapen_draft_is_refused(page):
    answer = page.post(
        _url("workflow", "add"), {"name": "w", "draft": '{"nodes": [{"id": "Bad Id"}]}', **INLINE}
    )

    assert "/nodes/0/id" in str(answer.context["adminform"].form.errors)
    assert not Workflow.objects.exists()


def test_publish_activate_pause(page, alice):
    workflow = Workflow.objects.create(name="w", draft=DRAFT)

    assert "Published." in _messages(_do(page, "workflow", "publish", workflow))
    assert Version.objects.get().published_by == f"member:{alice.id}"
    _do(page, "workflow", "activate", workflow)
    workflow.refresh_from_db()
    assert (workflow.status, workflow.active_version.number) == ("active", 1)
    _do(page, "workflow", "pause", workflow)
    workflow.refresh_from_db()
    assert workflow.status == "paused"


def test_a_refusal_is_shown_and_undoes_the_rest(page):
    good = Workflow.objects.create(name="a", draft=DRAFT)
    bad = Workflow.objects.create(name="b", draft={})

    answer = _do(page, "workflow", "activate", good, bad)

    assert "at least one node" in _messages(answer)
    assert set(Workflow.objects.values_list("status", flat=True)) == {"draft"}


def test_delete(engine, page):
    workflow = engine.workflow(*DRAFT["actions"])
    engine.run(engine.contact())
    url = _url("workflow", "delete", workflow.pk)

    assert page.get(url).status_code == 200
    assert "pause it first" in _messages(page.post(url, {"post": "yes"}, follow=True))
    _do(page, "workflow", "pause", workflow)
    assert page.post(url, {"post": "yes"}).status_code == 302
    assert not Workflow.objects.exists()


def test_versions_are_only_looked_at(engine, page):
    version = engine.workflow(*DRAFT["actions"]).active_version

    assert page.get(_url("version", "change", version.pk)).status_code == 200
    assert page.get(_url("version", "add")).status_code == 403
    assert page.post(_url("version", "delete", version.pk), {"post": "yes"}).status_code == 403


def test_an_execution_shows_its_steps(engine, page):
    engine.workflow({"action": "add_note", "config": {"text": "یادداشت من"}})
    execution = engine.run(engine.contact())

    shown = page.get(_url("workflowexecution", "change", execution.pk)).content.decode()

    assert "یادداشت من" in shown
    assert "step_1" in shown
    assert page.post(_url("workflowexecution", "delete", execution.pk), {"post": "yes"}).status_code == 403


def test_executions_are_cancelled_and_retried(engine, page):
    engine.workflow({"action": "wait", "config": {"hours": 1}})
    execution = engine.run(engine.contact())

    answer = _do(page, "workflowexecution", "cancel", execution)
    assert "1 cancelled." in _messages(answer)
    execution.refresh_from_db()
    assert execution.state == "cancelled"
    assert "Only a failed execution can be retried" in _messages(
        _do(page, "workflowexecution", "retry", execution)
    )


def test_a_reader_can_look_and_not_steer(engine, web, demo, alice):
    """A role that changes other things, and only sees workflows."""
    from accounts.models import Membership, Role

    role = Role.objects.create(slug="desk", label="Desk", scopes=["workflow:read", "inbox:write"])
    Membership.objects.filter(user=alice).update(role=role)
    engine.workflow({"action": "wait", "config": {"hours": 1}})
    execution = engine.run(engine.contact())
    page = web("demo.localhost", user=alice)

    assert page.get(_url("workflowexecution")).status_code == 200
    _do(page, "workflowexecution", "cancel", execution)
    execution.refresh_from_db()
    assert execution.state == "waiting"
    assert page.get(_url("workflow", "add")).status_code == 403


@pytest.mark.parametrize(
    ("model", "body", "field"),
    [
        ("trigger", {"name": "t", "event_type": "NO_SUCH", "predicate": "{}"}, "event_type"),
        ("trigger", {"name": "t", "event_type": "TAG_ADDED", "predicate": '{"op": "x"}'}, "predicate"),
        ("condition", {"name": "c", "predicate": "{}"}, "predicate"),
        ("action", {"name": "a", "type": "add_tag", "config": "{}", "retry": "{}"}, "config"),
        (
            "action",
            {"name": "a", "type": "add_tag", "config": '{"tag": "x"}', "retry": '{"attempts": 0}'},
            "retry",
        ),
        ("action", {"name": "a", "type": "no_such", "config": "{}", "retry": "{}"}, "type"),
    ],
)
def test_blocks_are_checked(page, model, body, field):
    answer = page.post(_url(model, "add"), body)

    assert list(answer.context["adminform"].form.errors) == [field]


def test_blocks_are_made(page):
    condition = {"field": "user.name", "op": "is_not_empty"}
    bodies = {
        "trigger": {"name": "t", "event_type": "TAG_ADDED", "predicate": json.dumps(condition)},
        "condition": {"name": "c", "predicate": json.dumps(condition)},
        "action": {"name": "a", "type": "add_tag", "config": '{"tag": "مهم"}', "retry": "{}"},
    }
    for model, body in bodies.items():
        assert page.post(_url(model, "add"), body).status_code == 302

    assert Trigger.objects.get().predicate == Condition.objects.get().predicate == condition
    assert Action.objects.get().config == {"tag": "مهم"}


def test_event_types(page):
    body = {"code": "PARCEL_LEFT", "label": "بسته", "schema": "{}"}
    assert page.post(_url("eventtype", "add"), body).status_code == 302
    own, built_in = EventType.objects.get(code="PARCEL_LEFT"), EventType.objects.get(code="TAG_ADDED")

    assert page.post(_url("eventtype", "delete", built_in.pk), {"post": "yes"}).status_code == 403
    assert page.post(_url("eventtype", "change", built_in.pk), {"label": "x"}).status_code == 403
    assert page.post(_url("eventtype", "delete", own.pk), {"post": "yes"}).status_code == 302
    assert not EventType.objects.filter(code="PARCEL_LEFT").exists()
    built_in.refresh_from_db()
    assert built_in.label == "Tag added"

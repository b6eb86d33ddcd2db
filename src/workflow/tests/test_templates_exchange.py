"""Export and import: any workflow goes out as a template and comes back as the same graph, without what is its tenant's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm.models import CustomField
from crm.services.fields import declare_field
from crm.services.segments import create_segment
from tenants.scope import tenant_scope
from workflow.actions.base import ACTIONS
from workflow.connections.services.connections import create_connection
from workflow.graph import NODE_TYPES, TRIGGER_TYPES, DocumentError, read
from workflow.models import Action, Condition, EventType, Trigger, Version, Workflow
from workflow.services.publishing import publish_draft
from workflow.templates.document import InvalidTemplateError, Template, read_template
from workflow.templates.exporting import export
from workflow.templates.importing import import_workflow
from workflow.templates.making import NameTakenError
from workflow.templates.surroundings import FieldMismatchError
from workflow.templates.values import ParametersError

EXAMPLE_ID = "01900000-0000-7000-8000-000000000000"
TAG = {"id": "tag", "action": "add_tag", "config": {"tag": "زبون"}}
SIMPLE = {"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "nodes": [TAG]}


def workflow(name: str = "سير العمل", **draft: Any) -> Workflow:
    return Workflow.objects.create(name=name, description="شرح", draft={**SIMPLE, **draft})


def out(made: Workflow, **kwargs: Any) -> dict[str, Any]:
    """The export, as it goes over the wire."""
    return json.loads(json.dumps(export(made, **kwargs).dump()))


def back(document: dict[str, Any], **kwargs: Any) -> Any:
    """Imported."""
    return import_workflow(document, **{"by": "test", "parameters": {}, **kwargs})


def real(value: Any, callee: str, member: str) -> Any:
    """An example with things that there are."""
    text = json.dumps(value).replace(EXAMPLE_ID, callee)
    return json.loads(text.replace("manager@example.com", member))


@pytest.fixture
def everything(scope, bob) -> Workflow:
    """A draft with every type of node and trigger, every action, and a policy."""
    callee = workflow("المستدعى")
    publish_draft(callee, by="test")
    create_segment(name="أوفياء", key="loyal", kind="static")
    nodes: list[dict[str, Any]] = []
    for slug, kind in zip(NODE_TYPES, NODE_TYPES.values(), strict=True):
        config = real(kind.example, str(callee.id), bob.email)
        nodes.append({"id": f"n_{slug}", "type": slug, "name": "عقدة [[slug]]", "config": config})
    by_type = {node["type"]: node for node in nodes}
    by_type["condition"]["predicate"] = {"field": "user.segments", "op": "contains", "value": "loyal"}
    by_type["action"] |= {"action": "add_note", "config": {"text": "[[x]] {{ user.name }}"}}
    by_type["approval"]["config"]["approvers"] = [bob.email, str(bob.id)]
    by_type["set_variables"]["config"]["values"] = {"a": {"$param": "x"}, "b": [{"$$param": 1}]}
    for slug, action in zip(ACTIONS, ACTIONS.values(), strict=True):
        nodes.append(
            {"id": f"a_{slug}", "action": slug, "config": real(action.example, str(callee.id), bob.email)}
        )
    triggers = [
        {"id": f"t_{slug}", "type": slug, "config": kind.example, "priority": 3, "stop_others": True}
        for slug, kind in zip(TRIGGER_TYPES, TRIGGER_TYPES.values(), strict=True)
    ]
    next(t for t in triggers if t["type"] == "event")["event_type"] = "MESSAGE_RECEIVED"
    return workflow(
        triggers=triggers,
        nodes=nodes,
        edges=[
            {"source": "n_action", "target": "n_switch"},
            {"source": "n_switch", "target": "n_loop", "port": "arabic"},
        ],
        start="n_action",
        policy={
            "reentry": {"rule": "once_per_key", "key": "event.data.order_id", "when_inside": "interrupt"},
            "exits": {
                "goal": {"event_type": "MESSAGE_SENT"},
                "signals": ["reply"],
                "unless": by_type["condition"]["predicate"],
            },
            "limits": {"per_hour": 5, "pause_when_failing": None},
        },
        ui={"zoom": 1.5},
    )


def test_every_type_of_node_and_trigger_comes_back_as_it_was(everything, bob):
    document = out(everything)
    callee = Workflow.objects.get(name="المستدعى")
    formats = {name: p["format"] for name, p in document["parameters"]["properties"].items()}
    known = {"workflow": str(callee.id), "member": bob.email, "member_2": str(bob.id), "segment": "loyal"}
    assert formats == {"workflow": "workflow", "member": "member", "member_2": "member", "segment": "segment"}
    assert document["parameters"]["required"] == list(formats)
    assert {node["type"] for node in document["workflow"]["nodes"] if "type" in node} == set(NODE_TYPES) - {
        "action"
    }
    assert {trigger.get("type", "event") for trigger in document["workflow"]["triggers"]} == set(
        TRIGGER_TYPES
    )

    made = back(document, parameters=known)

    assert read(made.workflow.draft) == read(everything.draft)
    assert (made.workflow.name, made.workflow.description) == ("سير العمل 2", "شرح")
    assert made.workflow.status == "draft"
    assert out(made.workflow)["workflow"] == document["workflow"]


def test_nothing_of_the_tenants_own_goes_out(everything, bob):
    text = json.dumps(out(everything))

    assert bob.email not in text
    assert str(bob.id) not in text
    assert str(Workflow.objects.get(name="المستدعى").id) not in text
    assert "loyal" not in text.replace('"key": "loyal"', "")


def test_what_must_be_given_is_named(everything):
    document = out(everything)

    with pytest.raises(ParametersError) as caught:
        back(document)

    places = {problem.place for problem in caught.value.problems}
    assert places == {"/workflow", "/member", "/member_2", "/segment"}
    assert {lost["parameter"] for lost in document["unresolved"]} == {place[1:] for place in places}
    assert Workflow.objects.count() == 2


def test_secrets_stay_behind(scope):
    request = {
        "url": "https://api.example/orders?api_key=s3cr3t-value",
        "headers": {"Authorization": "Bearer s3cr3t-value", "X-Shop": "جزائر", "X-Api-Key": "{{ vars.key }}"},
        "body": {"password": {"nested": 12345678}, "note": "عادي"},
    }
    made = workflow(nodes=[{"id": "call", "action": "http_request", "config": request}])

    document = out(made)

    assert "s3cr3t" not in json.dumps(document)
    assert "12345678" not in json.dumps(document)
    config = document["workflow"]["nodes"][0]["config"]
    assert config["headers"] == {
        "Authorization": {"$param": "secret_2"},
        "X-Shop": "جزائر",
        "X-Api-Key": "{{ vars.key }}",
    }
    assert {p["format"] for p in document["parameters"]["properties"].values()} == {"secret"}


def test_a_connection_goes_by_its_name_and_its_lack_is_told(scope):
    stored = create_connection(
        name="مخزن", kind="bearer", settings={"hosts": ["api.example"]}, secret={"token": "s3cr3t-value"}
    )
    call = {
        "id": "call",
        "action": "http_request",
        "config": {"url": "https://api.example/", "connection": str(stored.id)},
    }
    slack = {"id": "slack", "action": "slack_message", "config": {"text": "سلام"}}
    document = out(workflow(nodes=[call, slack]))

    assert "s3cr3t" not in json.dumps(document)
    assert document["workflow"]["nodes"][0]["config"]["connection"] == "مخزن"
    assert document["connections"] == [{"type": "bearer", "name": "مخزن"}, {"type": "slack_webhook"}]
    assert [need.type for need in back(document).lacks.connections] == ["slack_webhook"]

    stored.delete()
    assert [need.name for need in back(document).lacks.connections] == ["مخزن", ""]


def test_named_blocks_are_copied_in(scope):
    trigger = Trigger.objects.create(name="t", event_type="TAG_ADDED")
    condition = Condition.objects.create(name="c", predicate={"field": "user.name", "op": "is_empty"})
    action = Action.objects.create(name="a", type="add_tag", config={"tag": "وسم"})
    nodes = [
        {"id": "if", "type": "condition", "condition_id": str(condition.id)},
        {"id": "do", "action_id": str(action.id)},
    ]
    made = workflow(triggers=[{"trigger_id": str(trigger.id)}], nodes=nodes)

    document = out(made)

    assert document["workflow"]["triggers"] == [{"id": "trigger_1", "event_type": "TAG_ADDED"}]
    assert document["workflow"]["nodes"] == [
        {"id": "if", "type": "condition", "predicate": condition.predicate},
        {"id": "do", "action": "add_tag", "config": {"tag": "وسم"}},
    ]
    assert document["actions"] == ["add_tag"]

    action.delete()
    lost = out(made)
    assert [(item["place"], "does not exist any more" in item["message"]) for item in lost["unresolved"]] == [
        ("do", True)
    ]
    assert any(note.startswith("do: the named action") for note in back(lost).notes)


def test_contacts_of_a_list_stay_behind(scope):
    audience = {"type": "contacts", "config": {"contacts": [EXAMPLE_ID, EXAMPLE_ID]}}
    trigger = {"id": "daily", "type": "schedule", "config": {"cron": "0 9 * * *", "audience": audience}}

    document = out(workflow(triggers=[trigger]))

    assert EXAMPLE_ID not in json.dumps(document)
    assert document["workflow"]["triggers"][0]["config"]["audience"]["config"] == {"contacts": []}
    assert document["unresolved"][0]["message"].startswith("2 contacts")


def test_a_version_is_exported_as_it_was(scope):
    made = workflow()
    publish_draft(made, by="test")
    made.draft = {**SIMPLE, "nodes": [{**TAG, "config": {"tag": "جديد"}}]}
    made.save()

    assert out(made, version=1)["workflow"]["nodes"][0]["config"] == {"tag": "زبون"}
    assert out(made)["workflow"]["nodes"][0]["config"] == {"tag": "جديد"}
    with pytest.raises(Version.DoesNotExist):
        export(made, version=2)


def test_it_takes_its_event_types_and_fields_to_another_tenant(scope, other):
    EventType.objects.create(code="ORDER_PAID", label="دفع الطلب", schema={"type": "object"})
    declare_field(slug="size", label="المقاس", type="choice", choices=["S", "L"])
    condition = {
        "id": "if",
        "type": "condition",
        "predicate": {"field": "user.custom.size", "op": "equals", "value": "L"},
    }
    made = workflow(
        triggers=[{"event_type": "ORDER_PAID"}],
        nodes=[condition, TAG],
        edges=[{"source": "if", "target": "tag", "port": "true"}],
    )
    document = out(made)

    with tenant_scope(other):
        found = back(document, activate=True)

        assert EventType.objects.get(code="ORDER_PAID").label == "دفع الطلب"
        field = CustomField.objects.get(slug="size")
        assert (field.label, field.type, field.choices) == ("المقاس", "choice", ["S", "L"])
        assert found.workflow.status == "active"
        assert len(found.notes) == 2
        assert back(document).notes == []


def test_a_field_that_holds_something_else_is_not_taken(scope, other):
    declare_field(slug="size", label="المقاس", type="number")
    document = out(workflow(nodes=[{"id": "up", "action": "update_user", "config": {"custom": {"size": 4}}}]))

    with tenant_scope(other):
        declare_field(slug="size", label="اندازه")
        with pytest.raises(FieldMismatchError, match="holds text, while number is needed"):
            back(document)
        assert not Workflow.objects.exists()


@pytest.mark.parametrize(("name", "slug"), [("Win back 2!", "win_back_2"), ("ترحيب", "workflow_")])
def test_its_slug_is_of_latin_letters(scope, name, slug):
    assert out(workflow(name))["slug"].startswith(slug)


# -- what comes in -----------------------------------------------------------------------------------------------------


def test_a_plain_workflow_document_is_taken_too(scope):
    made = back(SIMPLE, name="من الخارج")

    assert (made.workflow.name, made.workflow.draft, made.problems) == ("من الخارج", SIMPLE, [])
    assert back({"triggers": []}).workflow.name == "Workflow"
    assert back({"actions": [TAG]}, name="x").problems[0].place == "/triggers"


@pytest.mark.parametrize(
    ("document", "error", "place"),
    [
        ({"nodes": [{"id": "Bad Id"}]}, DocumentError, "/nodes/0/id"),
        ({"format": "n8n"}, InvalidTemplateError, "/format"),
        ({"format": ["x"]}, InvalidTemplateError, "/format"),
        ({"format": "wasl.workflow-template/1"}, InvalidTemplateError, "/slug"),
        (
            {"format": "wasl.workflow-template/1", "slug": "x", "name": {"en": "x"}, "workflow": {"nodes": 3}},
            InvalidTemplateError,
            "/workflow/nodes",
        ),
        (
            {
                "format": "wasl.workflow-template/1", "slug": "x", "name": {"en": "x"}, "workflow": {},
                "event_types": [{"code": "small", "label": {}}],
            },
            InvalidTemplateError,
            "/event_types/0/code",
        ),
    ],
)  # fmt: skip
def test_a_document_of_a_wrong_shape_is_refused(scope, document, error, place):
    with pytest.raises(error) as caught:
        back(document)

    assert place in {problem.place for problem in caught.value.problems}
    assert not Workflow.objects.exists()


def test_a_plain_document_has_no_parameters(scope):
    with pytest.raises(ParametersError):
        back(SIMPLE, parameters={"x": 1})


def test_a_taken_name_is_refused_when_it_was_asked_for(scope):
    workflow("ترحيب")

    with pytest.raises(NameTakenError):
        back(SIMPLE, name="ترحيب")


def test_what_cannot_be_published_is_not_left_behind(scope):
    document = out(workflow(nodes=[{"id": "a", "action": "no_such"}]))

    with pytest.raises(DocumentError):
        back(document, activate=True)
    assert Workflow.objects.count() == 1
    assert [problem.place for problem in back(document).problems] == ["a"]


def test_an_export_is_a_template(everything):
    assert isinstance(read_template(out(everything)), Template)

"""The catalogue names every registered part of a workflow, with schemas that are schemas."""

from __future__ import annotations

import jsonschema
import pytest

from workflow.audiences import AUDIENCES
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import NODE_TYPES, TRIGGER_TYPES, Document, Node, PortRule


@pytest.fixture
def catalogue(demo, api, demo_key):
    answer = api("demo.localhost", key=demo_key("workflow:read")).get("/api/v1/workflow/fields/")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize(
    ("part", "registry"),
    [
        ("node_types", NODE_TYPES),
        ("trigger_types", TRIGGER_TYPES),
        ("exit_signals", EXIT_SIGNALS),
        ("audiences", AUDIENCES),
    ],
)
def test_every_registered_one_is_there(catalogue, part, registry):
    assert [row["slug"] for row in catalogue[part]] == list(registry)
    for row in catalogue[part]:
        assert row["label"]
        if "config_schema" in row:
            jsonschema.Draft202012Validator.check_schema(row["config_schema"])


def test_examples_of_node_types_are_configs(catalogue):
    for row in catalogue["node_types"]:
        jsonschema.validate(row["example"], row["config_schema"]) if row["example"] else None
        assert row["description"].endswith(".")


def test_the_schema_of_a_document_takes_what_publishing_takes(catalogue):
    document = {
        "triggers": [{"event_type": "MESSAGE_RECEIVED"}],
        "nodes": [{"id": "a", "action": "add_tag", "config": {"tag": "x"}}],
        "policy": {"reentry": {"rule": "once"}},
    }
    jsonschema.validate(document, catalogue["document_schema"])
    Document.model_validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "nods": []}, catalogue["document_schema"])


def of_type(catalogue, slug) -> dict:
    return next(row for row in catalogue["node_types"] if row["slug"] == slug)


CASE = {"field": "user.language", "op": "equals", "value": "ar"}


@pytest.mark.parametrize(
    ("slug", "config", "ports"),
    [
        ("switch", {"cases": [{"port": "arabic", "label": "العربية", "predicate": CASE}]}, ["arabic", "default", "error"]),
        ("split", {"arms": [{"port": "a"}, {"port": "b"}, {"port": "c"}]}, ["a", "b", "c"]),
        ("parallel", {"branches": ["left", "right"]}, ["left", "right", "error"]),
        ("approval", {"title": "استرداد", "role": "manager"}, ["approved", "rejected", "error"]),
        (
            "approval",
            {"title": "استرداد", "role": "manager", "deadline": {"hours": 2}},
            ["approved", "rejected", "expired", "error"],
        ),
        ("condition", {}, ["true", "false", "error"]),
        ("exit", {}, []),
    ],
)  # fmt: skip
def test_ports_follow_the_rule_that_the_catalogue_tells(catalogue, slug, config, ports):
    rule = PortRule(**of_type(catalogue, slug)["port_rule"])

    assert list(rule.of(config)) == ports
    assert list(NODE_TYPES.get(slug).ports(Node(id="a", type=slug, config=config))) == ports


@pytest.mark.parametrize("slug", ["switch", "split", "parallel", "approval"])
def test_a_config_that_tells_no_ports_yet_is_no_reason_to_refuse_edges(slug):
    assert NODE_TYPES.get(slug).ports(Node(id="a", type=slug, config={})) is None


def test_the_catalogue_tells_which_parts_a_node_reads(catalogue):
    assert of_type(catalogue, "condition")["keys"] == ["condition_id", "predicate"]
    assert of_type(catalogue, "condition")["branches"] is True
    assert of_type(catalogue, "exit")["keys"] == []
    runs_actions = [row["slug"] for row in catalogue["node_types"] if "action" in row["keys"]]
    assert len(runs_actions) == 1, "a builder offers the actions of one sort of node"


def test_the_catalogue_tells_what_needs_a_channel(demo, api, demo_key):
    rows = api("demo.localhost", key=demo_key("workflow:read")).get("/api/v1/workflow/actions/action_types/")

    channels = {row["slug"]: row["channels"] for row in rows.json()}
    assert channels["send_message"] == ["any"]
    assert channels["add_tag"] == []


def test_the_catalogue_tells_how_triggers_and_retries_are_set(catalogue):
    keys = {row["slug"]: row["keys"] for row in catalogue["trigger_types"]}
    assert keys["event"] == ["event_type", "trigger_id"]
    assert keys["schedule"] == []
    jsonschema.validate({"attempts": 5, "backoff_s": 1.5}, catalogue["retry_schema"])
    policy = catalogue["document_schema"]["$defs"]
    assert policy["Exits"]["properties"]["unless"]["x-widget"] == "predicate"
    assert policy["Goal"]["properties"]["event_type"]["x-relation"] == "event-type"

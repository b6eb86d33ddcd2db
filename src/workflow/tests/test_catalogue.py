"""The catalogue names every registered part of a workflow, with schemas that are schemas."""

from __future__ import annotations

import jsonschema
import pytest

from workflow.audiences import AUDIENCES
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import NODE_TYPES, TRIGGER_TYPES, Document


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

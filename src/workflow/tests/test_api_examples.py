"""The examples of the API's document are true: each is sent, and answered as it says."""

from __future__ import annotations

import pytest
from drf_spectacular.generators import SchemaGenerator

from core.api.schema import EXAMPLES
from workflow.models import Workflow


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(document):
    return {
        operation["operationId"]: (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    }


@pytest.mark.parametrize("operation_id", list(EXAMPLES))
def test_it_is_answered_as_it_says(engine, api, demo_key, operations, operation_id):
    example = EXAMPLES.get(operation_id)
    path, method, operation = operations[operation_id]
    client = api("demo.localhost", key=demo_key("workflow:write"))
    workflow = engine.workflow({"action": "add_tag", "config": {"tag": "x"}}, on="TAG_ADDED", name="there")

    answer = getattr(client, method)(path.replace("{id}", str(workflow.id)), example.request)

    assert 200 <= answer.status_code < 300, answer.content
    assert str(answer.status_code) in operation["responses"]
    if example.response is not None:
        assert str(answer.status_code) == example.status
        assert answer.json().keys() == example.response.keys()


def test_the_example_workflow_can_be_switched_on(engine, api, demo_key):
    client = api("demo.localhost", key=demo_key("workflow:write"))
    client.post("/api/v1/workflow/workflows/", EXAMPLES.get("workflow_workflows_create").request)
    workflow = Workflow.objects.get(name="coupon")

    answer = client.post(f"/api/v1/workflow/workflows/{workflow.id}/activate/", {})

    assert answer.status_code == 200, answer.content


def test_every_operation_tells_of_its_errors(document, operations):
    assert "Error" in document["components"]["schemas"]
    for operation_id, (path, method, operation) in operations.items():
        missing = {"401", "403"} - operation["responses"].keys()
        assert not missing, f"{operation_id}: {missing}"
        if method == "post":
            assert "400" in operation["responses"], operation_id
        if "{id}" in path:
            assert "404" in operation["responses"], operation_id


def test_repeated_requests_are_told_of_where_they_are_done_once(operations):
    _, _, operation = operations["workflow_triggers_process_event_create"]
    assert "Idempotency-Key" in {p["name"] for p in operation["parameters"]}
    _, _, listing = operations["workflow_triggers_list"]
    assert "Idempotency-Key" not in {p["name"] for p in listing["parameters"]}

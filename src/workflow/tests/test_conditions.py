"""Condition nodes: three ports, and an error that is never taken for no."""

from __future__ import annotations

import pytest

from workflow.models import Workflow
from workflow.services.publishing import publish_draft
from workflow.tests.conftest import states

RICH = {"field": "event.data.total", "op": "greater", "value": 100}


def _document(*ports: str):
    nodes = [{"id": "rich", "type": "condition", "predicate": RICH}]
    nodes += [{"id": f"on_{port}", "action": "add_tag", "config": {"tag": port}} for port in ports]
    return {
        "nodes": nodes,
        "edges": [{"source": "rich", "target": f"on_{port}", "port": port} for port in ports],
    }


@pytest.mark.parametrize(
    ("total", "port"), [(101, "true"), ("۱۰۱", "true"), (99, "false"), (None, "false"), ("many", "error")]
)
def test_the_result_names_the_port(engine, total, port):
    engine.workflow(**_document("true", "false", "error"))

    execution = engine.run(engine.contact(), total=total)

    assert states(execution) == [(f"on_{port}", "completed")]
    assert execution.outputs["rich"]["result"] == port
    assert ("error" in execution.outputs["rich"]) is (port == "error")
    assert execution.state == "completed"


def test_an_unconnected_port_ends_the_execution(engine):
    engine.workflow(**_document("true"))

    execution = engine.run(engine.contact(), total=1)

    assert (execution.state, states(execution)) == ("completed", [])


def test_an_error_without_a_port_fails_the_execution_with_the_reason(engine):
    engine.workflow(**_document("true", "false"))

    execution = engine.run(engine.contact(), total="many")

    assert (execution.state, execution.node) == ("failed", "rich")
    assert "could not be decided" in execution.error
    assert "not a number" in execution.error


def test_a_condition_reads_the_contact_as_it_is_by_then(engine):
    nodes = [
        {"id": "mark", "action": "add_tag", "config": {"tag": "vip"}},
        {
            "id": "is_vip",
            "type": "condition",
            "predicate": {"field": "user.tags", "op": "contains", "value": "vip"},
        },
        {"id": "note", "action": "add_note", "config": {"text": "vip"}},
    ]
    edges = [{"source": "mark", "target": "is_vip"}, {"source": "is_vip", "target": "note", "port": "true"}]
    engine.workflow(nodes=nodes, edges=edges)

    assert states(engine.run(engine.contact())) == [("mark", "completed"), ("note", "completed")]


def test_a_condition_can_read_the_output_of_a_step(engine):
    nodes = [
        {"id": "mark", "action": "add_tag", "config": {"tag": "vip"}},
        {
            "id": "new",
            "type": "condition",
            "predicate": {"field": "steps.mark.changed", "op": "equals", "value": True},
        },
        {"id": "note", "action": "add_note", "config": {"text": "new vip"}},
    ]
    edges = [{"source": "mark", "target": "new"}, {"source": "new", "target": "note", "port": "true"}]
    engine.workflow(nodes=nodes, edges=edges)

    assert len(states(engine.run(engine.contact("vip")))) == 1
    assert len(states(engine.run(engine.contact()))) == 2


def test_every_operator_can_be_published(scope):
    """What the grammar knows, the engine takes."""
    from core.predicates import OPERATORS

    for operator in OPERATORS.values():
        line = dict(operator.example)
        line["field"] = "user" if operator.slug == "performed" else "event.data.x"
        workflow = Workflow.objects.create(
            name=operator.slug,
            draft={
                "triggers": [{"event_type": "MESSAGE_RECEIVED", "predicate": line}],
                "actions": [{"action": "add_tag", "config": {"tag": "x"}}],
            },
        )
        assert publish_draft(workflow, by="t").number == 1

"""``remove_from_workflow``: a contact leaves what it is in the middle of, and only that."""

from __future__ import annotations

import uuid

import pytest
from pydantic import ValidationError

from workflow.actions.base import ACTIONS
from workflow.actions.remove_from_workflow import RemoveFromWorkflowConfig
from workflow.models import Workflow, WorkflowExecution
from workflow.services.publishing import publish_draft
from workflow.services.running import Subject, run_internal

WAIT = {"id": "wait", "action": "wait", "config": {"hours": 1}}
TAG = {"id": "after", "action": "add_tag", "config": {"tag": "after"}}
CALLED = [{"id": "call", "type": "called"}]


def removing(**config) -> dict:
    return {"id": "remove", "action": "remove_from_workflow", "config": config}


def runs_of(workflow: Workflow) -> list[WorkflowExecution]:
    return list(WorkflowExecution.objects.filter(workflow=workflow).order_by("id"))


def test_a_contact_leaves_one_workflow(engine):
    first = engine.workflow(WAIT, on="USER_UPDATED", name="first")
    second = engine.workflow(WAIT, on="USER_UPDATED", name="second")
    engine.workflow(removing(workflow=str(first.id)), TAG)
    amina, omid = engine.contact(), engine.contact()
    for contact in (amina, omid):
        engine.happen(contact, "USER_UPDATED")
    engine.work()
    inside = WorkflowExecution.objects.filter(contact_id__in=[amina, omid], state="waiting").count()

    execution = engine.run(amina)

    assert execution.state == "completed"
    count = execution.outputs["remove"]["count"]
    assert count > 0
    left = WorkflowExecution.objects.filter(exit_reason="removed")
    assert {(run.workflow_id, run.contact_id, run.state) for run in left} == {(first.id, amina, "exited")}
    assert WorkflowExecution.objects.filter(state="waiting").count() == inside - count
    assert WorkflowExecution.objects.filter(workflow=second, contact_id=amina, state="waiting").exists()
    engine.let_time_pass()
    engine.work()
    assert {run.state for run in runs_of(first) if run.contact_id == amina} == {"exited"}


def test_a_contact_leaves_everything_but_this(engine):
    for name in ("first", "second"):
        engine.workflow(WAIT, on="TAG_REMOVED", name=name)
    remover = engine.workflow(removing(all=True), WAIT, TAG, name="remover")
    amina = engine.contact()
    engine.happen(amina, "TAG_REMOVED")
    engine.work()
    before = engine.run(amina)
    assert before.outputs["remove"] == {"count": 2}

    execution = engine.run(amina)

    # The earlier execution of this very workflow is another one.
    assert execution.outputs["remove"] == {"count": 1}
    assert [(run.state, run.exit_reason) for run in runs_of(remover)] == [
        ("exited", "removed"),
        ("waiting", ""),
    ]
    engine.let_time_pass()
    engine.work()
    execution.refresh_from_db()
    assert execution.state == "completed"


@pytest.mark.parametrize(("target", "leaves"), [({"all": True}, True), ("itself", True), ("another", False)])
def test_it_can_take_itself_out(engine, target, leaves):
    other = engine.workflow(WAIT, on="TAG_REMOVED", name="other")
    workflow = engine.workflow(TAG, name="itself")
    named = {"itself": {"workflow": str(workflow.id)}, "another": {"workflow": str(other.id)}}
    config = target if isinstance(target, dict) else named[target]
    workflow.draft = {**workflow.draft, "actions": [removing(**config, include_self=True), TAG]}
    workflow.save()
    publish_draft(workflow, by="test")
    amina = engine.contact()

    execution = engine.run(amina)

    assert (execution.state, execution.exit_reason) == (
        ("exited", "removed") if leaves else ("completed", "")
    )
    assert execution.outputs["remove"] == {"count": int(leaves)}
    assert engine.user(amina)["tags"] == ([] if leaves else ["after"])
    assert execution.ended_at is not None


def test_out_of_a_branch_the_whole_execution_ends(engine):
    workflow = engine.workflow(
        nodes=[
            {"id": "both", "type": "parallel", "config": {"branches": ["a", "b"]}},
            removing(all=True, include_self=True),
            WAIT,
            {"id": "join", "type": "join"},
            TAG,
        ],
        edges=[
            {"source": "both", "target": "wait", "port": "a"},
            {"source": "both", "target": "remove", "port": "b"},
            {"source": "wait", "target": "join"},
            {"source": "remove", "target": "join"},
            {"source": "join", "target": "after"},
        ],
    )
    amina = engine.contact()

    event = engine.happen(amina)
    engine.work()
    engine.let_time_pass()
    engine.work()

    root = WorkflowExecution.objects.get(event_id=event.id, parent=None)
    assert (root.state, root.exit_reason) == ("exited", "removed")
    assert {run.state for run in runs_of(workflow)} == {"exited", "cancelled"}
    assert engine.user(amina)["tags"] == []


def test_a_branch_does_not_end_its_own_execution_unasked(engine):
    engine.workflow(
        nodes=[
            {"id": "both", "type": "parallel", "config": {"branches": ["a", "b"]}},
            removing(all=True),
            WAIT,
        ],
        edges=[
            {"source": "both", "target": "wait", "port": "a"},
            {"source": "both", "target": "remove", "port": "b"},
        ],
    )
    event = engine.happen(engine.contact())
    engine.work()
    engine.let_time_pass()
    engine.work()

    assert WorkflowExecution.objects.get(event_id=event.id, parent=None).state == "completed"


@pytest.mark.parametrize("include_self", [False, True])
def test_what_called_it_goes_on(engine, include_self):
    target = engine.workflow(triggers=CALLED, nodes=[{**WAIT, "config": {"minutes": 1}}, removing(all=True, include_self=include_self)],
                    edges=[{"source": "wait", "target": "remove"}])  # fmt: skip
    sub = {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(target.id)}}
    engine.workflow(nodes=[sub, TAG], edges=[{"source": "sub", "target": "after"}])
    amina = engine.contact()
    execution = engine.run(amina)
    assert execution.state == "waiting"

    engine.let_time_pass()
    engine.work()

    execution.refresh_from_db()
    assert (execution.state, execution.exit_reason) == ("completed", ""), execution.error
    assert engine.user(amina)["tags"] == ["after"]
    (child,) = runs_of(target)
    assert (child.state, child.exit_reason) == (("exited", "removed") if include_self else ("completed", ""))


def test_children_end_with_their_execution_and_are_not_counted(engine):
    target = engine.workflow(triggers=CALLED, nodes=[WAIT])
    sub = {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(target.id)}}
    outer = engine.workflow(nodes=[sub], on="TAG_REMOVED", name="outer")
    engine.workflow(removing(workflow=str(outer.id)))
    amina = engine.contact()
    engine.happen(amina, "TAG_REMOVED")
    engine.work()

    execution = engine.run(amina)

    assert execution.outputs["remove"] == {"count": 1}
    assert [run.state for run in (*runs_of(outer), *runs_of(target))] == ["exited", "exited"]


def test_there_must_be_a_contact(engine):
    engine.workflow(removing(all=True))

    assert "MissingSubjectError" in engine.run().error


def test_by_hand_it_has_no_execution_of_its_own(engine):
    waiting = engine.workflow(WAIT, on="TAG_REMOVED")
    amina = engine.contact()
    engine.happen(amina, "TAG_REMOVED")
    engine.work()
    action = ACTIONS.get("remove_from_workflow")

    output = run_internal(
        action,
        action.Config(all=True, include_self=True),
        Subject(by="key:x", user_id=str(amina)),
        key="",
    )

    assert output.count == 1
    assert [run.state for run in runs_of(waiting)] == ["exited"]


@pytest.mark.parametrize("config", [{}, {"all": False}, {"all": True, "workflow": str(uuid.uuid4())}])
def test_one_workflow_or_all(config):
    with pytest.raises(ValidationError, match="either 'workflow' or 'all'"):
        RemoveFromWorkflowConfig.model_validate(config)

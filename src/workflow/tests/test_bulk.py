"""Retrying and cancelling many executions at once, by the filters of their list."""

from __future__ import annotations

import pytest

from core.errors import PermanentError
from workflow.jobs.base import JOB_KINDS
from workflow.models import ExecutionState, Job, JobState, WorkflowExecution

URL = "/api/v1/workflow/"
TAG = {"action": "add_tag", "config": {"tag": "مشترک"}}


@pytest.fixture
def client(scope, api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


def _states(job: Job) -> tuple:
    job.refresh_from_db()
    return job.state, job.done, job.failed, job.total


def _failed(engine, workflow, count: int) -> list[WorkflowExecution]:
    for _ in range(count):
        engine.happen(engine.contact())
    engine.work()
    rows = list(WorkflowExecution.objects.filter(workflow=workflow).order_by("id"))
    assert {row.state for row in rows} == {ExecutionState.FAILED}
    return rows


def _bulk(client, what: str, body: dict) -> Job:
    answer = client.post(f"{URL}workflow-executions/bulk_{what}/", body, format="json")
    assert answer.status_code == 202, answer.json()
    return Job.objects.get(id=answer.json()["id"])


@pytest.fixture
def moody(monkeypatch):
    """``add_tag`` fails while ``moody["bad"]``."""
    from workflow.actions.base import ACTIONS

    mood = {"bad": True}
    action = ACTIONS.get("add_tag")
    right = type(action).run_many

    def run_many(self, calls):
        if mood["bad"]:
            raise PermanentError("خراب است")
        return right(self, calls)

    monkeypatch.setattr(type(action), "run_many", run_many)
    return mood


def test_failed_ones_are_retried_by_filter(client, engine, moody, monkeypatch):
    monkeypatch.setattr(type(JOB_KINDS.get("retry")), "size", 2)
    workflow = engine.workflow(TAG, name="اول")
    rows = _failed(engine, workflow, 5)
    other = engine.workflow(TAG, name="دوم", on="TAG_REMOVED")
    engine.happen(engine.contact(), "TAG_REMOVED")
    engine.work()
    moody["bad"] = False

    job = _bulk(client, "retry", {"filters": {"workflow": str(workflow.id)}})
    engine.work()

    assert _states(job) == (JobState.DONE, 5, 0, 5)
    assert job.workflow_id == workflow.id
    assert {row.state for row in WorkflowExecution.objects.filter(id__in=[r.id for r in rows])} == {
        "completed"
    }
    assert WorkflowExecution.objects.get(workflow=other).state == "failed"


def test_those_that_fail_again_are_not_tried_without_end(client, engine, moody, monkeypatch):
    monkeypatch.setattr(type(JOB_KINDS.get("retry")), "size", 2)
    workflow = engine.workflow(TAG)
    _failed(engine, workflow, 3)

    job = _bulk(client, "retry", {"filters": {"state": "failed"}})
    engine.work()

    assert _states(job) == (JobState.DONE, 3, 0, 3)


def test_those_under_way_are_cancelled_by_filter(client, engine):
    workflow = engine.workflow({"action": "wait", "config": {"days": 1}})
    amina, badr = engine.contact(), engine.contact()
    for contact in (amina, badr, badr):
        engine.happen(contact)
    engine.work()

    job = _bulk(client, "cancel", {"filters": {"contact": str(badr), "workflow": str(workflow.id)}})
    engine.work()

    assert _states(job) == (JobState.DONE, 2, 0, 2)
    states = WorkflowExecution.objects.order_by("id").values_list("contact_id", "state", "exit_reason")
    assert set(states) == {(amina, "waiting", ""), (badr, "cancelled", "cancelled")}


def test_later_ones_are_left_alone(client, engine):
    """What begins after the job was made is not the job's."""
    engine.workflow({"action": "wait", "config": {"days": 1}})
    engine.happen(engine.contact())
    engine.work()
    job = _bulk(client, "cancel", {"all": True})
    late = engine.contact()
    engine.happen(late)

    engine.work()

    assert _states(job)[1:] == (1, 0, 1)
    assert WorkflowExecution.objects.get(contact_id=late).state == "waiting"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "filters"),
        ({"filters": {"state": []}}, "filters"),
        ({"filters": {"stat": "failed"}}, "filters.stat"),
        ({"filters": {"state": ["نامعلوم"]}}, "filters.state"),
        ({"filters": {"workflow": "x"}}, "filters.workflow"),
    ],
)
@pytest.mark.parametrize("what", ["retry", "cancel"])
def test_a_filter_that_says_nothing_or_nonsense_is_refused(client, engine, what, body, field):
    answer = client.post(f"{URL}workflow-executions/bulk_{what}/", body, format="json")

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert not Job.objects.exists()

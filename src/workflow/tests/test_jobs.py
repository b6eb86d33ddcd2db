"""Jobs: batch by batch through the queue, with progress, cancelling and failing; starting, retrying, cancelling many."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from core.errors import PermanentError
from core.registry import UnknownKeyError
from workflow.audiences import AUDIENCES, Audience
from workflow.jobs.base import JOB_KINDS, Batch, JobKind
from workflow.models import Job, JobState, TriggerEventLog, Workflow, WorkflowExecution
from workflow.services.jobs import JobEndedError, cancel_job, create_job

URL = "/api/v1/workflow/"
TAG = {"action": "add_tag", "config": {"tag": "مشترک"}}


@pytest.fixture
def client(scope, api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


@pytest.fixture
def counting(monkeypatch):
    """A kind ``count``: counts to ``params["to"]`` in threes; ``at`` are called as batches begin, by their number."""

    class Count(JobKind):
        slug = "count"
        label = "Count"
        size = 3

        def __init__(self) -> None:
            self.at = {}
            self.batches = 0

        def total(self, params):
            return params.get("to")

        def batch(self, job, cursor, size):
            self.batches += 1
            self.at.get(self.batches, lambda: None)()
            first = int(cursor or 0)
            last = min(first + size, job.params["to"])
            return Batch(
                str(last) if last < job.params["to"] else "",
                done=last - first,
                result={"sum": job.result.get("sum", 0) + sum(range(first, last)), "_own": last},
            )

    kind = Count()
    monkeypatch.setitem(JOB_KINDS._items, "count", kind)
    return kind


def _states(job: Job) -> tuple:
    job.refresh_from_db()
    return job.state, job.done, job.failed, job.total


def test_batch_by_batch_to_the_end(engine, counting):
    job = create_job("count", {"to": 8}, by="key:test")
    assert _states(job) == (JobState.RUNNING, 0, 0, 8)

    engine.work()

    assert _states(job) == (JobState.DONE, 8, 0, 8)
    assert counting.batches == 3
    assert job.result == {"sum": sum(range(8))}
    assert job.ended_at is not None


def test_progress_is_there_with_each_batch(engine, counting):
    seen = []
    job = create_job("count", {"to": 9}, by="key:test")
    counting.at = {
        n: lambda: seen.append(Job.objects.values_list("done", flat=True).get(id=job.id)) for n in (1, 2, 3)
    }

    engine.work()

    assert seen == [0, 3, 6]


def test_cancelling_stops_after_the_batch_in_hand(engine, counting):
    job = create_job("count", {"to": 30}, by="key:test")
    counting.at = {2: lambda: cancel_job(job.id)}

    engine.work()

    assert _states(job) == (JobState.CANCELLED, 6, 0, 30)
    assert job.result == {"sum": sum(range(6))}
    with pytest.raises(JobEndedError, match="cancelled already"):
        cancel_job(job.id)


def test_what_fails_for_good_ends_the_job_with_the_reason(engine, counting):
    def fail():
        raise PermanentError("هیچ مخاطبی نیست")

    job = create_job("count", {"to": 30}, by="key:test")
    counting.at = {2: fail}

    engine.work()

    assert _states(job) == (JobState.FAILED, 3, 0, 30)
    assert "هیچ مخاطبی نیست" in job.error


def test_what_fails_for_a_moment_is_tried_again(engine, counting):
    def fail():
        raise RuntimeError("not now")

    job = create_job("count", {"to": 6}, by="key:test")
    counting.at = {2: fail}

    engine.work()
    assert _states(job) == (JobState.RUNNING, 3, 0, 6)
    engine.let_time_pass()
    engine.work()

    assert _states(job) == (JobState.DONE, 6, 0, 6)
    assert job.result == {"sum": sum(range(6))}


def test_an_unknown_kind_is_refused(scope):
    with pytest.raises(UnknownKeyError, match="known: backtest, cancel, "):
        create_job("fly", {}, by="key:test")


# -- starting many -------------------------------------------------------------------------------------------------------


def _execute_many(client, workflow, body) -> Job:
    answer = client.post(f"{URL}workflows/{workflow.id}/execute_many/", body, format="json")
    assert answer.status_code == 202, answer.json()
    return Job.objects.get(id=answer.json()["id"])


def test_a_list_of_contacts(client, engine, monkeypatch):
    """Known ones by their own id or ours, and a new one; whom it cannot be is told."""
    monkeypatch.setattr(type(JOB_KINDS.get("start")), "size", 2)
    workflow = engine.workflow(TAG, on="TAG_REMOVED")
    amina, badr = engine.contact(), engine.contact()
    names = [engine.user(amina)["external_id"], str(badr), "مشتری-نو", " "]

    job = _execute_many(client, workflow, {"user_ids": names[:3], "data": {"campaign": "نوروز"}})
    engine.work()

    assert _states(job) == (JobState.DONE, 3, 0, 3)
    rows = WorkflowExecution.objects.filter(workflow=workflow)
    assert {amina, badr} < {row.contact_id for row in rows}
    assert {row.state for row in rows} == {"completed"}
    assert engine.user(amina)["tags"] == ["مشترک"]
    assert TriggerEventLog.objects.filter(workflow=workflow, result="started").count() == 3


ONCE = {"reentry": {"rule": "once"}}
SKIP = {"reentry": {"rule": "every_time", "when_inside": "skip"}}
TWO_AN_HOUR = {"limits": {"per_hour": 2}}
WAIT = {"action": "wait", "config": {"hours": 1}}


@pytest.mark.parametrize(
    ("policy", "refused"), [(ONCE, {"reentry": 3}), (SKIP, {"inside": 3}), (TWO_AN_HOUR, {"limit": 4})]
)
def test_nobody_is_written_to_twice(client, engine, monkeypatch, policy, refused):
    """The rules hold for many, counted with their reason; who means it may pass over them."""
    monkeypatch.setattr(type(JOB_KINDS.get("start")), "size", 2)
    workflow = engine.workflow(TAG, WAIT, policy=policy)
    body = {"user_ids": [engine.user(engine.contact())["external_id"] for _ in range(3)]}

    jobs = []
    for more in ({}, {}, {"respect_rules": False}):
        jobs.append(_execute_many(client, workflow, {**body, **more}))
        engine.work()

    for job in jobs:
        assert _states(job) == (JobState.DONE, 3, 0, 3)
    first, second, forced = (job.result.get("refused", {}) for job in jobs)
    assert dict(Counter(first) + Counter(second)) == refused
    assert forced == {}
    executions = WorkflowExecution.objects.filter(workflow=workflow).count()
    assert executions == 9 - sum(refused.values())
    log = TriggerEventLog.objects.filter(workflow=workflow)
    assert Counter(log.values_list("result", flat=True)) == {"started": executions, **refused}


def test_a_contact_named_twice_is_one_who_starts_once(client, engine):
    name = engine.user(engine.contact())["external_id"]
    job = _execute_many(client, engine.workflow(TAG, policy=ONCE), {"user_ids": [name, name]})
    engine.work()

    assert _states(job) == (JobState.DONE, 2, 0, 2)
    assert job.result == {"refused": {"reentry": 1}}
    assert WorkflowExecution.objects.count() == 1


def test_it_is_done_once_however_often_it_is_asked_under_one_key(client, engine):
    workflow = engine.workflow(TAG)
    body = {"user_ids": [engine.user(engine.contact())["external_id"]]}
    path = f"{URL}workflows/{workflow.id}/execute_many/"

    first = client.post(path, body, format="json", HTTP_IDEMPOTENCY_KEY="یک")
    second = client.post(path, body, format="json", HTTP_IDEMPOTENCY_KEY="یک")
    engine.work()

    assert first.json()["id"] == second.json()["id"]
    assert WorkflowExecution.objects.count() == 1


def test_what_one_contact_fails_at_keeps_no_other(engine):
    workflow = engine.workflow(TAG)
    good = engine.user(engine.contact())["external_id"]

    job = create_job("start", {"user_ids": ["x" * 500, good]}, by="t", workflow=workflow)
    engine.work()

    assert _states(job) == (JobState.DONE, 1, 1, 2)
    (error,) = job.result["errors"]
    assert error["of"] == "x" * 500


def test_an_audience(client, engine, monkeypatch):
    """Page by page, to the last."""
    people = sorted(engine.contact() for _ in range(5))

    class Everyone(Audience):
        slug = "everyone_here"
        label = "Everyone"

        def page(self, config, *, after, limit):
            return [one for one in people if after is None or one > after][:limit]

    monkeypatch.setitem(AUDIENCES._items, "everyone_here", Everyone())
    monkeypatch.setattr(type(JOB_KINDS.get("start")), "size", 2)
    workflow = engine.workflow(TAG)

    job = _execute_many(client, workflow, {"audience": {"type": "everyone_here"}})
    engine.work()

    assert _states(job) == (JobState.DONE, 5, 0, None)
    assert set(WorkflowExecution.objects.values_list("contact_id", flat=True)) == set(people)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "non_field_errors"),
        ({"user_ids": ["a"], "audience": {"type": "segment"}}, "audience"),
        ({"user_ids": []}, "user_ids"),
        ({"audience": {"type": "nobody"}}, "audience"),
    ],
)
def test_nobody_in_particular_is_refused(client, engine, body, field):
    workflow = engine.workflow(TAG)

    answer = client.post(f"{URL}workflows/{workflow.id}/execute_many/", body, format="json")

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert not Job.objects.exists()


def test_an_unpublished_workflow_is_refused(client, engine):
    workflow = Workflow.objects.create(name="پیش‌نویس", draft={})

    answer = client.post(f"{URL}workflows/{workflow.id}/execute_many/", {"user_ids": ["a"]}, format="json")

    assert answer.status_code == 409


# -- the list ------------------------------------------------------------------------------------------------------------


def test_jobs_are_listed_shown_and_cancelled(client, engine, counting, django_assert_max_num_queries):
    workflow = engine.workflow(TAG, name="کمپین")
    jobs = [
        create_job("count", {"to": 4, "_own": "x"}, by="t", workflow=workflow if n else None)
        for n in range(3)
    ]

    with django_assert_max_num_queries(5):
        listed = client.get(f"{URL}jobs/").json()
    assert [row["id"] for row in listed["results"]] == [str(job.id) for job in reversed(jobs)]
    assert "result" not in listed["results"][0]
    assert listed["results"][0]["workflow_name"] == "کمپین"
    shown = client.get(f"{URL}jobs/{jobs[0].id}/").json()
    assert (shown["params"], shown["result"], shown["workflow_name"]) == ({"to": 4}, {}, None)
    assert client.post(f"{URL}jobs/{jobs[0].id}/cancel/").json()["state"] == "cancelled"
    assert client.post(f"{URL}jobs/{jobs[0].id}/cancel/").status_code == 409

    def count(query: str) -> int:
        return client.get(f"{URL}jobs/?{query}").json()["count"]

    assert (count("state=cancelled"), count("state=running"), count(f"workflow={workflow.id}")) == (1, 2, 2)
    assert count("kind=backtest") == 0
    assert client.get(f"{URL}jobs/?kind=fly").status_code == 400
    assert client.get(f"{URL}jobs/{uuid.uuid4()}/").status_code == 404


def test_who_may_only_read_makes_no_job(scope, api, demo_key, engine):
    reader = api("demo.localhost", key=demo_key("workflow:read"))
    workflow = engine.workflow(TAG)

    assert reader.get(f"{URL}jobs/").status_code == 200
    for path in ("backtest", "execute_many", "dry_run"):
        assert reader.post(f"{URL}workflows/{workflow.id}/{path}/", {}, format="json").status_code == 403
    for path in ("bulk_retry", "bulk_cancel"):
        assert (
            reader.post(f"{URL}workflow-executions/{path}/", {"all": True}, format="json").status_code == 403
        )


def test_a_back_test_by_the_api(client, engine):
    contact = engine.contact()
    engine.happen(contact, content="سفارش")
    engine.work()
    workflow = engine.workflow(TAG)

    answer = client.post(
        f"{URL}workflows/{workflow.id}/backtest/", {"days": 1, "version": "active"}, format="json"
    )
    engine.work()

    assert answer.status_code == 202
    job = client.get(f"{URL}jobs/{answer.json()['id']}/").json()
    assert (job["state"], job["total"], job["done"]) == ("done", 1, 1)
    assert "_document" not in job["params"]
    assert job["result"]["report"]["executions"] == 1
    path = f"{URL}workflows/{workflow.id}/backtest/"
    assert client.post(path, {"days": 91}, format="json").status_code == 400
    assert client.post(path, {"version": "9"}, format="json").status_code == 400
    Workflow.objects.filter(id=workflow.id).update(draft={"actions": [{"action": "add_tag"}]})
    refused = client.post(path, {}, format="json").json()["error"]
    assert refused["code"] == "workflow_not_valid"


def test_a_dry_run_by_the_api(client, engine):
    contact = engine.contact()
    workflow = engine.workflow(TAG, {"action": "wait", "config": {"days": 1}})
    path = f"{URL}workflows/{workflow.id}/dry_run/"
    body = {"user_id": engine.user(contact)["external_id"], "data": {"content": "مرحبا"}}

    answer = client.post(path, body, format="json", HTTP_IDEMPOTENCY_KEY="x")

    assert answer.status_code == 200, answer.json()
    tried = answer.json()
    assert (tried["state"], tried["would_start"], tried["version"]) == ("completed", True, None)
    assert [(step["node"], step["instead"]) for step in tried["path"]] == [
        ("step_1", ""),
        ("step_2", "waited"),
    ]
    assert tried["event"]["data"] == {"content": "مرحبا"}
    assert client.post(path, {**body, "event_type": "NOPE"}, format="json").status_code == 400
    assert client.post(path, {**body, "context": {"usr": {}}}, format="json").status_code == 400
    assert client.post(f"{URL}api/workflows/{workflow.id}/dry_run/", body, format="json").status_code == 200
    Workflow.objects.filter(id=workflow.id).update(draft={"actions": [{"action": "add_tag", "config": {}}]})
    refused = client.post(path, body, format="json").json()["error"]
    assert "draft.step_1.tag" in refused["fields"]
    assert WorkflowExecution.objects.count() == 0

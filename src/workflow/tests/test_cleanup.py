"""Cleanup: what goes and what stays, in small batches that lock nothing but their own rows."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core.ids import uuid7, uuid7_bound
from events.models import Event
from events.queue.enqueue import NewItem, enqueue
from events.queue.models import Item
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.handlers import upkeep
from workflow.models import (
    ActionExecution,
    ArmedTrigger,
    Entry,
    EventWait,
    HookCapture,
    Job,
    TriggerEventLog,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.cleanup import clean_batch, clean_executions
from workflow.services.settings import change_settings
from workflow.tests.test_nodes import tag

NOW = datetime.now(UTC)


def id_of(days: float) -> uuid.UUID:
    """An id made so many days ago."""
    return uuid.UUID(int=uuid7_bound(NOW - timedelta(days=days)).int + secrets.randbits(60))


def workflow_of(name: str) -> Workflow:
    workflow = Workflow.objects.create(name=name)
    workflow.active_version = Version.objects.create(
        workflow=workflow, number=1, document={}, published_by="test"
    )
    return workflow


def execution(workflow: Workflow, days: float, *, ended: float | None = None, steps: int = 1, **fields):
    """An execution of so many days ago with steps and a row of the log; ``ended`` days ago, else it runs still."""
    row = WorkflowExecution.objects.create(
        id=id_of(days),
        workflow=workflow,
        version=workflow.active_version,
        event_id=uuid7(),
        state="waiting" if ended is None else "completed",
        ended_at=None if ended is None else NOW - timedelta(days=ended),
        **fields,
    )
    for number in range(steps):
        step = ActionExecution.objects.create(
            execution=row, node=f"n{number}", action="wait", state="completed"
        )
        EventWait.objects.create(step=step, execution=row, event_type="TAG_ADDED", key="k", since=NOW)
    return row


@pytest.fixture
def workflow(scope) -> Workflow:
    return workflow_of("سفارش")


class TestWhatGoes:
    def test_table(self, workflow):
        rows = {
            "old": execution(workflow, 100, ended=95),
            "ended lately": execution(workflow, 100, ended=1),
            "runs still": execution(workflow, 400),
            "young": execution(workflow, 10, ended=9),
        }

        clean_executions(days=90)

        left = set(WorkflowExecution.objects.values_list("id", flat=True))
        assert {name for name, row in rows.items() if row.id not in left} == {"old"}
        assert ActionExecution.objects.count() == EventWait.objects.count() == 3

    def test_branches_go_with_their_root_and_only_then(self, workflow):
        old = execution(workflow, 100, ended=91)
        inner = execution(workflow, 99.9, ended=99, parent=old, branch="fork:a")
        execution(workflow, 99.8, ended=99, parent=inner, branch="each:0")
        waiting = execution(workflow, 100)
        kept = execution(workflow, 99.9, ended=99, parent=waiting, branch="fork:a")

        clean_executions(days=90)

        assert set(WorkflowExecution.objects.values_list("id", flat=True)) == {waiting.id, kept.id}

    def test_log_captures_and_jobs(self, workflow):
        armed = ArmedTrigger.objects.create(workflow=workflow, key="t", type="webhook")
        for days in (100, 10):
            TriggerEventLog.objects.create(
                id=id_of(days), event_id=uuid7(), workflow=workflow, result="started"
            )
            HookCapture.objects.create(id=id_of(days), trigger=armed, is_test=False, request={"body": "سلام"})
        ended, running = NOW - timedelta(days=91), None
        jobs = [
            Job.objects.create(id=id_of(days), kind="k", created_by="test", ended_at=at)
            for days, at in ((100, ended), (100, running), (100, NOW), (10, NOW))
        ]

        assert clean_executions(days=90) == 3

        assert TriggerEventLog.objects.count() == HookCapture.objects.count() == 1
        assert set(Job.objects.values_list("id", flat=True)) == {job.id for job in jobs[1:]}

    def test_events_and_entries_stay(self, engine):
        engine.workflow(tag("x"), policy={"reentry": {"rule": "once"}})
        row = engine.run(engine.contact())
        WorkflowExecution.objects.filter(id=row.id).update(ended_at=NOW - timedelta(days=100))
        old = id_of(100)
        ActionExecution.objects.filter(execution=row).delete()
        WorkflowExecution.objects.filter(id=row.id).update(id=old)
        events = Event.objects.count()

        clean_executions(days=90)

        assert not WorkflowExecution.objects.exists()
        assert (Event.objects.count(), Entry.objects.count()) == (events, 1)

    def test_again_deletes_nothing_more(self, workflow):
        execution(workflow, 100, ended=95)

        assert clean_executions(days=90) == 1
        assert clean_executions(days=90) == 0

    def test_other_tenants_keep_theirs(self, workflow, other):
        with tenant_scope(other):
            execution(workflow_of("w"), 100, ended=95)

        clean_executions(days=90)

        with tenant_scope(other):
            assert WorkflowExecution.objects.count() == 1


class TestBatches:
    def test_a_tree_larger_than_a_batch_goes_leaves_first(self, workflow):
        root = execution(workflow, 100, ended=91, steps=0)
        for number in range(7):
            execution(workflow, 99 - number / 100, ended=98, steps=0, parent=root, branch=f"each:{number}")
        after, sizes = None, []
        for _ in range(5):
            cleaned = clean_batch(days=90, after=after, batch=3)
            after = cleaned.after
            sizes.append(cleaned.rows)
            assert WorkflowExecution.objects.filter(id=root.id).exists() is (len(sizes) < 3)

        assert sizes == [3, 3, 2, 0, 0]
        assert cleaned.done

    def test_a_batch_goes_on_where_the_last_one_ended(self, workflow):
        """Executions that wait for months are looked at once, not by every batch."""
        for number in range(4):
            execution(workflow, 300 - number)
        rows = [execution(workflow, 200 - number, ended=100) for number in range(4)]

        first = clean_batch(days=90, batch=2)
        assert first.after == rows[1].id
        second = clean_batch(days=90, after=first.after, batch=2)

        assert (second.rows, second.after) == (2, rows[3].id)
        assert clean_batch(days=90, after=second.after, batch=2).done

    def test_the_queue_carries_the_place(self, engine, monkeypatch):
        monkeypatch.setattr(upkeep, "clean_batch", lambda **given: clean_batch(**given, batch=2))
        workflow = workflow_of("w")
        rows = [execution(workflow, 200 - number, ended=100) for number in range(5)]
        change_settings({"retention_days": 30})
        _queue_cleanup()

        engine.drain()

        assert not WorkflowExecution.objects.filter(id__in=[row.id for row in rows]).exists()
        with public_scope():
            assert not Item.objects.filter(kind="workflow.cleanup").exists()


def _queue_cleanup() -> None:
    with transaction.atomic():
        enqueue(NewItem(lane="cleanup", kind="workflow.cleanup", ref="workflow.cleanup:demo"))


def _explain(statement: str) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        (answer,) = cursor.fetchone()
    return (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]


def _nodes(plan: dict):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def test_the_old_are_found_by_index_among_many_young(committed_db):
    with tenant_scope(tenant_by_slug("demo")):
        workflow = workflow_of("w")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO workflow_workflowexecution (id, workflow_id, version_id, event_id, state, node, outputs, error,"
                " started_at, ended_at) SELECT uuidv7(-(g * interval '1 second')), %s, %s, uuidv7(), 'completed', '', '{}',"
                " '', now(), now() FROM generate_series(1, 5000) g",
                [workflow.id, workflow.active_version_id],
            )
        for _ in range(3):
            execution(workflow, 100, ended=95)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE t_demo.workflow_workflowexecution")
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            assert clean_batch(days=90).rows == 3
            transaction.set_rollback(True)
        asked = 'FROM "workflow_workflowexecution" WHERE'
        plan = _explain(next(query["sql"] for query in captured if asked in query["sql"]))

    scan = next(node for node in _nodes(plan) if "Index Name" in node)
    assert scan["Index Name"] == "workflow_workflowexecution_pkey"
    assert (scan["Actual Rows"], scan.get("Rows Removed by Filter", 0)) == (3, 0)
    assert not any(node["Node Type"] == "Seq Scan" for node in _nodes(plan))


def test_a_batch_locks_its_own_rows_alone(committed_db):
    """While a batch is under way others start, take on and end executions of the same workflow, at once."""
    with tenant_scope(tenant_by_slug("demo")):
        workflow = workflow_of("w")
        old = execution(workflow, 100, ended=95)
        held = execution(workflow, 99, ended=95)
        running, young = execution(workflow, 100), execution(workflow, 1, ended=0.5)
        with _second_connection() as second:
            second.execute("BEGIN")
            second.execute("SELECT 1 FROM workflow_workflowexecution WHERE id = %s FOR UPDATE", [held.id])
            with transaction.atomic():
                # What someone else holds is passed over, not waited for.
                assert clean_batch(days=90).rows == 1
                for row in (running, young):
                    second.execute("UPDATE workflow_workflowexecution SET node = 'x' WHERE id = %s", [row.id])
                    second.execute(
                        "UPDATE workflow_actionexecution SET port = 'x' WHERE execution_id = %s", [row.id]
                    )
                second.execute("UPDATE workflow_workflow SET description = 'x' WHERE id = %s", [workflow.id])
                second.execute(
                    "INSERT INTO workflow_workflowexecution (id, workflow_id, version_id, event_id, state, node, outputs,"
                    " error) VALUES (uuidv7(), %s, %s, uuidv7(), 'running', '', '{}', '')",
                    [workflow.id, workflow.active_version_id],
                )
                second.execute("COMMIT")
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    second.execute("UPDATE workflow_workflowexecution SET node = 'x' WHERE id = %s", [old.id])

        assert set(WorkflowExecution.objects.values_list("node", flat=True)) == {"x", ""}
        assert not WorkflowExecution.objects.filter(id=old.id).exists()
        assert WorkflowExecution.objects.filter(id=held.id).exists()


def _second_connection() -> psycopg.Connection:
    """Another process of the app's, on demo's schema, that waits for a lock at most a moment."""
    values = connections["default"].settings_dict
    return psycopg.connect(
        host=values["HOST"],
        port=values["PORT"],
        user=values["USER"],
        password=values["PASSWORD"],
        dbname=values["NAME"],
        autocommit=True,
        options="-c search_path=t_demo,public -c lock_timeout=300",
    )

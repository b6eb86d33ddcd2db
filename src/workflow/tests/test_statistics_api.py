"""Statistics by the API: one version or all, all workflows in rows, their cost, and who may see them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from core.ids import uuid7
from tenants.scope import tenant_scope
from workflow.models import WorkflowExecution
from workflow.services.drafts import change_workflow
from workflow.services.publishing import activate, publish_draft
from workflow.tests.test_nodes import edge, tag
from workflow.tests.test_statistics import PAID, if_greater, nodes_of

URL = "/api/v1/workflow/workflows/"


@pytest.fixture
def client(api, demo_key):
    return api("demo.localhost", key=demo_key("workflow:read"))


class TestVersions:
    @pytest.fixture
    def two_versions(self, engine):
        workflow = engine.workflow(nodes=[tag("first"), tag("gone")], edges=[edge("first", "gone")])
        engine.run(engine.contact())
        change_workflow(
            workflow.id,
            {
                "draft": {
                    **workflow.draft,
                    "nodes": [tag("first"), tag("new")],
                    "edges": [edge("first", "new")],
                }
            },
        )
        workflow.refresh_from_db()
        publish_draft(workflow, by="test")
        activate(workflow)
        for _ in range(2):
            engine.run(engine.contact())
        return workflow

    def test_all_versions_together(self, two_versions):
        assert {n.node: n.total for n in nodes_of(two_versions).values()} == {"first": 3, "new": 2, "gone": 1}

    def test_one_version(self, two_versions):
        first = two_versions.versions.get(number=1)

        assert {n.node: n.total for n in nodes_of(two_versions, version=first).values()} == {
            "first": 1,
            "gone": 1,
        }

    def test_by_the_api(self, two_versions, client):
        url = f"{URL}{two_versions.id}/statistics/"

        shown = client.get(url, {"version": 1}).json()
        assert (shown["version"], shown["total"]) == (1, 1)
        for number in ("7", "0", "x", "99999999999999999999"):
            answer = client.get(url, {"version": number})
            assert answer.status_code == 400
            assert "version" in answer.json()["error"]["fields"]


class TestOverview:
    def test_a_row_each_by_the_lists_filters(self, engine, client):
        busy = engine.workflow(tag("x"), name="مشغول", policy={"exits": {"goal": PAID}})
        engine.workflow(tag("y"), name="بیکار", on="TAG_REMOVED")
        for _ in range(3):
            engine.run(engine.contact())
        WorkflowExecution.objects.filter(id=WorkflowExecution.objects.first().id).update(
            state="failed", converted_at=F("started_at")
        )

        rows = {row["name"]: row for row in client.get(f"{URL}statistics/").json()["results"]}

        assert (rows["مشغول"]["total"], rows["بیکار"]["total"]) == (3, 0)
        assert rows["مشغول"]["by_state"]["completed"] == 2
        assert (rows["مشغول"]["converted"], rows["مشغول"]["conversion_rate"]) == (1, 0.3333)
        assert rows["مشغول"]["last_started_at"] is not None
        assert rows["مشغول"]["median_s"] >= 0
        assert (rows["بیکار"]["conversion_rate"], rows["بیکار"]["p95_s"]) == (None, None)
        found = client.get(f"{URL}statistics/", {"search": "مشغول"}).json()["results"]
        assert [row["workflow"] for row in found] == [str(busy.id)]
        assert client.get(f"{URL}statistics/", {"days": 0}).status_code == 400

    def test_it_costs_the_same_for_many(self, engine, client, django_assert_max_num_queries):
        for number in range(12):
            engine.workflow(tag("x"), name=f"w{number}")
        engine.happen(engine.contact())
        engine.work()

        with django_assert_max_num_queries(7):
            rows = client.get(f"{URL}statistics/").json()
        assert [row["total"] for row in rows["results"]] == [1] * 12

    def test_executions_are_counted_by_day(self, engine, client):
        workflow = engine.workflow(tag("x"), name="روزانه")
        for days in (0, 0, 2, 9):
            execution = engine.run(engine.contact())
            at = datetime.now(UTC) - timedelta(days=days)
            new_id = uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (uuid7().int & ((1 << 80) - 1)))
            execution.steps.all().delete()
            type(execution).objects.filter(id=execution.id).update(id=new_id, started_at=at)

        row = client.get(f"{URL}statistics/", {"days": 7}).json()["results"][0]

        assert row["workflow"] == str(workflow.id)
        assert row["daily"] == [0, 0, 0, 0, 1, 0, 2]

    def test_one_workflow_costs_few_statements(self, engine, client, django_assert_max_num_queries):
        workflow = engine.workflow(
            nodes=[if_greater("rich", "event.data.total", 9), tag("x")], edges=[edge("rich", "x", "true")]
        )
        engine.run(engine.contact(), total=10)

        with django_assert_max_num_queries(13):
            assert client.get(f"{URL}{workflow.id}/statistics/").json()["total"] == 1


def test_another_tenants_are_not_seen(engine, other, api, other_key):
    workflow = engine.workflow(tag("x"))
    engine.run(engine.contact())
    stranger = api("other.localhost", key=other_key())

    with tenant_scope(other):
        for path in (f"{workflow.id}/statistics/", f"{workflow.id}/statistics/series/"):
            assert stranger.get(f"{URL}{path}").status_code == 404
        assert stranger.get(f"{URL}statistics/").json()["results"] == []
        assert {b["started"] for b in stranger.get(f"{URL}statistics/series/").json()["buckets"]} == {0}


def test_only_readers_read(scope, api, demo_key):
    stranger = api("demo.localhost", key=demo_key("crm:read"))

    for path in ("statistics/", "statistics/series/"):
        assert stranger.get(f"{URL}{path}").status_code == 403

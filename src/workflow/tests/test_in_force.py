"""What is in force: old versions cost little, each tenant has its own, and chains of workflows end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tenants.scope import tenant_scope
from workflow.engine import active, headers, plan
from workflow.engine.active import active_plans
from workflow.engine.headers import header_of
from workflow.engine.matching import MAX_DEPTH
from workflow.models import EventType, Version, Workflow, WorkflowExecution
from workflow.services.publishing import activate, publish_draft
from workflow.services.touching import touch
from workflow.tests.test_nodes import edge, line, tag
from workflow.tests.test_parts import REST, noting

AWAITING = {"type": "wait", "config": {"event": {"event_type": "TAG_ADDED", "timeout": "2h"}}}


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just started."""
    monkeypatch.setattr(active, "_active", {})
    monkeypatch.setattr(headers, "_headers", {})
    plan._plans.clear()


class TestOldVersions:
    def many(self, engine, count: int = 30) -> Workflow:
        nodes = [{"id": "w", **AWAITING}, *(noting(f"n{number}", "{{ user.name }}") for number in range(50))]
        ids = [node["id"] for node in nodes]
        workflow = engine.workflow(
            nodes=nodes,
            edges=[edge(a, b) for a, b in pairwise(ids)],
            policy={"exits": {"goal": {"event_type": "NOTE_ADDED"}, "signals": ["reply"]}},
        )
        assert workflow.active_version is not None
        Version.objects.bulk_create(
            Version(
                workflow=workflow,
                number=number + 2,
                document=workflow.active_version.document,
                published_by="t",
            )
            for number in range(count)
        )
        touch()
        return workflow

    def test_they_are_not_compiled_and_read_once(self, engine, cold):
        self.many(engine)
        plan._plans.clear()

        assert len(active_plans().exits["NOTE_ADDED"]) == 31
        assert len(plan._plans) == 1, "the one in force"
        touch()
        with CaptureQueriesContext(connection) as queries:
            again = active_plans()
        assert len(again.exits["NOTE_ADDED"]) == 31
        assert not any('"document"' in query["sql"] for query in queries)

    def test_with_each_event_one_small_read_tells_that_nothing_changed(self, engine, cold):
        self.many(engine)
        active_plans()
        with CaptureQueriesContext(connection) as queries:
            active_plans()
        assert len(queries) == 1

    def test_one_that_cannot_be_read_stops_nobody(self, engine, cold):
        workflow = self.many(engine, count=1)
        Version.objects.filter(workflow=workflow, number=2).update(document={"policy": {"exits": 7}})
        touch()
        assert len(active_plans().exits["NOTE_ADDED"]) == 1

    def test_a_header_says_what_the_plan_would(self, engine):
        by = {"field": "event.data.order", "value": "{{ event.data.order }}"}
        workflow = engine.workflow(
            nodes=[
                {"id": "a", **AWAITING},
                {
                    "id": "b",
                    "type": "wait",
                    "config": {"event": {"event_type": "NOTE_ADDED", "timeout": "1h", "by": by}},
                },
                {"id": "c", **REST},
            ],
            edges=[edge("a", "b"), edge("b", "c")],
            policy={
                "exits": {"goal": {"event_type": "NOTE_ADDED"}, "events": [{"event_type": "TAG_REMOVED"}]}
            },
        )
        assert workflow.active_version is not None
        header = header_of(workflow.active_version.document)
        (exits,) = (plan.plan_of(workflow.active_version, "x").exits,)

        assert header.exits == {rule.event_type for rule in exits}
        assert header.goals == {rule.event_type: rule.within_days for rule in exits if rule.converts}
        assert header.waits == {("TAG_ADDED", ""), ("NOTE_ADDED", "event.data.order")}


class TestTenants:
    def test_each_has_its_own_index(self, engine, other):
        mine = engine.workflow(tag("x"), on="MESSAGE_RECEIVED", name="متجر")
        with tenant_scope(other), transaction.atomic():
            theirs = Workflow.objects.create(
                name="فروشگاه", draft={"triggers": [{"event_type": "NOTE_ADDED"}], "actions": [tag("y")]}
            )
            publish_draft(theirs, by="t")
            activate(theirs)
            assert active_plans().wanted == {"NOTE_ADDED"}
        assert active_plans().wanted == {"MESSAGE_RECEIVED"}
        for code, workflow in (("MESSAGE_RECEIVED", mine), ("NOTE_ADDED", theirs)):
            scope = tenant_scope(other) if workflow is theirs else tenant_scope(engine_tenant())
            with scope:
                ((found, _),) = active_plans().by_type[code]
                assert found.workflow_id == workflow.id

    def test_a_revision_of_one_does_not_pass_for_anothers(self, engine, other):
        """Revisions are random numbers of each tenant's own; equal ones still name different indexes."""
        from workflow.models import EngineState

        engine.workflow(tag("x"))
        EngineState.objects.update(revision=7)
        assert active_plans().wanted == {"MESSAGE_RECEIVED"}
        with tenant_scope(other):
            EngineState.objects.update_or_create(id=1, defaults={"revision": 7})
            assert active_plans().wanted == frozenset()
        assert active_plans().wanted == {"MESSAGE_RECEIVED"}

    def test_what_was_rolled_back_is_not_in_force(self, engine):
        with transaction.atomic():
            engine.workflow(tag("x"))
            assert active_plans().wanted == {"MESSAGE_RECEIVED"}
            transaction.set_rollback(True)
        assert active_plans().wanted == frozenset()


def engine_tenant():
    from tenants.selectors import tenant_by_slug

    return tenant_by_slug("demo")


class TestChains:
    def test_one_that_calls_itself_ends_and_says_why(self, engine):
        workflow = engine.workflow(
            tag("x"), triggers=[{"type": "called"}, {"event_type": "MESSAGE_RECEIVED"}]
        )
        workflow.draft = {
            **workflow.draft,
            "actions": [{"id": "sub", "type": "sub_workflow", "config": {"workflow": str(workflow.id)}}],
        }
        workflow.save()
        publish_draft(workflow, by="t")
        engine.happen(engine.contact())
        engine.work()

        assert WorkflowExecution.objects.count() == MAX_DEPTH + 1
        root = WorkflowExecution.objects.get(parent__isnull=True)
        assert root.state == "failed"
        assert "there is a circle in it" in root.error
        assert not WorkflowExecution.objects.exclude(state="failed").exists()

    @pytest.mark.parametrize("by", ["event", "call"])
    def test_workflows_that_start_one_another_end(self, engine, by):
        EventType.objects.create(code="OWN", label="own")
        if by == "event":
            step = {"action": "emit_event", "config": {"event_type": "OWN"}}
            engine.workflow(step, triggers=[{"event_type": "OWN"}, {"event_type": "MESSAGE_RECEIVED"}])
        else:
            workflow = engine.workflow(
                tag("x"), triggers=[{"type": "called"}, {"event_type": "MESSAGE_RECEIVED"}]
            )
            workflow.draft = {
                **workflow.draft,
                "actions": [{"action": "start_workflow", "config": {"workflow": str(workflow.id)}}],
            }
            workflow.save()
            publish_draft(workflow, by="t")
        engine.happen(engine.contact())
        engine.work()

        assert WorkflowExecution.objects.count() == MAX_DEPTH + 1
        assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"completed"}

    def test_loops_in_loops_are_turns_of_turns(self, engine):
        engine.workflow(
            nodes=[
                {
                    "id": "outer",
                    "type": "loop",
                    "config": {"items": "event.data.items", "on_error": "continue"},
                },
                {"id": "inner", "type": "loop", "config": {"items": "loop.item", "at_once": 2}},
                {"id": "c", "type": "condition", "predicate": line("loop.item", 2, "less")},
                noting("n", "{{ loop.item }}"),
            ],
            edges=[edge("outer", "inner", "each"), edge("inner", "c", "each"), edge("c", "n", "true")],
        )
        engine.happen(engine.contact(), items=[[1, 2, 3], [], "لا", [1]])
        engine.work()

        root = WorkflowExecution.objects.get(parent__isnull=True)
        assert engine.notes() == ["1", "1"]
        assert root.outputs["outer"] == {"count": 4, "failed": 1}

"""Statistics: sums, nodes with and without steps, branches, arms with a hold-out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from workflow.models import ActionExecution, Workflow, WorkflowExecution
from workflow.selectors import NodeStatistics, statistics
from workflow.tests.test_nodes import edge, tag

REST = {"action": "wait", "config": {"hours": 1}}
PAID = {"event_type": "TAG_ADDED", "predicate": {"field": "event.data.tag", "op": "equals", "value": "دفع"}}


def nodes_of(workflow: Workflow, **window) -> dict[str, NodeStatistics]:
    workflow.refresh_from_db()
    return {node.node: node for node in statistics(workflow, days=7, **window).nodes}


def if_greater(node_id: str, field: str, value: int) -> dict:
    return {
        "id": node_id,
        "type": "condition",
        "predicate": {"field": field, "op": "greater", "value": value},
    }


class TestSums:
    def test_ends_and_conversions(self, engine):
        workflow = engine.workflow(REST, policy={"exits": {"goal": PAID, "signals": []}})
        paying, waiting, done = (engine.contact(name=name) for name in ("أمينة", "بدر", "کاوه"))
        engine.run(done)
        engine.let_time_pass()
        engine.work()
        engine.run(paying)
        engine.run(waiting)
        WorkflowExecution.objects.filter(contact_id=paying).update(
            started_at=F("started_at") - timedelta(seconds=90)
        )
        engine.tag(paying, "دفع")
        engine.work()

        shown = statistics(workflow, days=1)

        assert (shown.total, shown.waiting, shown.by_state["completed"], shown.by_state["exited"]) == (
            3,
            1,
            1,
            1,
        )
        assert (shown.converted, shown.conversion_rate, shown.exits) == (1, 0.3333, {"goal": 1})
        assert shown.median_conversion_s == pytest.approx(90, abs=20)
        (node,) = shown.nodes
        assert (node.total, node.completed, node.waiting, node.left, node.converted) == (3, 1, 1, 1, 1)
        assert node.ports == {"next": 1}

    def test_durations_are_of_completed_ones_only(self, engine):
        workflow = engine.workflow(tag("x"))
        seconds = [1, 2, 3, 4, 100]
        for number in seconds:
            execution = engine.run(engine.contact())
            WorkflowExecution.objects.filter(id=execution.id).update(
                ended_at=F("started_at") + timedelta(seconds=number)
            )
            ActionExecution.objects.filter(execution=execution).update(
                ended_at=F("started_at") + timedelta(seconds=number * 2)
            )
        failed = engine.run(engine.contact())
        WorkflowExecution.objects.filter(id=failed.id).update(
            state="failed", ended_at=F("started_at") + timedelta(days=2)
        )
        ActionExecution.objects.filter(execution=failed).update(
            state="failed", port="error", attempts=4, ended_at=F("started_at") + timedelta(days=2)
        )

        shown = statistics(workflow, days=1)

        assert shown.median_s == pytest.approx(3)
        assert shown.p95_s == pytest.approx(80.8)
        node = shown.nodes[0]
        assert (node.median_s, node.p95_s) == (pytest.approx(6), pytest.approx(161.6))
        assert (node.failed, node.attempts, node.ports) == (1, 1.5, {"next": 5, "error": 1})

    def test_what_began_before_is_left_out(self, engine):
        workflow = engine.workflow(tag("x"))
        old = engine.run(engine.contact())
        engine.run(engine.contact())
        aged = type(old.id)(int=old.id.int - (3 * 86_400_000 << 80))
        ActionExecution.objects.filter(execution=old).delete()
        WorkflowExecution.objects.filter(id=old.id).update(id=aged)

        assert statistics(workflow, days=2).total == 1
        assert statistics(workflow, days=4).total == 2


class TestNodes:
    def test_nodes_stand_in_the_documents_order_with_zeros(self, engine):
        workflow = engine.workflow(
            nodes=[if_greater("rich", "event.data.total", 9), tag("yes"), tag("no")],
            edges=[edge("rich", "yes", "true"), edge("rich", "no", "false")],
        )
        engine.run(engine.contact(), total=10)

        nodes = nodes_of(workflow)

        assert list(nodes) == ["rich", "yes", "no"]
        assert [(n.total, n.type, n.action) for n in nodes.values()] == [
            (1, "condition", ""),
            (1, "action", "add_tag"),
            (0, "action", "add_tag"),
        ]
        assert (nodes["no"].counts, nodes["no"].median_s, nodes["no"].converted) == ({}, None, 0)

    def test_a_node_that_decides_and_fails(self, engine):
        workflow = engine.workflow(
            nodes=[if_greater("rich", "event.data.total", 9), tag("yes")], edges=[edge("rich", "yes", "true")]
        )
        for total in (10, 1, "كثير"):
            engine.run(engine.contact(), total=total)

        rich = nodes_of(workflow)["rich"]

        assert (rich.total, rich.completed, rich.failed) == (3, 2, 1)
        assert rich.counts == rich.ports == {"true": 1, "false": 1}

    def test_switch_variables_and_exit_are_counted_by_port(self, engine):
        workflow = engine.workflow(
            nodes=[
                {"id": "set", "type": "set_variables", "config": {"values": {"greeting": "سلام"}}},
                {
                    "id": "tongue",
                    "type": "switch",
                    "config": {
                        "cases": [
                            {
                                "port": "arabic",
                                "predicate": {"field": "event.data.lang", "op": "equals", "value": "ar"},
                            }
                        ]
                    },
                },
                {"id": "bye", "type": "exit", "config": {"outcome": "exited", "converted": True}},
            ],
            edges=[edge("set", "tongue"), edge("tongue", "bye", "arabic")],
        )
        for lang in ("ar", "ar", "fa"):
            engine.run(engine.contact(), lang=lang)

        nodes = nodes_of(workflow)

        assert nodes["set"].ports == {"next": 3}
        assert nodes["tongue"].ports == {"arabic": 2, "default": 1}
        assert (nodes["bye"].ports, nodes["bye"].converted, nodes["tongue"].converted) == (
            {"exited": 2},
            2,
            2,
        )

    def test_turns_of_a_loop_are_told_apart(self, engine):
        """A later turn begins with what the earlier ones found out: it must not count as having come by."""
        workflow = engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                if_greater("big", "loop.item", 5),
                if_greater("huge", "loop.item", 50),
                tag("seen"),
                if_greater("many", "event.data.n", 2),
                tag("end"),
            ],
            edges=[
                edge("each", "big", "each"),
                edge("big", "huge", "true"),
                edge("huge", "seen", "true"),
                edge("each", "many"),
                edge("many", "end", "false"),
            ],
        )
        engine.happen(engine.contact(), items=[60, 1, 2, 7], n=4)
        engine.work()

        nodes = nodes_of(workflow)

        assert nodes["big"].ports == {"true": 2, "false": 2}
        assert nodes["huge"].ports == {"true": 1, "false": 1}
        assert nodes["many"].ports == {"true": 1}
        assert (nodes["seen"].total, nodes["each"].total, nodes["big"].converted) == (1, 1, None)
        assert statistics(workflow, days=1).total == 1

    def test_branches_do_not_count_what_came_before_them(self, engine):
        workflow = engine.workflow(
            nodes=[
                if_greater("rich", "event.data.total", 9),
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                if_greater("richer", "event.data.total", 99),
                tag("b"),
                {"id": "meet", "type": "join"},
                if_greater("last", "event.data.total", 0),
                tag("end"),
            ],
            edges=[
                edge("rich", "fork", "true"),
                edge("fork", "richer", "a"),
                edge("fork", "b", "b"),
                edge("richer", "meet", "true"),
                edge("richer", "meet", "false"),
                edge("b", "meet"),
                edge("meet", "last"),
                edge("last", "end", "false"),
            ],
        )
        for total in (5, 20, 200):
            engine.happen(engine.contact(), total=total)
            engine.work()

        nodes = nodes_of(workflow)

        assert nodes["rich"].ports == {"true": 2, "false": 1}
        assert nodes["richer"].ports == {"true": 1, "false": 1}
        assert (nodes["meet"].ports, nodes["last"].ports) == ({"next": 2}, {"true": 2})
        assert nodes["fork"].total == 2

    def test_a_called_workflow_counts_its_nodes_and_its_calls(self, engine):
        called = engine.workflow(
            nodes=[if_greater("rich", "event.data.inputs.total", 9), tag("x")],
            edges=[edge("rich", "x", "true")],
            triggers=[{"type": "called"}],
            name="المدعوّ",
        )
        caller = engine.workflow(
            nodes=[
                {
                    "id": "call",
                    "type": "sub_workflow",
                    "config": {"workflow": str(called.id), "inputs": {"total": 10}},
                }
            ]
        )
        engine.happen(engine.contact())
        engine.work()

        shown = statistics(called, days=1)

        assert (shown.total, shown.called, shown.conversion_rate) == (0, 1, None)
        assert {node.node: node.total for node in shown.nodes} == {"rich": 1, "x": 1}
        assert (statistics(caller, days=1).total, statistics(caller, days=1).called) == (1, 0)


class TestArms:
    def test_each_arm_with_its_conversions_and_the_hold_out(self, engine):
        workflow = engine.workflow(
            nodes=[
                {
                    "id": "deal",
                    "type": "split",
                    "config": {
                        "arms": [
                            {"port": "a", "share": 40},
                            {"port": "b", "share": 40},
                            {"port": "control", "share": 20, "hold_out": True},
                        ]
                    },
                },
                {"id": "rest_a", **REST},
                {"id": "rest_b", **REST},
            ],
            edges=[edge("deal", "rest_a", "a"), edge("deal", "rest_b", "b")],
            policy={"exits": {"goal": {**PAID, "exit": False}}},
        )
        for _ in range(30):
            engine.happen(engine.contact())
        engine.work()
        by_arm: dict[str, list] = {}
        for execution in WorkflowExecution.objects.order_by("id"):
            by_arm.setdefault(execution.outputs["deal"]["result"], []).append(execution.contact_id)
        assert set(by_arm) == {"a", "b", "control"}
        for contact in (by_arm["a"][0], by_arm["a"][1], by_arm["b"][0]):
            engine.tag(contact, "دفع")
        engine.work()

        arms = {arm.port: arm for arm in nodes_of(workflow)["deal"].arms}

        assert {port: arm.entered for port, arm in arms.items()} == {
            port: len(contacts) for port, contacts in by_arm.items()
        }
        assert {port: arm.converted for port, arm in arms.items()} == {"a": 2, "b": 1, "control": 0}
        assert {port for port, arm in arms.items() if arm.hold_out} == {"control"}
        assert arms["a"].conversion_rate == round(2 / len(by_arm["a"]), 4)
        assert statistics(workflow, days=1).exits == {"hold_out": len(by_arm["control"])}

"""Node types that decide: switch, split, set_variables, exit, conditions with code."""

from __future__ import annotations

from collections import Counter

import pytest

from workflow.graph import DocumentError
from workflow.models import ActionExecution, WorkflowExecution
from workflow.tests.conftest import states


def tag(node_id: str, name: str = "") -> dict:
    return {"id": node_id, "action": "add_tag", "config": {"tag": name or node_id}}


def edge(source: str, target: str, port: str = "next") -> dict:
    return {"source": source, "target": target, "port": port}


def line(field: str, value: object, op: str = "equals") -> dict:
    return {"field": field, "op": op, "value": value}


CASES = {
    "cases": [
        {"port": "arabic", "predicate": line("event.data.language", "ar")},
        {"port": "many", "predicate": line("event.data.total", 10, "greater")},
    ]
}


class TestSwitch:
    @pytest.mark.parametrize(
        ("data", "port"),
        [
            ({"language": "ar", "total": 99}, "arabic"),
            ({"language": "ar", "total": "؟"}, "arabic"),  # the first case held: the second is not asked
            ({"language": "fa", "total": 99}, "many"),
            ({"language": "fa", "total": 1}, "default"),
            ({}, "default"),
            ({"language": "fa", "total": "many"}, "error"),
        ],
    )
    def test_the_first_case_that_holds_says_where_to_go(self, engine, data, port):
        ports = ("arabic", "many", "default", "error")
        engine.workflow(
            nodes=[{"id": "which", "type": "switch", "config": CASES}, *(tag(f"on_{p}") for p in ports)],
            edges=[edge("which", f"on_{p}", p) for p in ports],
        )

        execution = engine.run(engine.contact(), **data)

        assert states(execution) == [(f"on_{port}", "completed")]
        assert execution.outputs["which"]["result"] == port

    def test_without_an_error_port_what_cannot_be_decided_fails(self, engine):
        engine.workflow(
            nodes=[{"id": "which", "type": "switch", "config": CASES}, tag("a")],
            edges=[edge("which", "a", "arabic")],
        )

        execution = engine.run(engine.contact(), total="many")

        assert execution.state == "failed"
        assert "case 'many' could not be decided" in execution.error

    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ({"cases": []}, "at least 1 item"),
            ({"cases": [CASES["cases"][0], CASES["cases"][0]]}, "a port of its own"),
            ({"cases": [{"port": "default", "predicate": {}}]}, "are taken"),
            ({"cases": [{"port": "x", "predicate": {"field": "user.nmae", "op": "is_null"}}]}, "user.nmae"),
        ],
    )
    def test_what_is_wrong_is_told_when_publishing(self, engine, config, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(
                nodes=[{"id": "which", "type": "switch", "config": config}, tag("a")],
                edges=[edge("which", "a", "x")],
            )


class TestSplit:
    def split(self, engine, **config) -> None:
        arms = [{"port": "a", "share": 3}, {"port": "b", "share": 1}]
        engine.workflow(
            nodes=[{"id": "deal", "type": "split", "config": {"arms": arms, **config}}, tag("a"), tag("b")],
            edges=[edge("deal", "a", "a"), edge("deal", "b", "b")],
        )

    def arms(self, engine, contacts, **data) -> list[str]:
        events = [engine.happen(contact, **data) for contact in contacts]
        engine.work()
        found = {e.event_id: e for e in WorkflowExecution.objects.all()}
        return [found[event.id].outputs["deal"]["result"] for event in events]

    def test_shares_hold_and_a_contact_keeps_its_arm(self, engine):
        self.split(engine)
        contacts = [engine.contact() for _ in range(120)]

        first = self.arms(engine, contacts)
        again = self.arms(engine, contacts)

        assert first == again
        assert 70 <= Counter(first)["a"] <= 108  # 90 expected, four deviations of 4.7 on both sides

    def test_random_draws_anew(self, engine):
        self.split(engine, mode="random")
        amina = engine.contact()

        assert set(self.arms(engine, [amina] * 60)) == {"a", "b"}

    def test_two_nodes_with_one_seed_deal_alike_and_without_do_not(self, engine):
        self.split(engine, seed="summer")
        self.split(engine, seed="summer")
        self.split(engine)
        contacts = [engine.contact() for _ in range(40)]
        for contact in contacts:
            engine.happen(contact)
        engine.work()

        dealt = {}
        for execution in WorkflowExecution.objects.order_by("workflow_id"):
            dealt.setdefault(execution.workflow_id, {})[execution.contact_id] = execution.outputs["deal"][
                "result"
            ]
        first, second, third = dealt.values()
        assert first == second
        assert first != third

    def test_the_hold_out_arm_leaves(self, engine):
        arms = [{"port": "a", "share": 1e-6}, {"port": "rest", "share": 1_000_000, "hold_out": True}]
        engine.workflow(
            nodes=[{"id": "deal", "type": "split", "config": {"arms": arms}}, tag("a")],
            edges=[edge("deal", "a", "a")],
        )

        execution = engine.run(engine.contact())

        assert (execution.state, execution.exit_reason) == ("exited", "hold_out")
        assert execution.outputs["deal"] == {"result": "rest", "hold_out": True}


class TestSetVariables:
    def test_later_steps_read_them(self, engine):
        engine.workflow(
            nodes=[
                {
                    "id": "set",
                    "type": "set_variables",
                    "config": {
                        "values": {"greeting": "سلام {{ user.first_name }}", "level": 3},
                        "fields": {"total": "event.data.total", "nothing": "event.data.none"},
                    },
                },
                {"id": "big", "type": "condition", "predicate": line("vars.total", 10, "greater")},
                {
                    "id": "note",
                    "action": "add_note",
                    "config": {"text": "{{ vars.greeting }} {{ vars.level }}"},
                },
            ],
            edges=[edge("set", "big"), edge("big", "note", "true")],
        )

        execution = engine.run(engine.contact(name="أمينة بن علي"), total=12.5)

        assert engine.notes() == ["سلام أمينة 3"]
        assert execution.scope["vars"] == {
            "greeting": "سلام أمينة",
            "level": 3,
            "total": 12.5,
            "nothing": None,
        }
        assert execution.outputs["set"]["total"] == 12.5

    def test_later_ones_win(self, engine):
        set_to = lambda node, value: {  # noqa: E731
            "id": node,
            "type": "set_variables",
            "config": {"values": {"x": value}},
        }
        engine.workflow(
            nodes=[set_to("one", "1"), set_to("two", "{{ vars.x }}2")], edges=[edge("one", "two")]
        )

        assert engine.run(engine.contact()).scope["vars"] == {"x": "12"}


class TestExit:
    @pytest.mark.parametrize("outcome", ["completed", "exited", "failed"])
    def test_the_outcome_is_the_state(self, engine, outcome):
        config = {
            "outcome": outcome,
            "note": "لا {{ event.data.product }}",
            "output": {"left": "{{ event.data.n }}"},
        }
        engine.workflow(nodes=[{"id": "out", "type": "exit", "config": config}])

        execution = engine.run(engine.contact(), product="كتاب", n=3)

        assert (execution.state, execution.exit_reason, execution.error) == (outcome, "exit", "لا كتاب")
        assert execution.scope == {"result": {"left": "3"}}
        assert execution.converted_at is None

    def test_it_may_count_as_the_goal(self, engine):
        engine.workflow(nodes=[{"id": "out", "type": "exit", "config": {"converted": True}}])

        assert engine.run(engine.contact()).converted_at is not None

    def test_nothing_comes_after_it(self, engine):
        with pytest.raises(DocumentError, match="has no port 'next'"):
            engine.workflow(nodes=[{"id": "out", "type": "exit"}, tag("a")], edges=[edge("out", "a")])


class TestConditionWithCode:
    def condition(self, engine, code: str, *ports: str) -> None:
        engine.workflow(
            nodes=[
                {"id": "if", "type": "condition", "config": {"code": code}},
                *(tag(f"on_{p}") for p in ports),
            ],
            edges=[edge("if", f"on_{p}", p) for p in ports],
        )

    @pytest.mark.parametrize(
        ("code", "port"),
        [
            ("event['data']['total'] > 10 and 'vip' in user['tags']", "true"),
            ("event['data']['total'] > 100", "false"),
            ("event['data']['total']", "error"),  # a number is no answer
            ("event['data']['none']['deep']", "error"),
            ("while True:\n    pass", "error"),
        ],
    )
    def test_it_decides(self, engine, code, port):
        self.condition(engine, code, "true", "false", "error")

        assert states(engine.run(engine.contact("vip"), total=12)) == [(f"on_{port}", "completed")]

    def test_what_a_batch_has_no_time_for_goes_on_in_the_next(self, engine, monkeypatch):
        monkeypatch.setattr("workflow.nodes.condition._LONGEST_S", -1.0)
        self.condition(engine, "True", "true")
        engine.happen(engine.contact())
        engine._drain.run_once()
        assert WorkflowExecution.objects.get().state == "waiting"

        monkeypatch.setattr("workflow.nodes.condition._LONGEST_S", 3.0)
        engine.work()

        execution = WorkflowExecution.objects.get()
        assert execution.state == "completed"
        assert states(execution) == [("if", "completed"), ("on_true", "completed")]

    def test_braces_in_code_are_no_template(self, engine):
        self.condition(engine, "{'a': {'b': True}}['a']['b'] and '{{ x }}' == '{' + '{ x }' + '}'", "true")

        assert states(engine.run(engine.contact())) == [("on_true", "completed")]

    @pytest.mark.parametrize(
        ("config", "predicate", "words"),
        [
            ({"code": "1 +"}, {}, "line 1"),
            ({"code": "True"}, line("user.name", "x"), "and not both"),
            ({}, {}, "a predicate, or code"),
        ],
    )
    def test_what_is_wrong_is_told_when_publishing(self, engine, config, predicate, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(
                nodes=[{"id": "if", "type": "condition", "config": config, "predicate": predicate}, tag("a")],
                edges=[edge("if", "a", "true")],
            )


def test_decisions_leave_no_step_behind(engine):
    engine.workflow(
        nodes=[
            {"id": "set", "type": "set_variables", "config": {"values": {"x": 1}}},
            {"id": "out", "type": "exit"},
        ],
        edges=[edge("set", "out")],
    )

    engine.run(engine.contact())

    assert not ActionExecution.objects.exists()

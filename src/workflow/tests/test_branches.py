"""Nodes that spawn children: parallel and join, loop, sub-workflow; and executions that leave with them."""

from __future__ import annotations

import pytest

from workflow.graph import DocumentError
from workflow.models import ActionExecution, WorkflowExecution
from workflow.services.cancelling import cancel_execution
from workflow.services.drafts import delete_workflow
from workflow.services.publishing import pause
from workflow.tests.conftest import states
from workflow.tests.test_nodes import edge, line, tag

WAIT = {"type": "wait", "config": {"hours": 1}}
BAD = {"action": "add_tag", "config": {"tag": "{{ event.data.nothing }}"}}


def parallel(*branches: str) -> dict:
    return {"id": "fork", "type": "parallel", "config": {"branches": list(branches)}}


def fork(engine, join: dict, **branches: dict):
    """A fork with one node a branch, joined, then a tag ``after``."""
    return engine.workflow(
        nodes=[
            parallel(*branches),
            *({"id": name, **node} for name, node in branches.items()),
            {"id": "meet", "type": "join", "config": join},
            tag("after"),
        ],
        edges=[
            *(edge("fork", name, name) for name in branches),
            *(edge(name, "meet") for name in branches),
            edge("meet", "after"),
        ],
    )


def root() -> WorkflowExecution:
    return WorkflowExecution.objects.get(parent__isnull=True)


class TestParallel:
    # mode, branches that wait, whether it went on before any time passed, and after
    @pytest.mark.parametrize(
        ("join", "waiting", "before", "after"),
        [
            ({"mode": "all"}, (), True, True),
            ({"mode": "all"}, ("a",), False, True),
            ({"mode": "all"}, ("a", "b", "c"), False, True),
            ({"mode": "any"}, ("a", "b"), True, True),
            ({"mode": "any"}, ("a", "b", "c"), False, True),
            ({"mode": "n", "n": 2}, ("a",), True, True),
            ({"mode": "n", "n": 2}, ("a", "b"), False, True),
        ],
    )
    def test_the_join_waits_for_enough_branches(self, engine, join, waiting, before, after):
        branches = {name: WAIT if name in waiting else tag(name) for name in ("a", "b", "c")}
        fork(
            engine,
            join,
            **{name: {k: v for k, v in node.items() if k != "id"} for name, node in branches.items()},
        )
        amina = engine.contact()
        engine.happen(amina)
        engine.work()

        assert ("after" in engine.user(amina)["tags"]) is before
        engine.let_time_pass()
        engine.work()
        assert ("after" in engine.user(amina)["tags"]) is after
        assert root().state == "completed"
        assert not WorkflowExecution.objects.filter(state__in=["running", "waiting"]).exists()

    def test_after_enough_have_come_the_others_are_cancelled(self, engine):
        fork(engine, {"mode": "any"}, a={"action": "add_tag", "config": {"tag": "a"}}, b=WAIT)
        engine.happen(engine.contact())
        engine.work()

        loser = WorkflowExecution.objects.get(branch="fork:b")
        assert (loser.state, loser.exit_reason) == ("cancelled", "not_needed")
        assert ActionExecution.objects.get(node="b").state == "cancelled"
        assert ActionExecution.objects.get(node="fork").output == {"came": ["a"]}

    def test_each_effect_happens_once_and_what_branches_found_is_known_after(self, engine):
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "x", "type": "set_variables", "config": {"values": {"left": "يسار"}}},
                {"id": "y", "type": "set_variables", "config": {"values": {"right": "يمين"}}},
                {"id": "meet", "type": "join"},
                {
                    "id": "note",
                    "action": "add_note",
                    "config": {"text": "{{ vars.left }} {{ steps.y.right }}"},
                },
            ],
            edges=[
                edge("fork", "x", "a"),
                edge("fork", "y", "b"),
                edge("x", "meet"),
                edge("y", "meet"),
                edge("meet", "note"),
            ],
        )
        engine.happen(engine.contact())
        engine.work()

        assert engine.notes() == ["يسار يمين"]

    def test_too_few_branches_fail_it_when_no_more_can_come(self, engine):
        fork(engine, {"mode": "all"}, a=BAD, b=WAIT)
        engine.happen(engine.contact())
        engine.work()
        assert root().state == "waiting"

        engine.let_time_pass()
        engine.work()

        execution = root()
        assert execution.state == "failed"
        assert "1 of 2 branches came: a:" in execution.error

    def test_the_error_port_takes_over(self, engine):
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "a", **BAD},
                tag("b"),
                {"id": "meet", "type": "join"},
                tag("sorry"),
            ],
            edges=[
                edge("fork", "a", "a"),
                edge("fork", "b", "b"),
                edge("a", "meet"),
                edge("b", "meet"),
                edge("fork", "sorry", "error"),
            ],
        )
        amina = engine.contact()
        engine.happen(amina)
        engine.work()

        assert (root().state, sorted(engine.user(amina)["tags"])) == ("completed", ["b", "sorry"])

    def test_branches_need_no_join(self, engine):
        engine.workflow(
            nodes=[parallel("a", "b"), tag("a"), {"id": "b", **WAIT}],
            edges=[edge("fork", "a", "a"), edge("fork", "b", "b")],
        )
        engine.happen(engine.contact())
        engine.work()
        assert root().state == "waiting"
        engine.let_time_pass()
        engine.work()
        assert root().state == "completed"

    def test_one_within_another(self, engine):
        inner = {"id": "inner", "type": "parallel", "config": {"branches": ["p", "q"]}}
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                inner,
                tag("p"),
                {"id": "q", **WAIT},
                {"id": "j2", "type": "join"},
                tag("b"),
                {"id": "j1", "type": "join"},
                tag("after"),
            ],
            edges=[
                edge("fork", "inner", "a"),
                edge("inner", "p", "p"),
                edge("inner", "q", "q"),
                edge("p", "j2"),
                edge("q", "j2"),
                edge("j2", "j1"),
                edge("fork", "b", "b"),
                edge("b", "j1"),
                edge("j1", "after"),
            ],
        )
        amina = engine.contact()
        engine.happen(amina)
        engine.work()
        assert sorted(engine.user(amina)["tags"]) == ["b", "p"]

        engine.let_time_pass()
        engine.work()

        assert sorted(engine.user(amina)["tags"]) == ["after", "b", "p"]
        assert root().state == "completed"

    def test_an_exit_in_a_branch_ends_the_whole(self, engine):
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "a", "type": "exit", "config": {"outcome": "exited", "note": "كفى"}},
                {"id": "b", **WAIT},
                {"id": "meet", "type": "join"},
            ],
            edges=[edge("fork", "a", "a"), edge("fork", "b", "b"), edge("b", "meet")],
        )
        engine.happen(engine.contact())
        engine.work()

        assert (root().state, root().exit_reason, root().error) == ("exited", "exit", "كفى")
        assert WorkflowExecution.objects.get(branch="fork:b").state == "cancelled"

    def test_cancelling_takes_the_branches_along(self, engine):
        fork(engine, {"mode": "all"}, a=WAIT, b=WAIT)
        engine.happen(engine.contact())
        engine.work()

        cancel_execution(root().id, by="test")
        engine.let_time_pass()
        engine.work()

        assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"cancelled"}

    @pytest.mark.parametrize(
        ("nodes", "edges", "words"),
        [
            ([tag("a"), {"id": "meet", "type": "join"}], [edge("a", "meet")], "belongs to no parallel"),
            ([parallel("a", "b"), tag("a")], [edge("fork", "a", "a")], "branch 'b' leads nowhere"),
            (
                [parallel("a", "b"), {"id": "m", "type": "join"}, {"id": "n", "type": "join"}],
                [edge("fork", "m", "a"), edge("fork", "n", "b")],
                "come to different joins",
            ),
            (
                [parallel("a", "b"), {"id": "m", "type": "join", "config": {"mode": "n", "n": 3}}],
                [edge("fork", "m", "a"), edge("fork", "m", "b")],
                "lower n",
            ),
            ([parallel("a", "a")], [], "a name of its own"),
        ],
    )
    def test_what_is_wrong_is_told_when_publishing(self, engine, nodes, edges, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(nodes=nodes, edges=edges)


def loop(engine, body: list[dict], *edges: dict, **config):
    return engine.workflow(
        nodes=[
            {"id": "each", "type": "loop", "config": {"items": "event.data.items", **config}},
            *body,
            tag("after"),
        ],
        edges=[edge("each", body[0]["id"], "each"), edge("each", "after"), *edges],
    )


NOTE = {
    "id": "note",
    "action": "add_note",
    "config": {"text": "{{ loop.number }}/{{ loop.count }} {{ loop.item.name }}"},
}
ITEMS = [{"name": "كتاب"}, {"name": "قلم"}, {"name": "ورق"}]


class TestLoop:
    @pytest.mark.parametrize("at_once", [1, 2, 3])
    @pytest.mark.parametrize("back", [True, False])
    def test_the_body_runs_for_each_item(self, engine, at_once, back):
        loop(engine, [NOTE], *([edge("note", "each")] if back else []), at_once=at_once)
        amina = engine.contact()
        engine.happen(amina, items=ITEMS)
        engine.work()

        assert sorted(engine.notes()) == ["1/3 كتاب", "2/3 قلم", "3/3 ورق"]
        assert root().state == "completed"
        assert root().outputs["each"] == {"count": 3, "failed": 0}
        assert engine.user(amina)["tags"] == ["after"]

    def test_turns_that_wait_go_one_after_the_other(self, engine):
        loop(engine, [NOTE, {"id": "rest", **WAIT}], edge("note", "rest"))
        engine.happen(engine.contact(), items=ITEMS)
        for turns in (1, 2, 3):
            engine.work()
            assert len(engine.notes()) == turns
            engine.let_time_pass()
        engine.work()
        assert root().state == "completed"

    @pytest.mark.parametrize(
        ("items", "config", "words"),
        [
            ([{"name": str(n)} for n in range(4)], {"max_items": 3}, "4 items, and max_items is 3"),
            ("كتاب", {}, "There is no list at 'event.data.items'"),
            (None, {}, "There is no list"),
        ],
    )
    def test_what_is_no_bounded_list_fails(self, engine, items, config, words):
        loop(engine, [NOTE], **config)
        engine.happen(engine.contact(), items=items)
        engine.work()

        assert root().state == "failed"
        assert words in root().error
        assert engine.notes() == []

    def test_nothing_to_do_is_done(self, engine):
        loop(engine, [NOTE])
        amina = engine.contact()
        engine.happen(amina, items=[])
        engine.work()

        assert (root().state, engine.user(amina)["tags"]) == ("completed", ["after"])

    @pytest.mark.parametrize(
        ("on_error", "notes", "state"), [("stop", 1, "failed"), ("continue", 2, "completed")]
    )
    def test_a_failed_turn(self, engine, on_error, notes, state):
        check = {"id": "check", "type": "condition", "predicate": line("loop.item.price", 10, "less")}
        loop(
            engine,
            [check, NOTE],
            edge("check", "note", "true"),
            edge("check", "note", "false"),
            on_error=on_error,
        )
        items = [{"name": "a", "price": 1}, {"name": "b", "price": "?"}, {"name": "c", "price": 2}]
        engine.happen(engine.contact(), items=items)
        engine.work()

        assert (len(engine.notes()), root().state) == (notes, state)
        if state == "completed":
            assert root().outputs["each"] == {"count": 3, "failed": 1}
        else:
            assert "turn 1:" in root().error

    def test_variables_add_up(self, engine):
        add = {
            "id": "add",
            "type": "set_variables",
            "config": {"values": {"all": "{{ vars.all }}{{ loop.item.name }}"}},
        }
        loop(engine, [add])
        engine.happen(engine.contact(), items=ITEMS)
        engine.work()

        assert root().scope["vars"] == {"all": "كتابقلمورق"}

    @pytest.mark.parametrize(
        ("nodes", "edges", "words"),
        [
            (
                [{"id": "each", "type": "loop", "config": {"items": "event.data.items"}}, tag("a")],
                [edge("each", "a")],
                "connect its port 'each'",
            ),
            (
                [{"id": "each", "type": "loop", "config": {"items": "event.data.items"}}, tag("a"), tag("b")],
                [edge("each", "a", "each"), edge("a", "b"), edge("each", "b")],
                "both in the body",
            ),
            (
                [{"id": "each", "type": "loop", "config": {"items": "event.data.items"}}, tag("a"), tag("b")],
                [edge("each", "a", "each"), edge("each", "b"), edge("b", "each")],
                "cycle without a wait",
            ),
        ],
    )
    def test_what_is_wrong_is_told_when_publishing(self, engine, nodes, edges, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(nodes=nodes, edges=edges)


class TestSubWorkflow:
    def called(self, engine, *nodes: dict, edges: list | None = None):
        return engine.workflow(
            nodes=list(nodes), edges=edges or [], triggers=[{"type": "called"}], name="called"
        )

    def caller(self, engine, called, **inputs):
        return engine.workflow(
            nodes=[
                {
                    "id": "sub",
                    "type": "sub_workflow",
                    "config": {"workflow": str(called.id), "inputs": inputs},
                },
                {"id": "note", "action": "add_note", "config": {"text": "{{ steps.sub.output.price }}"}},
                tag("sorry"),
            ],
            edges=[edge("sub", "note"), edge("sub", "sorry", "error")],
        )

    def test_it_runs_as_a_part_and_gives_back(self, engine):
        out = {
            "id": "out",
            "type": "exit",
            "config": {"output": {"price": "{{ event.data.inputs.item }}: 500 د.ج"}},
        }
        self.caller(
            engine,
            self.called(engine, {"id": "rest", **WAIT}, out, edges=[edge("rest", "out")]),
            item="{{ event.data.item }}",
        )
        engine.happen(engine.contact(), item="كتاب")
        engine.work()
        assert (root().state, engine.notes()) == ("waiting", [])

        engine.let_time_pass()
        engine.work()

        assert (root().state, engine.notes()) == ("completed", ["كتاب: 500 د.ج"])
        child = WorkflowExecution.objects.get(parent=root())
        assert (child.workflow.name, child.state) == ("called", "completed")

    def test_its_failure_is_the_steps(self, engine):
        self.caller(engine, self.called(engine, {"id": "bad", **BAD}))
        amina = engine.contact()
        engine.happen(amina)
        engine.work()

        assert engine.user(amina)["tags"] == ["sorry"]
        assert "bad:" in ActionExecution.objects.get(node="sub").error

    def test_one_that_calls_itself_is_cut_off(self, engine):
        called = self.called(engine, tag("a"))
        again = [{"id": "sub", "type": "sub_workflow", "config": {"workflow": str(called.id)}}]
        called.draft = {**called.draft, "nodes": again, "edges": []}
        called.save()
        from workflow.services.publishing import publish_draft

        publish_draft(called, by="test")
        self.caller(engine, called)
        engine.happen(engine.contact())
        engine.work()

        assert not WorkflowExecution.objects.filter(state__in=["running", "waiting"]).exists()
        assert (
            "call one another too deeply" in ActionExecution.objects.get(execution=root(), node="sub").error
        )
        assert WorkflowExecution.objects.count() <= 12

    def test_when_it_is_deleted_its_caller_goes_on(self, engine):
        called = self.called(engine, {"id": "rest", **WAIT})
        self.caller(engine, called)
        amina = engine.contact()
        engine.happen(amina)
        engine.work()
        pause(called)

        delete_workflow(called.id)
        engine.work()

        assert (root().state, engine.user(amina)["tags"]) == ("completed", ["sorry"])
        assert "was deleted" in ActionExecution.objects.get(node="sub").error

    def test_what_is_not_published_cannot_be_called(self, engine):
        with pytest.raises(DocumentError, match="never published"):
            engine.workflow(
                nodes=[
                    {
                        "id": "sub",
                        "type": "sub_workflow",
                        "config": {"workflow": "01900000-0000-7000-8000-000000000000"},
                    }
                ]
            )


def test_a_child_keeps_its_steps_to_itself(engine):
    fork(
        engine,
        {"mode": "all"},
        a={"action": "add_tag", "config": {"tag": "a"}},
        b={"action": "add_tag", "config": {"tag": "b"}},
    )
    engine.happen(engine.contact())
    engine.work()

    assert states(root()) == [("fork", "completed"), ("after", "completed")]
    assert sorted(
        node for child in WorkflowExecution.objects.filter(parent=root()) for node, _ in states(child)
    ) == ["a", "b"]
